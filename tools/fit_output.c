/*
 * fit_output.c - what a fit has to tell, as JSON and as overrides in YAML
 */
#include "fit_errors.h"
#include "fit_report.h"
#include "json_number.h"
#include "memory.h"
#include <jansson.h>
#include <math.h>
#include <string.h>

#define COMMENT_WIDTH 100

static json_t *params_json(const struct sv_fit_report *r)
{
	const struct sv_fit *fit = sv_study_fit(r->study);
	json_t *all = sv_must(json_object());
	char text[SV_FIT_TEXT];

	for (size_t p = 0; p < fit->params; p++) {
		const struct sv_fit_param *param = &fit->param[p];
		double value = sv_fit_report_value(r, p);

		json_object_set_new(all, param->path,
			sv_must(json_pack("{s:s, s:s, s:o, s:o, s:f, s:f, s:s}", "value",
				sv_fit_text(param, value, text), "unit", sv_fit_unit(param), "mean",
				sv_json_number(sv_fit_in_unit(param, value)), "standard_error",
				sv_json_number(sv_fit_in_unit(param, sv_fit_report_error(r, p))),
				"from", sv_fit_in_unit(param, param->from), "to",
				sv_fit_in_unit(param, param->to), "scale",
				param->log ? "log" : "linear")));
	}
	return all;
}

static json_t *correlations_json(const struct sv_fit_report *r)
{
	json_t *all = sv_must(json_array());

	for (size_t a = 0; a < r->result.params; a++) {
		json_t *row = sv_must(json_array());

		for (size_t b = 0; b < r->result.params; b++)
			json_array_append_new(
				row, sv_json_number(sv_fit_correlation(&r->result, a, b)));
		json_array_append_new(all, row);
	}
	return all;
}

static json_t *points_json(const struct sv_fit_report *r)
{
	json_t *all = sv_must(json_array());

	for (size_t i = 0; i < r->data->points; i++) {
		const struct sv_data_point *point = &r->data->point[i];
		double mean = r->result.mean[i], noise = r->result.noise[i];
		json_t *params = sv_must(json_object());

		for (size_t k = 0; k < r->data->paths; k++)
			json_object_set_new(
				params, r->data->path[k], sv_must(json_string(point->x[k])));
		json_array_append_new(
			all, sv_must(json_pack("{s:o, s:f, s:o, s:f, s:o, s:f}", "params", params,
				     "measured", point->value, "error",
				     sv_json_number(point->error), "predicted", mean,
				     "standard_error", sv_json_number(noise > 0 ? noise : NAN),
				     "residual", sv_fit_residual(mean, point->value))));
	}
	return all;
}

static json_t *warnings_json(const struct sv_fit_report *r)
{
	json_t *all = sv_must(json_array());
	char *warning;

	for (size_t i = 0; (warning = sv_fit_report_warning(r, i)); i++) {
		json_array_append_new(all, sv_must(json_string(warning)));
		free(warning);
	}
	return all;
}

static const char *end_name(enum sv_fit_end end)
{
	return end == SV_FIT_CONVERGED ? "converged"
	       : end == SV_FIT_STOPPED ? "interrupted"
				       : "unsettled";
}

void sv_fit_report_json(const struct sv_fit_report *r, FILE *to)
{
	const struct sv_fit *fit = sv_study_fit(r->study);
	struct sv_fit_errors e = sv_fit_errors(r->data, r->result.mean);
	json_t *all = sv_must(json_pack("{s:s, s:o, s:I, s:s, s:s, s:s, s:s}", "simsvirt",
		SV_VERSION, "scenario", sv_study_effective(r->study), "seed",
		(json_int_t)sv_study_point(r->study, 0)->run.seed, "metric", fit->metric, "unit",
		fit->unit, "data", r->csv, "end", end_name(r->result.end)));

	json_object_set_new(all, "parameters", params_json(r));
	json_object_set_new(all, "correlations", correlations_json(r));
	json_object_set_new(all, "points", points_json(r));
	json_object_set_new(all, "median_error", sv_json_number(e.median));
	json_object_set_new(all, "worst_error", sv_json_number(e.worst));
	json_object_set_new(all, "chi2", sv_json_number(r->result.chi2));
	json_object_set_new(all, "evaluations", json_integer((json_int_t)r->result.evaluations));
	json_object_set_new(all, "warnings", warnings_json(r));
	json_object_set_new(all, "events", json_integer((json_int_t)r->events));
	json_object_set_new(all, "wall_s", json_real(r->wall_s));
	json_dumpf(all, to, JSON_INDENT(2));
	fputc('\n', to);
	json_decref(all);
}

/* A scenario that takes over the values can say so how well they are known. */
static void put_errors(const struct sv_fit_report *r, FILE *to)
{
	const struct sv_fit *fit = sv_study_fit(r->study);
	const char *heading = "\n# uncertain:\n";
	char text[SV_FIT_TEXT];

	for (size_t p = 0; p < fit->params; p++) {
		double error = sv_fit_report_error(r, p);

		if (!isfinite(error) || error <= 0)
			continue;
		fprintf(to, "%s#   %s: {error: %s}\n", heading, fit->param[p].path,
			sv_fit_error_text(&fit->param[p], error, text));
		heading = "";
	}
}

void sv_fit_report_yaml(const struct sv_fit_report *r, FILE *to)
{
	const struct sv_fit *fit = sv_study_fit(r->study);
	char *table = NULL, value[SV_FIT_TEXT];
	size_t bytes;
	FILE *lines = sv_must(open_memstream(&table, &bytes));

	sv_fit_report_table(r, lines, COMMENT_WIDTH);
	SV_BUG_ON(fclose(lines));
	fprintf(to, "# simsvirt %s fit %s, seed %lld\n#\n", SV_VERSION, r->scenario,
		(long long)sv_study_point(r->study, 0)->run.seed);
	for (char *line = table; *line;) {
		size_t length = strcspn(line, "\n");

		fprintf(to, "#%s%.*s\n", length ? " " : "", (int)length, line);
		line += length + (line[length] == '\n');
	}
	fputc('\n', to);
	for (size_t p = 0; p < fit->params; p++)
		fprintf(to, "%s: %s\n", fit->param[p].path,
			sv_fit_text(&fit->param[p], sv_fit_report_value(r, p), value));
	put_errors(r, to);
	free(table);
}
