/*
 * compare_measured.c - a result of `run` beside what another program measured
 *
 * Both are read from files: nothing is simulated anew. The error of a metric is what the
 * prediction is above the measured value, as a share of that.
 */
#include "compare_measured.h"
#include "curves.h"
#include "digits.h"
#include "files.h"
#include "grid.h"
#include "json_file.h"
#include "json_number.h"
#include "memory.h"
#include "reported.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct comparison {
	const struct sv_compare_measured *how;
	struct sv_diag *diag;
	struct sv_place place;               /* of the result */
	const json_t *metrics;               /* of the point */
	char workload[SV_METRIC_NAME_BYTES]; /* empty: not found yet */
	struct sv_reported measured;
	struct row {
		const char *name, *unit;
		double predicted, half, measured, error;
	} row[SV_REPORTED_MOST];
	size_t n;
	double median;
};

static char *text_of(const json_t *value)
{
	return json_is_string(value) ? sv_must(strdup(json_string_value(value)))
				     : sv_must(json_dumps(value, JSON_ENCODE_ANY));
}

/* Whether a point has the value; mistakes are those of the first point. */
static bool is_at(const json_t *point, const char *where)
{
	const char *equals = strchr(where, '=');
	char *path = sv_must(strndup(where, (size_t)(equals - where)));
	const json_t *value = json_object_get(json_object_get(point, "params"), path);
	char *text = value ? text_of(value) : NULL;
	bool at = text && !strcmp(text, equals + 1);

	free(text);
	free(path);
	return at;
}

static bool is_chosen(const struct comparison *c, const json_t *point)
{
	for (size_t i = 0; i < c->how->wheres; i++)
		if (!is_at(point, c->how->where[i]))
			return false;
	return true;
}

static int find_point(struct comparison *c, const json_t *result)
{
	const json_t *points = json_object_get(result, "points"), *point, *found = NULL;
	size_t i, n = 0;

	if (!json_object_get(result, "simsvirt") || !json_is_array(points))
		return sv_error(
			c->diag, &c->place, "this is no result of simsvirt run --format json");
	json_array_foreach(points, i, point)
	{
		if (!is_chosen(c, point))
			continue;
		found = point;
		n++;
	}
	c->metrics = json_object_get(found, "metrics");
	if (n == 1 && json_is_object(c->metrics))
		return 0;
	return sv_error(c->diag, &c->place,
		n > 1 ? "%zu points are here; say which by --where PATH=VALUE"
		      : "no point is here that --where chooses, of %zu",
		n > 1 ? n : json_array_size(points));
}

/* "io" of "io.latency.p99.99", which only workloads of I/O have. */
static int find_workload(struct comparison *c)
{
	static const char mark[] = ".latency.p99.99";
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)c->metrics, name, value)
	{
		size_t bytes = strlen(name), end = sizeof(mark) - 1;
		char owner[SV_METRIC_NAME_BYTES];

		if (bytes <= end || strcmp(name + bytes - end, mark) != 0)
			continue;
		snprintf(owner, sizeof(owner), "%.*s", (int)(bytes - end), name);
		if (c->how->workload && strcmp(owner, c->how->workload) != 0)
			continue;
		if (c->workload[0])
			return sv_error(c->diag, &c->place,
				"workloads %s and %s are here; say which by --workload NAME",
				c->workload, owner);
		snprintf(c->workload, sizeof(c->workload), "%s", owner);
	}
	if (c->workload[0])
		return 0;
	return c->how->workload ? sv_error(c->diag, &c->place, "no workload %s of I/O is here",
					  c->how->workload)
				: sv_error(c->diag, &c->place, "no workload of I/O is here");
}

static void add_row(struct comparison *c, const struct sv_reported_value *v)
{
	struct row *row = &c->row[c->n];
	char name[128];
	const json_t *metric, *half;

	snprintf(name, sizeof(name), "%s.%s", c->workload, v->name);
	metric = json_object_get(c->metrics, name);
	half = json_object_get(metric, "ci95");
	if (!json_is_number(json_object_get(metric, "mean")))
		return;
	*row = (struct row){ .name = v->name,
		.unit = json_string_value(json_object_get(metric, "unit")),
		.predicted = json_number_value(json_object_get(metric, "mean")),
		.half = json_is_number(half) ? json_number_value(half) : NAN,
		.measured = v->value };
	row->unit = row->unit ? row->unit : "1";
	/* A synchronous engine's submission takes no time on either side. */
	row->error = v->value > 0 ? row->predicted / v->value - 1 : NAN;
	c->n++;
}

static void judge(struct comparison *c)
{
	double error[SV_REPORTED_MOST];
	size_t n = 0;

	for (size_t i = 0; i < c->measured.n; i++)
		add_row(c, &c->measured.value[i]);
	for (size_t i = 0; i < c->n; i++)
		if (!isnan(c->row[i].error))
			error[n++] = fabs(c->row[i].error);
	c->median = n ? sv_error_summarize(error, n).median : NAN;
}

static void print_table(const struct comparison *c, FILE *to)
{
	struct sv_grid g;
	char text[64];

	fprintf(to, "%s, %zu job%s, beside the workload %s\n\n", c->measured.program,
		c->measured.jobs, c->measured.jobs == 1 ? "" : "s", c->workload);
	sv_grid_init(&g, 4);
	g.right[1] = g.right[2] = g.right[3] = true;
	sv_grid_put(&g, "%s", "");
	sv_grid_put(&g, "predicted");
	sv_grid_put(&g, "measured");
	sv_grid_put(&g, "error");
	for (size_t i = 0; i < c->n; i++) {
		const struct row *row = &c->row[i];

		sv_grid_put(&g, "%s", row->name);
		sv_grid_put(&g, "%s", sv_digits_text(row->predicted, row->half, row->unit, text));
		sv_grid_put(&g, "%s", sv_digits_text(row->measured, NAN, row->unit, text));
		if (isnan(row->error))
			sv_grid_put(&g, "-");
		else
			sv_grid_put(&g, fabs(row->error) < 0.0995 ? "%+.1f %%" : "%+.0f %%",
				100 * row->error);
	}
	sv_grid_print(&g, to, sv_terminal_width(to));
	sv_grid_fini(&g);
	fprintf(to, "\nMedian of absolute errors: %.1f %%\n", 100 * c->median);
}

static json_t *record(const struct comparison *c)
{
	json_t *metrics = sv_must(json_object());

	for (size_t i = 0; i < c->n; i++) {
		const struct row *row = &c->row[i];

		json_object_set_new(metrics, row->name,
			sv_must(json_pack("{s:s, s:o, s:o, s:o, s:o}", "unit", row->unit,
				"predicted", sv_json_number(row->predicted), "ci95",
				sv_json_number(row->half), "measured",
				sv_json_number(row->measured), "error",
				sv_json_number(row->error))));
	}
	return sv_must(json_pack("{s:s, s:s, s:s, s:I, s:o, s:o}", "simsvirt", SV_VERSION,
		"measured_by", c->measured.program, "workload", c->workload, "jobs",
		(json_int_t)c->measured.jobs, "metrics", metrics, "median_error",
		sv_json_number(c->median)));
}

static int store(const struct comparison *c, const json_t *all)
{
	const char *path = c->how->output, *slash = strrchr(path, '/');
	char *directory = sv_must(slash ? strndup(path, (size_t)(slash - path) + 1) : strdup("."));
	struct sv_files *files = sv_files_new(directory, c->diag);
	FILE *to = files ? sv_files_add(files, slash ? slash + 1 : path, c->diag) : NULL;
	int result = -1;

	if (to) {
		json_dumpf(all, to, JSON_INDENT(2));
		fputc('\n', to);
		result = sv_files_commit(files, c->diag);
	}
	sv_files_free(files);
	free(directory);
	return result;
}

static int show(const struct comparison *c)
{
	json_t *all = record(c);
	int status = SV_EXIT_DONE;

	if (c->how->json) {
		json_dumpf(all, stdout, JSON_INDENT(2));
		fputc('\n', stdout);
	} else {
		print_table(c, stdout);
	}
	if (c->how->output && store(c, all) < 0)
		status = SV_EXIT_FAILED;
	json_decref(all);
	if (!sv_cli_flush())
		status = SV_EXIT_FAILED;
	if (status == SV_EXIT_DONE && c->median > c->how->max_error) {
		fprintf(stderr,
			"simsvirt: the median of absolute errors, %.1f %%, is above %.1f %%\n",
			100 * c->median, 100 * c->how->max_error);
		status = SV_EXIT_BROKEN;
	}
	return status;
}

int sv_compare_measured(const struct sv_compare_measured *how)
{
	struct comparison c = {
		.how = how, .diag = sv_diag_new(), .place = { .source = how->result }
	};
	json_t *result = sv_json_load(how->result, c.diag);
	int bad = sv_reported_fio(&c.measured, how->measured, c.diag);
	int status = SV_EXIT_USAGE;

	if (result && bad == 0 && find_point(&c, result) == 0 && find_workload(&c) == 0) {
		judge(&c);
		status = show(&c);
	}
	sv_diag_print(c.diag, stderr);
	sv_diag_free(c.diag);
	json_decref(result);
	return status;
}
