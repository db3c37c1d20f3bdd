/*
 * table_curves.c - break points and the order of series, predicted and published
 */
#include "curves.h"
#include "digits.h"
#include "grid.h"
#include "memory.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

/* More pairs than this in the wrong order are only counted. */
#define MOST_SHOWN 20

static void put_name(struct sv_grid *g, const struct sv_report *r, const struct sv_curves *c,
	const struct sv_curve *curve)
{
	const struct sv_reference *f = r->reference[curve->reference[0]];
	char *text = NULL;
	size_t bytes;
	FILE *to = sv_must(open_memstream(&text, &bytes));

	fprintf(to, "%s, %s", f->source, sv_report_short(r, f->metric));
	for (size_t p = 0; p < r->params; p++)
		if (sv_curve_is_one_of_many(c, r, curve, p))
			fprintf(to, ", %s=%s", r->param[p].heading, r->param[p].value[f->point]);
	SV_BUG_ON(fclose(to));
	sv_grid_put(g, "%s", text);
	free(text);
}

static void put_break(
	struct sv_grid *g, const struct sv_report *r, const struct sv_curve *curve, size_t at)
{
	const struct sv_report_param *p = &r->param[curve->param];

	if (at == SIZE_MAX)
		sv_grid_put(g, "none");
	else
		sv_grid_put(g, "%s=%s", p->heading,
			p->value[r->reference[curve->reference[at]]->point]);
}

static void print_breaks(
	const struct sv_report *r, const struct sv_curves *c, FILE *to, size_t width)
{
	struct sv_grid g;

	if (c->curves == 0)
		return;
	sv_grid_init(&g, 4);
	sv_grid_put(&g, "series");
	sv_grid_put(&g, "predicted");
	sv_grid_put(&g, "published");
	sv_grid_put(&g, "within one step");
	for (size_t i = 0; i < c->curves; i++) {
		const struct sv_curve *curve = &c->curve[i];

		put_name(&g, r, c, curve);
		if (curve->is_predicted)
			put_break(&g, r, curve, curve->predicted);
		else
			sv_grid_put(&g, "-");
		put_break(&g, r, curve, curve->published);
		sv_grid_put(&g, "%s",
			!curve->is_predicted     ? "-"
			: sv_curve_agrees(curve) ? "yes"
						 : "NO");
	}
	fprintf(to,
		"\nBreak points: where a series first falls below %.0f %% of its maximum so "
		"far\n\n",
		100 * SV_BREAK_SHARE);
	sv_grid_print(&g, to, width);
	sv_grid_fini(&g);
}

static void put_predicted(struct sv_grid *g, const struct sv_report *r, size_t i)
{
	const struct sv_reference *f = r->reference[i];
	const struct sv_estimate *e = sv_results_get(&r->results, f->point, f->metric);
	char number[64];

	sv_grid_put(g, "%s %s", f->source, sv_digits_text(e->ci.mean, NAN, f->unit, number));
}

/* What both have in common. */
static void put_place(struct sv_grid *g, const struct sv_report *r, const struct sv_pair *pair)
{
	size_t a = r->reference[pair->higher]->point, b = r->reference[pair->lower]->point;
	char *text = NULL;
	size_t bytes;
	FILE *to = sv_must(open_memstream(&text, &bytes));

	for (size_t p = 0; p < r->params; p++) {
		const char *value = r->param[p].value[a];

		if (!strcmp(value, r->param[p].value[b]))
			fprintf(to, "%s%s=%s", ftell(to) ? " " : "", r->param[p].heading, value);
	}
	SV_BUG_ON(fclose(to));
	sv_grid_put(g, "%s", text);
	free(text);
}

static void print_order(
	const struct sv_report *r, const struct sv_curves *c, FILE *to, size_t width)
{
	size_t shown = c->wrongs < MOST_SHOWN ? c->wrongs : MOST_SHOWN;
	struct sv_grid g;

	if (c->pairs == 0)
		return;
	fprintf(to,
		"\nOrder of the series where published values are more than %.0f %% apart: "
		"%zu of %zu pairs as published\n",
		100 * (SV_ORDER_RATIO - 1), c->pairs - c->wrongs, c->pairs);
	if (shown == 0)
		return;
	sv_grid_init(&g, 3);
	sv_grid_put(&g, "at");
	sv_grid_put(&g, "published higher, predicted");
	sv_grid_put(&g, "published lower, predicted");
	for (size_t i = 0; i < shown; i++) {
		put_place(&g, r, &c->wrong[i]);
		put_predicted(&g, r, c->wrong[i].higher);
		put_predicted(&g, r, c->wrong[i].lower);
	}
	fputc('\n', to);
	sv_grid_print(&g, to, width);
	sv_grid_fini(&g);
	if (shown < c->wrongs)
		fprintf(to, "  and %zu more\n", c->wrongs - shown);
}

void sv_report_table_curves(const struct sv_report *r, FILE *to, size_t width)
{
	struct sv_curves c;

	sv_curves_init(&c, r);
	print_breaks(r, &c, to, width);
	print_order(r, &c, to, width);
	sv_curves_fini(&c);
}
