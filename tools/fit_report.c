/*
 * fit_report.c - what a fit has to tell, as a table
 */
#include "fit_report.h"
#include "digits.h"
#include "fit_errors.h"
#include "grid.h"
#include "memory.h"
#include <math.h>
#include <string.h>

#define AT_BOUND    0.005 /* of the range */
#define TOO_RELATED 0.95

double sv_fit_report_value(const struct sv_fit_report *r, size_t p)
{
	return sv_fit_value(&sv_study_fit(r->study)->param[p], r->result.share[p]);
}

double sv_fit_report_error(const struct sv_fit_report *r, size_t p)
{
	return sv_fit_sigma(&r->result, p) *
	       sv_fit_slope(&sv_study_fit(r->study)->param[p], r->result.share[p]);
}

static char *warn_value(const struct sv_fit_report *r, size_t p)
{
	const struct sv_fit_param *param = &sv_study_fit(r->study)->param[p];
	double share = r->result.share[p];
	bool low = share<AT_BOUND, high = share> 1 - AT_BOUND;
	char *text = NULL;

	if (low || high)
		SV_BUG_ON(asprintf(&text,
				  "%s sits at its %s value: the data ask for more than the range "
				  "allows, or do not tell it",
				  param->path, low ? "lowest" : "highest") < 0);
	else if (r->result.end != SV_FIT_STOPPED && isnan(sv_fit_sigma(&r->result, p)))
		SV_BUG_ON(asprintf(&text,
				  r->result.points == r->result.params && !r->data->has_errors
					  ? "%s has no standard error: there are no more points "
					    "than parameters"
					  : "%s is not identifiable: the predictions do not "
					    "depend on it",
				  param->path) < 0);
	return text;
}

static char *warn_pair(const struct sv_fit_report *r, size_t a, size_t b)
{
	const struct sv_fit *fit = sv_study_fit(r->study);
	double correlation = sv_fit_correlation(&r->result, a, b);
	char *text = NULL;

	if (fabs(correlation) > TOO_RELATED)
		SV_BUG_ON(asprintf(&text,
				  "%s and %s are correlated by %.3f: the data do not tell them "
				  "apart",
				  fit->param[b].path, fit->param[a].path, correlation) < 0);
	return text;
}

static char *warn_end(const struct sv_fit_report *r)
{
	if (r->result.end != SV_FIT_UNSETTLED)
		return NULL;
	return sv_must(strdup("the search ended before it settled: allow more --evaluations, or "
			      "longer and more replications"));
}

char *sv_fit_report_warning(const struct sv_fit_report *r, size_t i)
{
	size_t params = r->result.params;
	char *text = warn_end(r);

	/* Counts down to the one that is asked for; the rest is freed again. */
	for (size_t p = 0; p < params; p++)
		for (size_t other = 0; other <= p; other++) {
			if (text && i-- == 0)
				return text;
			free(text);
			text = other == p ? warn_value(r, p) : warn_pair(r, p, other);
		}
	if (text && i == 0)
		return text;
	free(text);
	return NULL;
}

static void print_params(const struct sv_fit_report *r, FILE *to, size_t width)
{
	const struct sv_fit *fit = sv_study_fit(r->study);
	char text[64], from[SV_FIT_TEXT], range[SV_FIT_TEXT];
	struct sv_grid g;

	sv_grid_init(&g, 4);
	sv_grid_put(&g, "%s", "");
	sv_grid_put(&g, "%s", "parameter");
	sv_grid_put(&g, "%s", "value ±standard error");
	sv_grid_put(&g, "%s", "searched");
	for (size_t p = 0; p < fit->params; p++) {
		const struct sv_fit_param *param = &fit->param[p];
		const char *unit = sv_fit_unit(param);

		sv_grid_put(&g, "%zu", p + 1);
		sv_grid_put(&g, "%s", param->path);
		sv_grid_put(&g, "%s",
			sv_digits_text(sv_fit_in_unit(param, sv_fit_report_value(r, p)),
				sv_fit_in_unit(param, sv_fit_report_error(r, p)), unit, text));
		sv_digits_exact(sv_fit_in_unit(param, param->from), unit, from);
		sv_digits_exact(sv_fit_in_unit(param, param->to), unit, range);
		sv_grid_put(&g, "%s to %s%s", from, range, param->log ? ", log" : "");
	}
	sv_grid_print(&g, to, width);
	sv_grid_fini(&g);
}

static void put_correlation(struct sv_grid *g, const struct sv_fit_report *r, size_t a, size_t b)
{
	double correlation = sv_fit_correlation(&r->result, a, b);

	if (b > a)
		sv_grid_put(g, "%s", "");
	else if (isnan(correlation))
		sv_grid_put(g, "%s", "-");
	else
		sv_grid_put(g, "%.2f", correlation);
}

static void print_correlations(const struct sv_fit_report *r, FILE *to, size_t width)
{
	size_t params = r->result.params;
	struct sv_grid g;

	if (params < 2)
		return;
	fputs("\nCorrelations\n", to);
	sv_grid_init(&g, params + 1);
	sv_grid_put(&g, "%s", "");
	for (size_t p = 0; p < params; p++) {
		g.right[p + 1] = true;
		sv_grid_put(&g, "%zu", p + 1);
	}
	for (size_t a = 0; a < params; a++) {
		sv_grid_put(&g, "%zu", a + 1);
		for (size_t b = 0; b < params; b++)
			put_correlation(&g, r, a, b);
	}
	sv_grid_print(&g, to, width);
	sv_grid_fini(&g);
}

static void put_point(struct sv_grid *g, const struct sv_fit_report *r, size_t i)
{
	const struct sv_data_point *point = &r->data->point[i];
	struct sv_scale plain = { .unit = "1" };
	double mean = r->result.mean[i], noise = r->result.noise[i];
	struct sv_digits n = sv_digits(mean, noise > 0 ? noise : NAN, &plain);

	for (size_t k = 0; k < r->data->paths; k++)
		sv_grid_put(g, "%s", point->x[k]);
	sv_grid_put(g, "%.6g", point->value);
	sv_grid_put(g, "%s%s%s", n.mean, n.half[0] ? " " : "", n.half);
	sv_grid_put(g, "%+.1f %%", 100 * (mean / point->value - 1));
}

static void print_points(const struct sv_fit_report *r, FILE *to, size_t width)
{
	size_t paths = r->data->paths;
	struct sv_grid g;

	sv_grid_init(&g, paths + 3);
	for (size_t k = 0; k < paths; k++)
		sv_grid_put(&g, "%s", strrchr(r->data->path[k], '.') + 1);
	sv_grid_put(&g, "measured, %s", sv_study_fit(r->study)->unit);
	sv_grid_put(&g, "%s", "predicted");
	sv_grid_put(&g, "%s", "error");
	for (size_t k = 0; k < 3; k++)
		g.right[paths + k] = true;
	for (size_t i = 0; i < r->data->points; i++)
		put_point(&g, r, i);
	fputc('\n', to);
	sv_grid_print(&g, to, width);
	sv_grid_fini(&g);
}

static void print_summary(const struct sv_fit_report *r, FILE *to)
{
	struct sv_fit_errors e = sv_fit_errors(r->data, r->result.mean);
	char *label = sv_fit_data_label(r->data, e.worst_point), *warning;

	fprintf(to, "\nMedian error %.1f %%, worst %.1f %%%s%s%s.\n", 100 * e.median, 100 * e.worst,
		label[0] ? " (" : "", label, label[0] ? ")" : "");
	free(label);
	fprintf(to, "%zu evaluations of %zu points in %.1f s%s.\n", r->result.evaluations,
		r->data->points, r->wall_s,
		r->result.end == SV_FIT_STOPPED ? "; interrupted: the best so far is shown" : "");
	for (size_t i = 0; (warning = sv_fit_report_warning(r, i)); i++) {
		fprintf(to, "Warning: %s.\n", warning);
		free(warning);
	}
}

void sv_fit_report_table(const struct sv_fit_report *r, FILE *to, size_t width)
{
	const struct sv_fit *fit = sv_study_fit(r->study);

	fprintf(to, "%s fitted to %s\n\n", fit->metric, r->csv);
	print_params(r, to, width);
	print_correlations(r, to, width);
	print_points(r, to, width);
	print_summary(r, to);
}
