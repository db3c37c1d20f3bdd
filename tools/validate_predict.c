/*
 * validate_predict.c - predicting the cells of a case from a machine's profile
 *
 * Each cell is a scenario of one point, and all are run as `run` runs the points of a sweep.
 */
#include "validate_predict.h"
#include "memory.h"
#include "runner.h"
#include "world/world.h"
#include <math.h>
#include <string.h>

struct prediction {
	struct sv_study **study; /* by cell; NULL: the machine cannot have it */
	char **label;
	size_t *cell; /* by point */
	size_t points;
};

/* A name or a path as a scalar of YAML. */
static char *quote(const char *text)
{
	char *quoted = NULL,
	     *path = strchr(text, '/') || strchr(text, '.') ? realpath(text, NULL) : NULL;
	size_t bytes;
	FILE *to = sv_must(open_memstream(&quoted, &bytes));

	fputc('"', to);
	for (const char *p = path ? path : text; *p; p++)
		fprintf(to, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
	fputc('"', to);
	SV_BUG_ON(fclose(to) != 0);
	free(path);
	return quoted;
}

static struct sv_study *make_study(const struct sv_cells *cells, const struct sv_cell *cell,
	const char *machine, struct sv_diag *diag)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = sv_must(open_memstream(&text, &bytes));
	struct sv_study *study;

	cells->kind->scenario(cell->cfg, cell->value, &cells->host, machine, to);
	SV_BUG_ON(fclose(to) != 0);
	study = sv_study_parse("scenario of a cell", text, bytes, diag);
	free(text);
	return study;
}

struct sv_machine *sv_validate_machine(const char *name, const char *option, struct sv_diag *diag)
{
	const struct sv_node node = {
		.kind = SV_NODE_SCALAR, .place = { .source = option }, .text = name
	};
	struct sv_doc *doc = sv_doc_parse(option, "{}", 2, diag);
	struct sv_machine *m = doc ? sv_machine_new(&node, NULL, NULL, doc, diag) : NULL;

	sv_doc_free(doc);
	return m;
}

/* A profile of another host has nothing to do with what the lines of this one took. */
static double line_cost(const struct sv_machine *m, const char *host)
{
	const struct sv_measured *s = m->measured;

	if (!s || !s->host || strcmp(s->host, host) != 0 || m->pus < 2)
		return NAN;
	return 1e-12 * (double)m->cost[SV_COST_RMW + sv_machine_distance(m, 0, 1) - SV_SMT];
}

static int make_studies(struct prediction *p, const struct sv_cells *cells,
	const struct sv_machine *m, const char *machine, struct sv_diag *diag)
{
	p->study = sv_array(cells->n, sizeof(struct sv_study *));
	p->label = sv_array(cells->n, sizeof(char *));
	p->cell = sv_array(cells->n, sizeof(*p->cell));
	for (size_t i = 0; i < cells->n; i++) {
		if (!cells->kind->fits(cells->cell[i].cfg, &cells->host, m->pus))
			continue;
		p->study[i] = make_study(cells, &cells->cell[i], machine, diag);
		if (!p->study[i])
			return -1;
		p->label[p->points] = sv_cell_label(cells, &cells->cell[i]);
		p->cell[p->points++] = i;
	}
	return 0;
}

static int run_points(
	struct prediction *p, struct sv_cells *cells, const struct sv_predict_how *how)
{
	struct sv_results results;
	int result;

	sv_results_init(&results, p->points);
	for (size_t k = 0; k < p->points; k++) {
		results.point[k].scenario = sv_study_point(p->study[p->cell[k]], 0);
		results.point[k].label = p->label[k];
	}
	result = sv_results_run(&results, &(struct sv_run_config){ .world = sv_world_run,
						  .threads = how->threads,
						  .cancel = how->cancel,
						  .progress = how->progress,
						  .errors = stderr });
	for (size_t k = 0; k < p->points; k++)
		for (size_t m = 0; m < cells->metrics; m++) {
			const struct sv_estimate *e =
				sv_results_get(&results, k, cells->kind->metric[m].predicted);

			cells->cell[p->cell[k]].predicted[m] = e ? e->ci.mean : NAN;
		}
	sv_results_fini(&results);
	return result;
}

int sv_validate_predict(struct sv_cells *cells, const struct sv_predict_how *how, double *line,
	struct sv_diag *diag)
{
	struct sv_machine *m = sv_validate_machine(how->machine, how->option, diag);
	struct prediction p = { 0 };
	char *machine;
	int result;

	if (!m)
		return -1;
	*line = line_cost(m, how->host);
	machine = quote(how->machine);
	result = make_studies(&p, cells, m, machine, diag);
	if (result == 0 && p.points > 0)
		result = run_points(&p, cells, how);
	for (size_t i = 0; i < cells->n; i++)
		sv_study_free(p.study[i]);
	for (size_t i = 0; i < p.points; i++)
		free(p.label[i]);
	free(p.study);
	free(p.label);
	free(p.cell);
	free(machine);
	sv_machine_free(m);
	return result;
}
