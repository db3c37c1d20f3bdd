/*
 * explain.c - where the time goes, as `run --explain` prints it
 *
 * Points stand beside each other, so that what one loses and another does not shows.
 */
#include "digits.h"
#include "grid.h"
#include "memory.h"
#include "report.h"
#include <math.h>
#include <string.h>

/* The metrics OWNER.SECTION.*, of which OWNER.SECTION.total is the sum. */
struct section {
	const char *name; /* ends behind the dot of SECTION */
	size_t length;
};

static bool in_section(const struct sv_estimate *e, const struct section *s)
{
	return !strncmp(e->name, s->name, s->length);
}

/* The sections of all points, in the order of their first appearance. */
static size_t find_sections(const struct sv_report *r, struct section **out)
{
	static const char last[] = ".explain.total";
	size_t n = 0, cut = strlen("total");

	*out = NULL;
	for (size_t i = 0; i < r->results.n; i++) {
		const struct sv_summary *s = &r->results.point[i].summary;

		for (size_t k = 0; k < s->n; k++) {
			const struct sv_estimate *e = &s->estimate[k];
			size_t length = strlen(e->name), same = 0;

			if (length < sizeof(last) ||
				strcmp(e->name + length + 1 - sizeof(last), last) != 0)
				continue;
			while (same < n && !in_section(e, &(*out)[same]))
				same++;
			if (same < n)
				continue;
			*out = sv_must(realloc(*out, (n + 1) * sizeof(**out)));
			(*out)[n++] = (struct section){ e->name, length - cut };
		}
	}
	return n;
}

/* "waiting, preempted" of "locks.explain.waiting.preempted". */
static void put_name(struct sv_grid *g, const char *part)
{
	const char *dot = strchr(part, '.');

	if (dot)
		sv_grid_put(g, "%.*s, %s", (int)(dot - part), part, dot + 1);
	else
		sv_grid_put(g, "%s", part);
}

static void put_value(struct sv_grid *g, const struct sv_report *r, size_t point,
	const struct section *s, const char *part)
{
	char name[SV_METRIC_NAME_BYTES], total[SV_METRIC_NAME_BYTES], text[64];
	const struct sv_estimate *e, *all;

	snprintf(name, sizeof(name), "%.*s%s", (int)s->length, s->name, part);
	snprintf(total, sizeof(total), "%.*stotal", (int)s->length, s->name);
	e = sv_results_get(&r->results, point, name);
	all = sv_results_get(&r->results, point, total);
	if (!e || !all || !(all->ci.mean > 0)) {
		sv_grid_put(g, "-");
		sv_grid_put(g, "-");
	} else if (e->ci.mean > 0) {
		sv_grid_put(g, "%s", sv_digits_text(e->ci.mean, e->ci.half, e->metric->unit, text));
		sv_grid_put(g, "%.1f %%", 100 * e->ci.mean / all->ci.mean);
	} else {
		sv_grid_put(g, "0");
		sv_grid_put(g, "0");
	}
}

/* The points from `first` to before `last` that have the section. */
static void print_points(const struct sv_report *r, const struct section *s, const size_t *point,
	size_t points, FILE *to)
{
	const struct sv_summary *sample = &r->results.point[point[0]].summary;
	struct sv_grid g;

	sv_grid_init(&g, 1 + 2 * points);
	sv_grid_put(&g, "%s", "");
	for (size_t i = 0; i < points; i++) {
		g.right[1 + 2 * i] = g.right[2 + 2 * i] = true;
		sv_grid_put(&g, "%s", r->label[point[i]][0] ? r->label[point[i]] : "mean");
		sv_grid_put(&g, "share");
	}
	for (size_t k = 0; k < sample->n; k++) {
		const char *part = sample->estimate[k].name + s->length;

		if (!in_section(&sample->estimate[k], s))
			continue;
		put_name(&g, part);
		for (size_t i = 0; i < points; i++)
			put_value(&g, r, point[i], s, part);
	}
	fputc('\n', to);
	sv_grid_print(&g, to, SIZE_MAX);
	sv_grid_fini(&g);
}

static bool has_section(const struct sv_report *r, size_t point, const struct section *s)
{
	const struct sv_summary *summary = &r->results.point[point].summary;

	for (size_t k = 0; k < summary->n; k++)
		if (in_section(&summary->estimate[k], s))
			return true;
	return false;
}

/* Columns of a point, as wide as its label or as "123.45 us ±0.12" and its share. */
static size_t point_width(const struct sv_report *r, size_t point)
{
	size_t label = sv_text_width(r->label[point]);

	return (label > 16 ? label : 16) + 2 + 7 + 2;
}

static void print_section(
	const struct sv_report *r, const struct section *s, FILE *to, size_t width)
{
	size_t *point = sv_array(r->results.n, sizeof(*point)), n = 0, used = 0;

	fprintf(to, "\nWhere the time of an acquisition goes: %.*s\n",
		(int)(s->length - strlen(".explain.")), s->name);
	for (size_t i = 0; i < r->results.n; i++) {
		size_t more = point_width(r, i);

		if (!has_section(r, i, s))
			continue;
		if (n > 0 && used + more > width) {
			print_points(r, s, point, n, to);
			n = 0;
		}
		used = n ? used + more : 24 + more;
		point[n++] = i;
	}
	if (n)
		print_points(r, s, point, n, to);
	free(point);
}

void sv_report_table_explain(const struct sv_report *r, FILE *to, size_t width)
{
	struct section *section;
	size_t n = find_sections(r, &section);

	for (size_t i = 0; i < n; i++)
		print_section(r, &section[i], to, width);
	free(section);
}
