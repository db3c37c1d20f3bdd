/*
 * output_curves.c - predictions beside published values as JSON: points, series, order
 */
#include "curves.h"
#include "expect.h"
#include "json_number.h"
#include <stdint.h>

static void set(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, sv_must(value));
}

static json_t *head(const struct sv_reference *f)
{
	return sv_must(json_pack("{s:s, s:s}", "source", f->source, "metric", f->metric));
}

static json_t *value_at(const struct sv_report *r, size_t reference, size_t param)
{
	return json_incref(r->param[param].json[r->reference[reference]->point]);
}

static json_t *points(const struct sv_report *r)
{
	json_t *all = sv_must(json_array());

	for (size_t i = 0; i < r->references; i++) {
		const struct sv_reference *f = r->reference[i];
		const struct sv_estimate *e = sv_results_get(&r->results, f->point, f->metric);
		json_t *point = head(f), *params = sv_must(json_object());

		for (size_t p = 0; p < r->params; p++)
			set(params, r->param[p].path, value_at(r, i, p));
		set(point, "unit", json_string(f->unit));
		set(point, "params", params);
		set(point, "published", sv_json_number(f->value));
		set(point, "low", sv_json_number(f->low));
		set(point, "high", sv_json_number(f->high));
		set(point, "predicted", sv_json_number(e ? e->ci.mean : NAN));
		set(point, "ci95", sv_json_number(e ? e->ci.half : NAN));
		set(point, "error", sv_json_number(sv_reference_error(f, &r->results)));
		json_array_append_new(all, point);
	}
	return all;
}

static json_t *series(const struct sv_report *r)
{
	json_t *all = sv_must(json_array());

	for (size_t i = 0; i < r->references; i++) {
		struct sv_error_summary s, beyond;
		json_t *one;
		size_t n, with_bounds;

		if (!sv_report_is_series(r, i))
			continue;
		s = sv_report_series_error(r, i, sv_reference_error, &n);
		beyond = sv_report_series_error(r, i, sv_reference_beyond, &with_bounds);
		one = head(r->reference[i]);
		set(one, "n", json_integer((json_int_t)n));
		set(one, "median_error", sv_json_number(n ? s.median : NAN));
		set(one, "worst_error", sv_json_number(n ? s.worst : NAN));
		set(one, "median_error_beyond_bounds",
			sv_json_number(with_bounds ? beyond.median : NAN));
		set(one, "worst_error_beyond_bounds",
			sv_json_number(with_bounds ? beyond.worst : NAN));
		set(one, "left_out", json_integer((json_int_t)r->reference[i]->left_out));
		json_array_append_new(all, one);
	}
	return all;
}

/* The x of a break point; null: there is none. */
static json_t *break_at(const struct sv_report *r, const struct sv_curve *curve, size_t at)
{
	return at == SIZE_MAX ? json_null() : value_at(r, curve->reference[at], curve->param);
}

static json_t *breaks(const struct sv_report *r, const struct sv_curves *c)
{
	json_t *all = sv_must(json_array());

	for (size_t i = 0; i < c->curves; i++) {
		const struct sv_curve *curve = &c->curve[i];
		json_t *one, *params = sv_must(json_object());

		if (!curve->is_predicted) {
			json_decref(params);
			continue;
		}
		one = head(r->reference[curve->reference[0]]);
		for (size_t p = 0; p < r->params; p++)
			if (sv_curve_is_one_of_many(c, r, curve, p))
				set(params, r->param[p].path, value_at(r, curve->reference[0], p));
		set(one, "params", params);
		set(one, "path", json_string(r->param[curve->param].path));
		set(one, "predicted", break_at(r, curve, curve->predicted));
		set(one, "published", break_at(r, curve, curve->published));
		set(one, "within_one_step", json_boolean(sv_curve_agrees(curve)));
		json_array_append_new(all, one);
	}
	return all;
}

static json_t *order(const struct sv_curves *c)
{
	json_t *wrong = sv_must(json_array());

	for (size_t i = 0; i < c->wrongs; i++)
		json_array_append_new(wrong,
			sv_must(json_pack("{s:I, s:I}", "higher", (json_int_t)c->wrong[i].higher,
				"lower", (json_int_t)c->wrong[i].lower)));
	return sv_must(json_pack("{s:I, s:I, s:o}", "pairs", (json_int_t)c->pairs, "right",
		(json_int_t)(c->pairs - c->wrongs), "wrong", wrong));
}

json_t *sv_report_json_references(const struct sv_report *r)
{
	struct sv_curves c;
	json_t *all;

	sv_curves_init(&c, r);
	all = sv_must(json_pack("{s:o, s:o, s:o, s:o}", "points", points(r), "series", series(r),
		"breaks", breaks(r, &c), "order", order(&c)));
	sv_curves_fini(&c);
	return all;
}
