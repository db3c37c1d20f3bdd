/*
 * uncertain.c - the `uncertain:` block, and what replications draw by it
 */
#include "world/uncertain.h"
#include "bug.h"
#include "doc.h"
#include "machine/streams.h"
#include "random.h"
#include "value.h"
#include "world/fit_param.h"
#include "world/study.h"
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct sv_uncertain {
	struct sv_fit_param param; /* from, to: no value lies outside; start: the scenario's */
	double error;              /* of a normal distribution; 0: even from end to end */
};

struct spread {
	const struct sv_node *low, *high, *error;
	int scale;
};
enum { SCALE_LINEAR, SCALE_LOG };
static const char *const scales[] = { "linear", "log", NULL };

static const struct sv_shape amount_shape = { "{\"type\": [\"number\", \"string\"]}", NULL };
static const struct sv_option spread_rows[] = {
	{ "low", SV_NODE, offsetof(struct spread, low), .def = "", .more = &amount_shape,
		.help = "the lowest value" },
	{ "high", SV_NODE, offsetof(struct spread, high), .def = "", .more = &amount_shape,
		.help = "the highest value" },
	{ "scale", SV_CHOICE, offsetof(struct spread, scale), .def = "linear", .more = scales,
		.help = "between low and high all values are equally likely, or (log) all their "
			"logarithms" },
	{ "error", SV_NODE, offsetof(struct spread, error), .def = "", .more = &amount_shape,
		.help = "standard error of the scenario's value, which is normally distributed; "
			"low, high and the option's own bounds cut it off" },
	{ 0 },
};
static const struct sv_table spread_table = SV_TABLE("spread", struct spread, spread_rows);
static const struct sv_option spread_row = { "", SV_GROUP, 0,
	.help = "how well the value at a path is known", .more = &spread_table };
const struct sv_shape sv_uncertain_shape = {
	"{\"type\": \"object\", \"additionalProperties\": {\"type\": \"object\", "
	"\"additionalProperties\": false, \"properties\": {"
	"\"low\": {\"type\": [\"number\", \"string\"]}, "
	"\"high\": {\"type\": [\"number\", \"string\"]}, "
	"\"error\": {\"type\": [\"number\", \"string\"]}, "
	"\"scale\": {\"enum\": [\"linear\", \"log\"]}}}}",
	NULL
};

/* The bound of the option itself, of which the spread may say a nearer one. */
static double own_bound(const struct sv_param_reading *r, const char *text, double none)
{
	struct sv_number number;

	return text && !sv_number_parse(r->param->row, text, &number) ? sv_number_real(&number)
								      : none;
}

static int read_error(const struct sv_param_reading *r, const struct sv_node *node, double *error)
{
	const char *text = node->kind == SV_NODE_SCALAR ? node->text : "";
	struct sv_number number;
	const char *wrong = sv_number_parse(r->param->row, text, &number);

	if (wrong)
		return sv_error(r->diag, &node->place, "%s.%.90s.error: '%.40s' %s", r->block,
			r->param->path, text, wrong);
	*error = sv_number_real(&number);
	if (*error <= 0)
		return sv_error(r->diag, &node->place, "%s.%.90s.error: %.40s is not above 0",
			r->block, r->param->path, text);
	return 0;
}

static int check_ends(const struct sv_param_reading *r, const struct spread *s, bool normal)
{
	struct sv_fit_param *p = r->param;

	if (p->from >= p->to)
		return sv_error(r->diag, &p->place, "%s.%.90s: `low` must be below `high`",
			r->block, p->path);
	p->log = s->scale == SCALE_LOG;
	if (p->log && normal)
		return sv_error(r->diag, &p->place,
			"%s.%.90s: a scale belongs to low and high without an error", r->block,
			p->path);
	if (p->log && p->from <= 0)
		return sv_error(r->diag, &s->low->place,
			"%s.%.90s: a log scale needs a `low` above 0", r->block, p->path);
	if (normal && isnan(p->start))
		return sv_error(r->diag, &p->place,
			"%s.%.90s: the scenario has no number there that could have an error",
			r->block, p->path);
	if (normal && (p->start < p->from || p->start > p->to))
		return sv_error(r->diag, &p->place,
			"%s.%.90s: the scenario's value is outside low to high", r->block, p->path);
	return 0;
}

/* Of a distribution the mean must stay above 0: its form scales with it. */
static double lowest(const struct sv_param_reading *r)
{
	double low = own_bound(r, r->option->min, -INFINITY);

	return r->option->type == SV_DIST ? fmax(low, 1) : low;
}

static int read_spread(
	struct sv_uncertain *u, struct sv_param_reading *r, const struct sv_node *node)
{
	const struct sv_node *any;
	struct spread s;
	char name[160];
	int bad = 0;

	snprintf(name, sizeof(name), "%s.%.90s", r->block, r->param->path);
	if (sv_param_option(r) < 0 ||
		sv_read_value(&spread_row, node, name, &s, r->study->doc, r->diag) < 0)
		return -1;
	any = s.error ? s.error : s.low;
	if (!any || (!s.error && !s.high))
		return sv_error(r->diag, &node->place, "%s: give low and high, or error", name);
	if (sv_param_row(r, any) < 0)
		return -1;
	r->param->from = lowest(r);
	r->param->to = own_bound(r, r->option->max, INFINITY);
	if (s.low)
		bad |= sv_param_amount(r, s.low, "low", &r->param->from);
	if (s.high)
		bad |= sv_param_amount(r, s.high, "high", &r->param->to);
	if (s.error)
		bad |= read_error(r, s.error, &u->error);
	bad |= sv_param_present(r, &r->param->start);
	return bad ? -1 : check_ends(r, &s, s.error);
}

/* A swept path is known; and one draw must do for all points. */
static int check_swept(
	const struct sv_study *study, const struct sv_fit_param *p, struct sv_diag *diag)
{
	static const char *const fixed[] = { "run.seed", "run.replications" };
	const char *path;

	for (size_t i = 0; i < study->params; i++) {
		path = study->param[i].path;
		if (!strcmp(path, p->path) || sv_path_is_inside(path, p->path) ||
			sv_path_is_inside(p->path, path))
			return sv_error(diag, &p->place,
				"uncertain: '%.90s' is not one value: %.90s is swept", p->path,
				path);
		for (size_t k = 0; k < 2; k++)
			if (!strcmp(path, fixed[k]))
				return sv_error(diag, &p->place,
					"uncertain: all points draw the same, so that %s cannot be "
					"swept",
					path);
	}
	return 0;
}

static void read_all(struct sv_study *study, const struct sv_node *node, struct sv_diag *diag)
{
	for (size_t i = 0; i < node->n; i++) {
		struct sv_uncertain *u = &study->uncertain[study->uncertains];
		struct sv_param_reading r = { study, &u->param, "uncertain", .diag = diag };

		u->param.path = node->key[i];
		u->param.place = node->key_place[i];
		if (check_swept(study, &u->param, diag) == 0)
			read_spread(u, &r, node->child[i]);
		study->uncertains++;
	}
}

/* "threads=22 critical=40ns"; the caller frees. */
static char *drawn_text(const struct sv_study *study, unsigned replication)
{
	char *all = NULL, text[SV_FIT_TEXT];
	size_t bytes;
	FILE *to = open_memstream(&all, &bytes);

	SV_BUG_ON(!to);
	for (size_t i = 0; i < study->uncertains; i++)
		fprintf(to, "%s%s=%s", i ? " " : "", strrchr(sv_uncertain_path(study, i), '.') + 1,
			sv_uncertain_text(study, i, &study->point[0], replication, text));
	SV_BUG_ON(fclose(to));
	return all;
}

/* What is drawn may break what single rows cannot tell, so each replication is tried once. */
static void try_draws(struct sv_study *study, const struct sv_place *place, struct sv_diag *diag)
{
	unsigned replications = (unsigned)study->point[0].run.replications;

	for (unsigned r = 0; r < replications; r++) {
		struct sv_trial *trial = sv_uncertain_trial(study, 0, r, diag);
		char *text;

		if (trial) {
			sv_trial_free(trial);
			continue;
		}
		text = drawn_text(study, r);
		sv_error(diag, place, "uncertain: replication %u cannot be simulated: %s", r + 1,
			text);
		free(text);
		return;
	}
}

int sv_uncertain_read(struct sv_study *study, struct sv_diag *diag)
{
	const struct sv_node *node = study->point[0].uncertain;
	size_t before = sv_diag_errors(diag);

	if (!node || !study->complete)
		return 0;
	if (node->kind != SV_NODE_MAPPING)
		return sv_error(diag, &node->place,
			"uncertain: expected a mapping of paths to {low, high} or {error}");
	study->uncertain = sv_doc_alloc(study->doc, (node->n + 1) * sizeof(*study->uncertain));
	read_all(study, node, diag);
	if (sv_diag_errors(diag) == before)
		try_draws(study, &node->place, diag);
	return sv_diag_errors(diag) > before ? -1 : 0;
}

size_t sv_study_uncertain(const struct sv_study *study, size_t point)
{
	return study->point[point].run.uncertain ? study->uncertains : 0;
}

const char *sv_uncertain_path(const struct sv_study *study, size_t i)
{
	return study->uncertain[i].param.path;
}

/* In (0, 1): somewhere in the replication's own part of n. */
static double stratum(uint64_t seed, uint32_t use, unsigned replication, unsigned n)
{
	unsigned *part = malloc(n * sizeof(*part)), mine = 0;
	struct sv_stream s;
	double u = 0;

	SV_BUG_ON(!part);
	sv_stream_init(&s, seed, 0, use, SV_USE_UNCERTAIN);
	for (unsigned i = 0; i < n; i++)
		part[i] = i;
	for (unsigned i = n; i-- > 1;) {
		unsigned k = (unsigned)(sv_stream_uniform(&s) * (i + 1)), swapped = part[i];

		part[i] = part[k];
		part[k] = swapped;
	}
	mine = part[replication];
	for (unsigned i = 0; i <= replication; i++)
		u = sv_stream_uniform(&s);
	free(part);
	return (mine + (u > 0 ? u : 0x1p-54)) / n;
}

/* The quantile of a normal distribution that is cut off at both ends. */
static double normal(const struct sv_uncertain *u, double share)
{
	const struct sv_fit_param *p = &u->param;
	double from = gsl_cdf_ugaussian_P((p->from - p->start) / u->error);
	double to = gsl_cdf_ugaussian_P((p->to - p->start) / u->error);

	return p->start + u->error * gsl_cdf_ugaussian_Pinv(from + share * (to - from));
}

char *sv_uncertain_text(const struct sv_study *study, size_t i, const struct sv_scenario *point,
	unsigned replication, char *buf)
{
	const struct sv_uncertain *u = &study->uncertain[i];
	double share = stratum((uint64_t)point->run.seed, (uint32_t)i, replication,
		(unsigned)point->run.replications);

	return sv_fit_text(
		&u->param, u->error > 0 ? normal(u, share) : sv_fit_value(&u->param, share), buf);
}

struct sv_trial *sv_uncertain_trial(
	const struct sv_study *study, size_t point, unsigned replication, struct sv_diag *diag)
{
	size_t n = study->uncertains;
	struct sv_override *set = calloc(n + 1, sizeof(*set));
	char(*text)[SV_FIT_TEXT] = calloc(n + 1, sizeof(*text));
	struct sv_trial *trial;

	SV_BUG_ON(!set || !text);
	for (size_t i = 0; i < n; i++)
		set[i] = (struct sv_override){ sv_uncertain_path(study, i),
			sv_uncertain_text(study, i, &study->point[point], replication, text[i]),
			study->uncertain[i].param.place };
	trial = sv_trial_at(study, point, set, n, diag);
	free(set);
	free(text);
	return trial;
}
