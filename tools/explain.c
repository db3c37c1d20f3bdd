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

/* Metrics of one owner and one kind. */
static const struct kind {
	const char *infix, *title;
	const char *total; /* a metric that is their sum, of which shares are told; NULL: shares */
} kinds[] = {
	{ ".explain.", "Where the time of an acquisition goes", "total" },
	{ ".stage.", "Where the time of an I/O goes", "total" },
	{ ".time.", "Where the time of the host's CPUs goes", NULL },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

struct section {
	const struct kind *kind;
	const char *name; /* begins with OWNER and the infix */
	size_t length;    /* of these */
};

static bool in_section(const struct sv_estimate *e, const struct section *s)
{
	return !strncmp(e->name, s->name, s->length);
}

static const struct sv_estimate *get(
	const struct sv_report *r, size_t point, const struct section *s, const char *part)
{
	char name[SV_METRIC_NAME_BYTES];

	snprintf(name, sizeof(name), "%.*s%s", (int)s->length, s->name, part);
	return sv_results_get(&r->results, point, name);
}

static bool is_zero_everywhere(const struct sv_report *r, const struct section *s, const char *part)
{
	for (size_t i = 0; i < r->results.n; i++) {
		const struct sv_estimate *e = get(r, i, s, part);

		if (e && e->ci.mean > 0)
			return false;
	}
	return true;
}

/* Adds the section of a metric, unless it is known. */
static size_t add_section(
	struct section **all, size_t n, const struct kind *kind, const struct sv_estimate *e)
{
	const char *infix = strstr(e->name, kind->infix);

	for (size_t i = 0; i < n; i++)
		if (in_section(e, &(*all)[i]))
			return n;
	if (!infix)
		return n;
	*all = sv_must(realloc(*all, (n + 1) * sizeof(**all)));
	(*all)[n] =
		(struct section){ kind, e->name, (size_t)(infix - e->name) + strlen(kind->infix) };
	return n + 1;
}

/* In the order of kinds, then of their first appearance. */
static size_t find_sections(const struct sv_report *r, struct section **out)
{
	size_t n = 0;

	*out = NULL;
	for (size_t kind = 0; kind < KINDS; kind++)
		for (size_t i = 0; i < r->results.n; i++) {
			const struct sv_summary *s = &r->results.point[i].summary;

			for (size_t k = 0; k < s->n; k++)
				n = add_section(out, n, &kinds[kind], &s->estimate[k]);
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

static void put_share(struct sv_grid *g, const struct sv_estimate *e)
{
	struct sv_scale percent = { .unit = "%" };
	struct sv_digits d;

	if (!e) {
		sv_grid_put(g, "-");
	} else if (e->ci.mean > 0) {
		d = sv_digits(100 * e->ci.mean, 100 * e->ci.half, &percent);
		sv_grid_put(g, "%s%s%s %%", d.mean, d.half[0] ? " " : "", d.half);
	} else {
		sv_grid_put(g, "0");
	}
}

static void put_part(
	struct sv_grid *g, const struct sv_estimate *e, const struct sv_estimate *total)
{
	char text[64];

	if (!e || !total || !(total->ci.mean > 0)) {
		sv_grid_put(g, "-");
		sv_grid_put(g, "-");
	} else if (e->ci.mean > 0) {
		sv_grid_put(g, "%s", sv_digits_text(e->ci.mean, e->ci.half, e->metric->unit, text));
		sv_grid_put(g, "%.1f %%", 100 * e->ci.mean / total->ci.mean);
	} else {
		sv_grid_put(g, "0");
		sv_grid_put(g, "0");
	}
}

static void put_row(struct sv_grid *g, const struct sv_report *r, const struct section *s,
	const char *part, const size_t *point, size_t points)
{
	put_name(g, part);
	for (size_t i = 0; i < points; i++) {
		const struct sv_estimate *e = get(r, point[i], s, part);

		if (s->kind->total)
			put_part(g, e, get(r, point[i], s, s->kind->total));
		else
			put_share(g, e);
	}
}

static size_t columns_of(const struct section *s)
{
	return s->kind->total ? 2 : 1;
}

static void print_points(const struct sv_report *r, const struct section *s, const size_t *point,
	size_t points, FILE *to)
{
	const struct sv_summary *sample = &r->results.point[point[0]].summary;
	struct sv_grid g;

	sv_grid_init(&g, 1 + columns_of(s) * points);
	sv_grid_put(&g, "%s", "");
	for (size_t i = 1; i < g.columns; i++)
		g.right[i] = true;
	for (size_t i = 0; i < points; i++) {
		const char *label = r->label[point[i]];

		sv_grid_put(&g, "%s", label[0] ? label : s->kind->total ? "mean" : "share");
		if (s->kind->total)
			sv_grid_put(&g, "share");
	}
	for (size_t k = 0; k < sample->n; k++) {
		const char *part = sample->estimate[k].name + s->length;

		/* What might have been and is not would hide what is. */
		if (in_section(&sample->estimate[k], s) &&
			(s->kind->total || !is_zero_everywhere(r, s, part)))
			put_row(&g, r, s, part, point, points);
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
static size_t point_width(const struct sv_report *r, const struct section *s, size_t point)
{
	size_t label = sv_text_width(r->label[point]), share = 2 + strlen("100.0 %");

	return 2 + (label > 16 ? label : 16) + (s->kind->total ? share : 0);
}

static void print_section(
	const struct sv_report *r, const struct section *s, FILE *to, size_t width)
{
	size_t *point = sv_array(r->results.n, sizeof(*point)), n = 0, used = 0;

	fprintf(to, "\n%s: %.*s\n", s->kind->title, (int)(s->length - strlen(s->kind->infix)),
		s->name);
	for (size_t i = 0; i < r->results.n; i++) {
		size_t more = point_width(r, s, i);

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

	for (size_t i = 0; i < n; i++) {
		bool of_vm = !section[i].kind->total && strncmp(section[i].name, "host.", 5) != 0;

		/* A VM that is alone has all that its host has. */
		if (!of_vm || !is_zero_everywhere(r, &section[i], "others"))
			print_section(r, &section[i], to, width);
	}
	free(section);
}
