/*
 * table.c - the table of predictions
 */
#include "digits.h"
#include "grid.h"
#include "memory.h"
#include "report.h"
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* A metric's column. Cells are aligned at their decimal points. */
struct column {
	const char *metric;
	struct sv_scale scale;
	struct sv_digits *number;     /* by point */
	size_t whole, fraction, half; /* widths of the parts of a number */
};

static size_t whole_part(const char *mean)
{
	return strcspn(mean, ".");
}

static void widen(size_t *width, size_t w)
{
	if (w > *width)
		*width = w;
}

static void column_init(struct column *c, const struct sv_report *r, const char *metric)
{
	const struct sv_metric *m = sv_report_metric(r, metric);
	double *mean = sv_array(r->results.n, sizeof(*mean));

	*c = (struct column){ .metric = metric };
	c->number = sv_array(r->results.n, sizeof(*c->number));
	for (size_t i = 0; i < r->results.n; i++) {
		const struct sv_estimate *e = sv_results_get(&r->results, i, metric);

		mean[i] = e ? e->ci.mean : NAN;
	}
	c->scale = sv_scale_choose(m ? m->unit : "1", mean, r->results.n);
	for (size_t i = 0; i < r->results.n; i++) {
		const struct sv_estimate *e = sv_results_get(&r->results, i, metric);
		struct sv_digits *n = &c->number[i];

		*n = sv_digits(mean[i], e ? e->ci.half : NAN, &c->scale);
		widen(&c->whole, whole_part(n->mean));
		widen(&c->fraction, strlen(n->mean) - whole_part(n->mean));
		widen(&c->half, sv_text_width(n->half));
	}
	free(mean);
}

/* " 12.31 ±0.02 ": padded so that points stand below points. */
static void put_cell(struct sv_grid *g, const struct column *c, size_t point)
{
	const struct sv_digits *n = &c->number[point];
	size_t left = c->whole - whole_part(n->mean);
	size_t middle = c->fraction - (strlen(n->mean) - whole_part(n->mean));
	size_t right = c->half - sv_text_width(n->half);

	sv_grid_put(g, "%*s%s%*s%s%s%*s", (int)left, "", n->mean, (int)middle, "",
		c->half ? " " : "", n->half, (int)right, "");
}

static size_t column_width(const struct sv_report *r, const struct column *c)
{
	size_t heading = sv_text_width(sv_report_short(r, c->metric));
	size_t cell = c->whole + c->fraction + (c->half ? 1 + c->half : 0);

	return heading > cell ? heading : cell;
}

static bool is_number(const char *text)
{
	return isdigit((unsigned char)text[0]) ||
	       ((text[0] == '-' || text[0] == '.') && isdigit((unsigned char)text[1]));
}

static void put_headings(
	struct sv_grid *g, const struct sv_report *r, const struct column *c, size_t columns)
{
	char unit[32];

	for (size_t i = 0; i < r->params; i++)
		sv_grid_put(g, "%s", r->param[i].heading);
	for (size_t i = 0; i < columns; i++)
		sv_grid_put(g, "%s", sv_report_short(r, c[i].metric));
	for (size_t i = 0; i < r->params; i++)
		sv_grid_put(g, "%s", "");
	for (size_t i = 0; i < columns; i++)
		sv_grid_put(g, "%s", sv_scale_heading(&c[i].scale, unit));
}

/* Groups of rows, one for each value of all parameters but the last, are set apart. */
static bool new_group(const struct sv_report *r, size_t point, size_t previous)
{
	if (previous == SIZE_MAX)
		return false;
	for (size_t i = 0; i + 1 < r->params; i++)
		if (strcmp(r->param[i].value[point], r->param[i].value[previous]) != 0)
			return true;
	return false;
}

static void put_rows(
	struct sv_grid *g, const struct sv_report *r, const struct column *c, size_t columns)
{
	size_t previous = SIZE_MAX;

	for (size_t point = 0; point < r->results.n; point++) {
		if (r->results.point[point].state != SV_POINT_DONE)
			continue;
		if (new_group(r, point, previous))
			for (size_t i = 0; i < g->columns; i++)
				sv_grid_put(g, "%s", "");
		for (size_t i = 0; i < r->params; i++)
			sv_grid_put(g, "%s", r->param[i].value[point]);
		for (size_t i = 0; i < columns; i++)
			put_cell(g, &c[i], point);
		previous = point;
	}
}

static void print_block(
	const struct sv_report *r, const struct column *c, size_t columns, FILE *to, size_t width)
{
	struct sv_grid g;

	sv_grid_init(&g, r->params + columns);
	for (size_t i = 0; i < r->params; i++)
		g.right[i] = is_number(r->param[i].value[0]);
	for (size_t i = 0; i < columns; i++)
		g.right[r->params + i] = true;
	put_headings(&g, r, c, columns);
	put_rows(&g, r, c, columns);
	fputc('\n', to);
	sv_grid_print(&g, to, width);
	sv_grid_fini(&g);
}

static size_t params_width(const struct sv_report *r)
{
	size_t width = 0;

	for (size_t i = 0; i < r->params; i++) {
		size_t w = sv_text_width(r->param[i].heading);

		for (size_t k = 0; k < r->results.n; k++)
			widen(&w, sv_text_width(r->param[i].value[k]));
		width += 2 + w;
	}
	return width;
}

/* Metrics that do not fit beside each other go into further blocks below. */
static void print_blocks(const struct sv_report *r, FILE *to, size_t width)
{
	const char **metric;
	size_t n = sv_report_metrics(r, &metric);
	struct column *c = sv_array(n, sizeof(*c));

	for (size_t i = 0; i < n; i++)
		column_init(&c[i], r, metric[i]);
	for (size_t first = 0, last; first < n; first = last) {
		size_t used = params_width(r) + 2 + column_width(r, &c[first]);

		for (last = first + 1; last < n; last++) {
			used += 2 + column_width(r, &c[last]);
			if (used > width)
				break;
		}
		print_block(r, c + first, last - first, to, width);
	}
	for (size_t i = 0; i < n; i++)
		free(c[i].number);
	free(c);
	free(metric);
}

static void print_machine(const struct sv_report *r, FILE *to)
{
	const struct sv_machine *first = r->results.point[0].scenario->host.machine;

	for (size_t i = 0; i < r->results.n; i++)
		if (r->results.point[i].scenario->host.machine != first &&
			strcmp(r->results.point[i].scenario->host.machine->name, first->name) != 0)
			return; /* swept: each row names its own */
	fprintf(to, "%s: %u package%s, %u cores, %u PUs\n", first->name, first->packages,
		first->packages == 1 ? "" : "s", first->cores, first->pus);
}

/* A swept seed is in each row. */
static void print_seed(const struct sv_report *r, FILE *to)
{
	for (size_t i = 0; i < r->params; i++)
		if (!strcmp(r->param[i].path, "run.seed"))
			return;
	fprintf(to, ", seed %lld", (long long)r->seed);
}

static void print_method(const struct sv_report *r, FILE *to)
{
	int64_t least = INT64_MAX, most = 0;
	const struct sv_run_options *run = &r->results.point[0].scenario->run;
	char duration[32], warmup[32];

	for (size_t i = 0; i < r->results.n; i++) {
		int64_t n = r->results.point[i].scenario->run.replications;

		least = n < least ? n : least;
		most = n > most ? n : most;
	}
	if (least == most)
		fprintf(to, "%lld replication%s", (long long)most, most == 1 ? "" : "s");
	else
		fprintf(to, "%lld to %lld replications", (long long)least, (long long)most);
	fprintf(to, " of %s after a warm-up of %s",
		sv_time_format(duration, sizeof(duration), run->duration),
		sv_time_format(warmup, sizeof(warmup), run->warmup));
	print_seed(r, to);
	fprintf(to, "; %s\n",
		most == 1 ? "one replication has no confidence interval"
		: sv_report_uncertain_point(r) == SIZE_MAX
			? "± is the 95 % confidence interval"
			: "± holds 95 % of what other draws would predict");
}

static void print_uncertain(const struct sv_report *r, FILE *to)
{
	const struct sv_study *study = r->results.study;
	size_t point = sv_report_uncertain_point(r);
	const char *between = "";

	if (point == SIZE_MAX)
		return;
	fputs("each replication draws values of its own: ", to);
	for (size_t i = 0; i < sv_study_uncertain(study, point); i++) {
		fprintf(to, "%s%s", between, strrchr(sv_uncertain_path(study, i), '.') + 1);
		between = ", ";
	}
	fputc('\n', to);
}

static void print_incomplete(const struct sv_report *r, FILE *to)
{
	const struct sv_results *results = &r->results;

	if (results->done == results->n)
		return;
	fprintf(to, "\n%zu of %zu points are complete", results->done, results->n);
	if (results->failed)
		fprintf(to, "; %zu failed", results->failed);
	if (results->done + results->failed < results->n)
		fprintf(to, "; the run was interrupted");
	fputs(".\n", to);
}

void sv_report_table(const struct sv_report *r, FILE *to, size_t width)
{
	if (r->title)
		fprintf(to, "%s\n", r->title);
	print_machine(r, to);
	print_method(r, to);
	print_uncertain(r, to);
	if (r->results.done)
		print_blocks(r, to, width);
	if (r->explain)
		sv_report_table_explain(r, to, width);
	sv_report_table_references(r, to, width);
	sv_report_table_curves(r, to, width);
	sv_report_table_expectations(r, to, width);
	print_incomplete(r, to);
}
