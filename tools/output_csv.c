/*
 * output_csv.c - results as comma-separated values (RFC 4180), one row a point and metric
 */
#include "report.h"
#include <math.h>
#include <string.h>

static void put_field(FILE *to, const char *text, bool last)
{
	if (text[strcspn(text, ",\"\r\n")]) {
		fputc('"', to);
		for (; *text; text++) {
			if (*text == '"')
				fputc('"', to);
			fputc(*text, to);
		}
		fputc('"', to);
	} else {
		fputs(text, to);
	}
	fputs(last ? "\r\n" : ",", to);
}

/* Seventeen digits give back the same double; a value that was not observed is left empty. */
static void put_number(FILE *to, double x, bool last)
{
	char text[40] = "";

	if (isfinite(x))
		snprintf(text, sizeof(text), "%.17g", x);
	put_field(to, text, last);
}

static void put_estimate(
	const struct sv_report *r, size_t point, const struct sv_estimate *e, FILE *to)
{
	char n[16];

	for (size_t i = 0; i < r->params; i++)
		put_field(to, r->param[i].value[point], false);
	put_field(to, e->name, false);
	put_field(to, e->metric->unit, false);
	put_number(to, e->ci.mean, false);
	put_number(to, e->ci.half, false);
	snprintf(n, sizeof(n), "%u", e->ci.n);
	put_field(to, n, true);
}

void sv_report_csv(const struct sv_report *r, FILE *to)
{
	static const char *const headings[] = { "metric", "unit", "mean", "ci95", "n" };
	size_t n = sizeof(headings) / sizeof(headings[0]);

	for (size_t i = 0; i < r->params; i++)
		put_field(to, r->param[i].path, false);
	for (size_t i = 0; i < n; i++)
		put_field(to, headings[i], i + 1 == n);
	for (size_t i = 0; i < r->results.n; i++) {
		const struct sv_result_point *p = &r->results.point[i];

		if (p->state != SV_POINT_DONE)
			continue;
		for (size_t k = 0; k < p->summary.n; k++)
			if (sv_report_shows(r, &p->summary.estimate[k]))
				put_estimate(r, i, &p->summary.estimate[k], to);
	}
}
