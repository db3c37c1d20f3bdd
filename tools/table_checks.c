/*
 * table_checks.c - predictions beside published values, and expectations
 */
#include "curves.h"
#include "digits.h"
#include "expect.h"
#include "grid.h"
#include "memory.h"
#include "report.h"
#include <math.h>
#include <string.h>

/* One scale for all references of a metric, so that they compare at a glance. */
static struct sv_scale reference_scale(const struct sv_report *r, const char *metric)
{
	const struct sv_metric *m = sv_report_metric(r, metric);
	double *x = sv_array(2 * r->references, sizeof(*x));
	struct sv_scale scale;
	size_t n = 0;

	for (size_t i = 0; i < r->references; i++) {
		const struct sv_reference *f = r->reference[i];
		const struct sv_estimate *e = sv_results_get(&r->results, f->point, metric);

		if (strcmp(f->metric, metric) != 0)
			continue;
		x[n++] = f->value;
		if (e)
			x[n++] = e->ci.mean;
	}
	scale = sv_scale_choose(m ? m->unit : "1", x, n);
	free(x);
	return scale;
}

static void put_published(
	struct sv_grid *g, const struct sv_reference *f, const struct sv_scale *scale)
{
	struct sv_digits value = sv_digits(f->value, 0, scale);

	if (isnan(f->low) || isnan(f->high))
		sv_grid_put(g, "%s", value.mean);
	else
		sv_grid_put(g, "%s (%s to %s)", value.mean, sv_digits(f->low, 0, scale).mean,
			sv_digits(f->high, 0, scale).mean);
}

static void put_reference(struct sv_grid *g, const struct sv_report *r, size_t i)
{
	const struct sv_reference *f = r->reference[i];
	const struct sv_estimate *e = sv_results_get(&r->results, f->point, f->metric);
	struct sv_scale scale = reference_scale(r, f->metric);
	struct sv_digits predicted = sv_digits(e ? e->ci.mean : NAN, e ? e->ci.half : NAN, &scale);
	double error = 100 * sv_reference_error(f, &r->results);
	char unit[32];

	sv_scale_heading(&scale, unit);
	sv_grid_put(g, "%s%s%s", sv_report_short(r, f->metric), unit[0] ? ", " : "", unit);
	for (size_t p = 0; p < r->params; p++)
		sv_grid_put(g, "%s", r->param[p].value[f->point]);
	sv_grid_put(g, "%s%s%s", predicted.mean, predicted.half[0] ? " " : "", predicted.half);
	put_published(g, f, &scale);
	if (isnan(error))
		sv_grid_put(g, "-");
	else
		sv_grid_put(g, fabs(error) < 9.95 ? "%+.1f %%" : "%+.0f %%", error);
	sv_grid_put(g, "%s", f->source);
}

bool sv_report_is_series(const struct sv_report *r, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (sv_same_series(r->reference[k], r->reference[i]))
			return false;
	return true;
}

struct sv_error_summary sv_report_series_error(
	const struct sv_report *r, size_t first, sv_error_fn *measure, size_t *n)
{
	double *error = sv_array(r->references, sizeof(*error));
	struct sv_error_summary s = { 0 };

	*n = 0;
	for (size_t i = first; i < r->references; i++) {
		double e = measure(r->reference[i], &r->results);

		if (sv_same_series(r->reference[i], r->reference[first]) && !isnan(e))
			error[(*n)++] = e;
	}
	if (*n > 0)
		s = sv_error_summarize(error, *n);
	free(error);
	return s;
}

/* The errors of all references of one source and metric in one line. */
static void print_series(const struct sv_report *r, size_t first, FILE *to)
{
	const struct sv_reference *f = r->reference[first];
	size_t n, with_bounds;
	struct sv_error_summary s = sv_report_series_error(r, first, sv_reference_error, &n);
	struct sv_error_summary beyond =
		sv_report_series_error(r, first, sv_reference_beyond, &with_bounds);

	if (n == 0)
		return;
	fprintf(to, "  %s, %s: error %.1f %% in the median, %.1f %% at worst, of %zu", f->source,
		sv_report_short(r, f->metric), 100 * s.median, 100 * s.worst, n);
	if (with_bounds)
		fprintf(to, "; beyond the published bounds %.1f %% in the median, %.1f %% at worst",
			100 * beyond.median, 100 * beyond.worst);
	if (f->left_out)
		fprintf(to, "; %zu more at no point of the sweep", f->left_out);
	fputc('\n', to);
}

void sv_report_table_references(const struct sv_report *r, FILE *to, size_t width)
{
	struct sv_grid g;

	if (r->references == 0)
		return;
	sv_grid_init(&g, r->params + 5);
	for (size_t i = 1; i < r->params + 4; i++)
		g.right[i] = true;
	sv_grid_put(&g, "metric");
	for (size_t p = 0; p < r->params; p++)
		sv_grid_put(&g, "%s", r->param[p].heading);
	sv_grid_put(&g, "predicted");
	sv_grid_put(&g, "published");
	sv_grid_put(&g, "error");
	sv_grid_put(&g, "source");
	for (size_t i = 0; i < r->references; i++)
		put_reference(&g, r, i);
	fputs("\nPredicted and published\n\n", to);
	sv_grid_print(&g, to, width);
	sv_grid_fini(&g);
	fputc('\n', to);
	for (size_t i = 0; i < r->references; i++)
		if (sv_report_is_series(r, i))
			print_series(r, i, to);
}

static const char *unit_of(const struct sv_report *r, const char *metric)
{
	const struct sv_metric *m = sv_report_metric(r, metric);

	return m ? m->unit : "1";
}

char *sv_report_expectation(const struct sv_report *r, size_t i)
{
	const struct sv_expectation *e = r->expectation[i];
	struct sv_expect_result v = sv_expect_check(e, &r->results);
	char left[64], right[64];
	char times[32] = "", *text = NULL, *other = NULL;

	sv_digits_text(v.left.mean, v.left.half, unit_of(r, e->metric), left);
	if (e->other_point == SIZE_MAX)
		sv_digits_exact(e->bound, unit_of(r, e->metric), right);
	else
		sv_digits_text(v.right.mean, v.right.half, unit_of(r, e->other_metric), right);
	if (e->factor != 1)
		snprintf(times, sizeof(times), "%g x ", e->factor);
	if (e->other_point == SIZE_MAX)
		other = sv_must(strdup(right));
	else
		SV_BUG_ON(asprintf(&other, "%s%s at %s: %s", times,
				  sv_report_short(r, e->other_metric), r->label[e->other_point],
				  right) < 0);
	SV_BUG_ON(asprintf(&text, "%s%s%s: %s %s %s", sv_report_short(r, e->metric),
			  r->label[e->point][0] ? " at " : "", r->label[e->point], left,
			  sv_expect_sign(e), other) < 0);
	free(other);
	return text;
}

bool sv_report_is_broken(const struct sv_report *r, size_t expectation)
{
	return sv_expect_check(r->expectation[expectation], &r->results).verdict == SV_BROKEN;
}

size_t sv_report_broken(const struct sv_report *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->expectations; i++)
		n += sv_report_is_broken(r, i);
	return n;
}

/* More expectations than this that hold are only counted: a `where` can expand to very many points.
 */
#define MOST_SHOWN 6

void sv_report_table_expectations(const struct sv_report *r, FILE *to, size_t width)
{
	static const char *const names[] = { "holds", "BROKEN", "unchecked" };
	struct sv_grid g;
	size_t hold = 0;

	if (r->expectations == 0)
		return;
	sv_grid_init(&g, 2);
	for (size_t i = 0; i < r->expectations; i++) {
		enum sv_verdict verdict = sv_expect_check(r->expectation[i], &r->results).verdict;
		char *text;

		hold += verdict == SV_HOLDS;
		if (verdict == SV_HOLDS && r->expectations > MOST_SHOWN)
			continue;
		text = sv_report_expectation(r, i);
		sv_grid_put(&g, "%s", names[verdict]);
		sv_grid_put(&g, "%s", text);
		free(text);
	}
	fprintf(to, "\nExpectations: %zu of %zu hold\n", hold, r->expectations);
	if (hold < r->expectations || r->expectations <= MOST_SHOWN)
		fputc('\n', to);
	sv_grid_print(&g, to, width);
	sv_grid_fini(&g);
}
