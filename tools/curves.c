/*
 * curves.c - what a reader asks of published curves and their predictions
 */
#include "curves.h"
#include "memory.h"
#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

bool sv_same_series(const struct sv_reference *a, const struct sv_reference *b)
{
	return !strcmp(a->metric, b->metric) && !strcmp(a->source, b->source);
}

/* The first reference of the series that a reference belongs to. */
static size_t series_of(const struct sv_report *r, size_t i)
{
	size_t first = 0;

	while (!sv_same_series(r->reference[first], r->reference[i]))
		first++;
	return first;
}

static const char *value_of(const struct sv_report *r, size_t i, size_t param)
{
	return r->param[param].value[r->reference[i]->point];
}

static bool same_value(const struct sv_report *r, size_t a, size_t b, size_t param)
{
	return !strcmp(value_of(r, a, param), value_of(r, b, param));
}

static double predicted(const struct sv_report *r, size_t i)
{
	const struct sv_reference *f = r->reference[i];
	const struct sv_estimate *e = sv_results_get(&r->results, f->point, f->metric);

	return e ? e->ci.mean : NAN;
}

static void find_variation(struct sv_curves *c, const struct sv_report *r)
{
	c->varies = sv_array(r->references * r->params, sizeof(*c->varies));
	for (size_t i = 0; i < r->references; i++) {
		size_t first = series_of(r, i);

		for (size_t p = 0; p < r->params; p++)
			c->varies[first * r->params + p] |= !same_value(r, first, i, p);
	}
}

/* The path along which a series runs; SIZE_MAX: none. */
static size_t path_of(const struct sv_curves *c, const struct sv_report *r, size_t first)
{
	for (size_t p = r->params; p-- > 0;)
		if (c->varies[first * r->params + p] &&
			isdigit((unsigned char)value_of(r, first, p)[0]))
			return p;
	return SIZE_MAX;
}

/* Where a value stands in the sweep: the points are its grid, in order. */
static size_t position(const struct sv_report *r, size_t i, size_t param)
{
	size_t point = 0;

	while (strcmp(r->param[param].value[point], value_of(r, i, param)) != 0)
		point++;
	return point;
}

static bool on_curve(const struct sv_report *r, const struct sv_curve *curve, size_t a, size_t b)
{
	if (!sv_same_series(r->reference[a], r->reference[b]))
		return false;
	for (size_t p = 0; p < r->params; p++)
		if (p != curve->param && !same_value(r, a, b, p))
			return false;
	return true;
}

/* Of several values at one x the first stands. */
static void insert(struct sv_curve *curve, const struct sv_report *r, size_t i)
{
	size_t at = position(r, i, curve->param), k = curve->n;

	for (size_t j = 0; j < curve->n; j++)
		if (same_value(r, curve->reference[j], i, curve->param))
			return;
	for (; k > 0 && position(r, curve->reference[k - 1], curve->param) > at; k--)
		curve->reference[k] = curve->reference[k - 1];
	curve->reference[k] = i;
	curve->n++;
}

typedef double value_fn(const struct sv_report *r, size_t reference);

static double published(const struct sv_report *r, size_t i)
{
	return r->reference[i]->value;
}

static size_t find_break(const struct sv_curve *curve, const struct sv_report *r, value_fn *value)
{
	double most = -INFINITY;

	for (size_t k = 0; k < curve->n; k++) {
		double x = value(r, curve->reference[k]);

		if (x < SV_BREAK_SHARE * most)
			return k;
		most = fmax(most, x);
	}
	return SIZE_MAX;
}

static void add_curve(struct sv_curves *c, const struct sv_report *r, size_t first, size_t param)
{
	struct sv_curve curve = { .param = param, .is_predicted = true };

	curve.reference = sv_array(r->references, sizeof(*curve.reference));
	for (size_t i = first; i < r->references; i++)
		if (on_curve(r, &curve, first, i))
			insert(&curve, r, i);
	for (size_t k = 0; k < curve.n; k++)
		curve.is_predicted &= !isnan(predicted(r, curve.reference[k]));
	curve.published = find_break(&curve, r, published);
	curve.predicted = find_break(&curve, r, predicted);
	c->curve = sv_must(realloc(c->curve, (c->curves + 1) * sizeof(*c->curve)));
	c->curve[c->curves++] = curve;
}

static bool is_on_one(const struct sv_curves *c, const struct sv_report *r, size_t i)
{
	for (size_t k = 0; k < c->curves; k++)
		if (on_curve(r, &c->curve[k], c->curve[k].reference[0], i))
			return true;
	return false;
}

static void find_curves(struct sv_curves *c, const struct sv_report *r)
{
	for (size_t i = 0; i < r->references; i++) {
		size_t param = path_of(c, r, series_of(r, i));

		if (param != SIZE_MAX && !is_on_one(c, r, i))
			add_curve(c, r, i, param);
	}
}

/* Of what makes two series, such as their locks, values may differ; of what they vary over, not. */
static bool at_same_x(const struct sv_curves *c, const struct sv_report *r, size_t a, size_t b)
{
	size_t of_a = series_of(r, a) * r->params, of_b = series_of(r, b) * r->params;

	for (size_t p = 0; p < r->params; p++)
		if ((c->varies[of_a + p] || c->varies[of_b + p]) && !same_value(r, a, b, p))
			return false;
	return true;
}

static void compare(struct sv_curves *c, const struct sv_report *r, size_t a, size_t b)
{
	bool up = published(r, a) > published(r, b);
	struct sv_pair pair = { up ? a : b, up ? b : a };
	double higher = published(r, pair.higher), lower = published(r, pair.lower);

	if (higher <= SV_ORDER_RATIO * lower || isnan(predicted(r, a)) || isnan(predicted(r, b)))
		return;
	c->pairs++;
	if (predicted(r, pair.higher) > predicted(r, pair.lower))
		return;
	c->wrong = sv_must(realloc(c->wrong, (c->wrongs + 1) * sizeof(*c->wrong)));
	c->wrong[c->wrongs++] = pair;
}

static void find_order(struct sv_curves *c, const struct sv_report *r)
{
	for (size_t a = 0; a < r->references; a++)
		for (size_t b = a + 1; b < r->references; b++)
			if (!strcmp(r->reference[a]->metric, r->reference[b]->metric) &&
				!sv_same_series(r->reference[a], r->reference[b]) &&
				at_same_x(c, r, a, b))
				compare(c, r, a, b);
}

void sv_curves_init(struct sv_curves *c, const struct sv_report *r)
{
	*c = (struct sv_curves){ 0 };
	find_variation(c, r);
	find_curves(c, r);
	find_order(c, r);
}

void sv_curves_fini(struct sv_curves *c)
{
	for (size_t i = 0; i < c->curves; i++)
		free(c->curve[i].reference);
	free(c->curve);
	free(c->wrong);
	free(c->varies);
	*c = (struct sv_curves){ 0 };
}

bool sv_curve_agrees(const struct sv_curve *curve)
{
	size_t a = curve->predicted, b = curve->published;

	if (a == SIZE_MAX || b == SIZE_MAX)
		return a == b;
	return a > b ? a - b <= 1 : b - a <= 1;
}

bool sv_curve_is_one_of_many(const struct sv_curves *c, const struct sv_report *r,
	const struct sv_curve *curve, size_t p)
{
	return p != curve->param && c->varies[series_of(r, curve->reference[0]) * r->params + p];
}
