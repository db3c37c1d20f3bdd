/*
 * record.c - cells as JSON
 *
 * A value that was not observed is null: JSON has no other word for it.
 */
#include "record.h"
#include "bug.h"
#include "json_file.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VERSION 1 /* of this format */

static json_t *number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

static double to_number(const json_t *value)
{
	return json_is_number(value) ? json_number_value(value) : NAN;
}

static json_t *write_repeat(const struct sv_cells *cells, const struct sv_repeat *r)
{
	json_t *o = json_object();

	for (size_t m = 0; m < cells->metrics; m++)
		json_object_set_new(o, cells->kind->metric[m].name, number(r->value[m]));
	json_object_set_new(o, "transfer", number(r->transfer));
	json_object_set_new(o, "disturbed", json_boolean(r->disturbed));
	return o;
}

static json_t *write_figure(const struct sv_figure *f)
{
	return json_pack("{s:o, s:o, s:o}", "median", number(f->median), "low", number(f->low),
		"high", number(f->high));
}

static json_t *write_cell(const struct sv_comparison *c, const struct sv_compared *one)
{
	const struct sv_cells *cells = c->cells;
	json_t *o = json_object(), *params = json_object(), *repeats = json_array();
	json_t *measured = json_object(), *predicted = json_object(), *error = json_object();

	for (size_t i = 0; i < cells->axes; i++)
		json_object_set_new(
			params, cells->kind->axis[i].name, json_string(one->cell->value[i]));
	for (size_t i = 0; i < one->cell->repeats; i++)
		json_array_append_new(repeats, write_repeat(cells, &one->cell->repeat[i]));
	for (size_t m = 0; m < cells->metrics; m++) {
		const char *name = cells->kind->metric[m].name;

		json_object_set_new(measured, name, write_figure(&one->measured[m]));
		json_object_set_new(predicted, name, number(one->cell->predicted[m]));
		json_object_set_new(error, name, number(one->error[m]));
	}
	json_object_set_new(o, "params", params);
	json_object_set_new(o, "kept", json_integer((json_int_t)one->kept));
	json_object_set_new(o, "judged", json_boolean(!one->mark));
	json_object_set_new(o, "mark", one->mark ? json_string(one->mark) : json_null());
	json_object_set_new(o, "measured", measured);
	json_object_set_new(o, "predicted", predicted);
	json_object_set_new(o, "error", error);
	json_object_set_new(o, "repeats", repeats);
	return o;
}

static json_t *write_summary(const struct sv_comparison *c)
{
	json_t *o = json_object(), *metrics = json_object();

	for (size_t m = 0; m < c->cells->metrics; m++)
		json_object_set_new(metrics, c->cells->kind->metric[m].name,
			json_pack("{s:o, s:o}", "median_error", number(c->median[m]), "worst_error",
				number(c->worst[m])));
	json_object_set_new(o, "metrics", metrics);
	json_object_set_new(o, "cells", json_integer((json_int_t)c->cells->n));
	json_object_set_new(o, "judged", json_integer((json_int_t)c->judged));
	json_object_set_new(o, "repeats", json_integer((json_int_t)c->repeats));
	json_object_set_new(o, "disturbed", json_integer((json_int_t)c->disturbed));
	json_object_set_new(o, "moved", json_integer((json_int_t)c->moved));
	json_object_set_new(o, "pairs", json_integer((json_int_t)c->pairs));
	json_object_set_new(o, "ordered", json_integer((json_int_t)c->ordered));
	return o;
}

json_t *sv_record_write(
	const struct sv_comparison *c, const char *version, const char *host, const char *profile)
{
	const struct sv_cells *cells = c->cells;
	json_t *o = json_object(), *all = json_array();

	for (size_t i = 0; i < cells->n; i++)
		json_array_append_new(all, write_cell(c, &c->cell[i]));
	json_object_set_new(o, "simsvirt", json_string(version));
	json_object_set_new(o, "validate", json_string(cells->kind->name));
	json_object_set_new(o, "format", json_integer(VERSION));
	json_object_set_new(o, "host",
		json_pack("{s:s, s:s, s:i, s:i}", "description", host, "kernel", cells->host.kernel,
			"pus", (int)cells->host.pus, "online", (int)cells->host.online));
	json_object_set_new(o, "profile", profile ? json_string(profile) : json_null());
	json_object_set_new(o, "summary", write_summary(c));
	json_object_set_new(o, "cells", all);
	return o;
}

static int read_cell(
	struct sv_cells *cells, const json_t *o, const char *path, struct sv_diag *diag)
{
	const json_t *params = json_object_get(o, "params"),
		     *repeats = json_object_get(o, "repeats");
	struct sv_place place = { .source = path };
	const char *value[SV_CASE_AXES];
	struct sv_cell *cell;
	const json_t *r;
	size_t i;

	for (i = 0; i < cells->axes; i++) {
		const char *name = cells->kind->axis[i].name;

		value[i] = json_string_value(json_object_get(params, name));
		if (!value[i])
			return sv_error(diag, &place, "a cell says nothing of %s", name);
	}
	cell = sv_cells_add(cells, value, path, diag);
	if (!cell)
		return -1;
	json_array_foreach(repeats, i, r)
	{
		struct sv_repeat one = { .transfer = to_number(json_object_get(r, "transfer")),
			.disturbed = json_is_true(json_object_get(r, "disturbed")) };

		for (size_t m = 0; m < cells->metrics; m++)
			one.value[m] = to_number(json_object_get(r, cells->kind->metric[m].name));
		sv_cell_put(cell, &one);
	}
	return 0;
}

static struct sv_cells *read_cells(
	const json_t *o, const char *path, char **host, struct sv_diag *diag)
{
	const char *name = json_string_value(json_object_get(o, "validate"));
	const struct sv_case *kind = name ? sv_case_find(name) : NULL;
	const json_t *about = json_object_get(o, "host"), *all = json_object_get(o, "cells"), *one;
	const char *kernel = json_string_value(json_object_get(about, "kernel"));
	const char *text = json_string_value(json_object_get(about, "description"));
	json_int_t pus = json_integer_value(json_object_get(about, "pus"));
	json_int_t online = json_integer_value(json_object_get(about, "online"));
	struct sv_place place = { .source = path };
	struct sv_cells *cells;
	size_t i;

	if (!kind || !kernel || !text || pus < 1 || online < pus || online > UINT16_MAX ||
		!json_is_array(all) ||
		json_integer_value(json_object_get(o, "format")) != VERSION) {
		sv_error(diag, &place, "this is no result of simsvirt validate");
		return NULL;
	}
	cells = sv_cells_new(
		kind, &(struct sv_case_host){
			      .pus = (unsigned)pus, .online = (unsigned)online, .kernel = kernel });
	json_array_foreach(all, i, one) if (read_cell(cells, one, path, diag) < 0)
	{
		sv_cells_free(cells);
		return NULL;
	}
	*host = strdup(text);
	SV_BUG_ON(!*host);
	return cells;
}

struct sv_cells *sv_record_read(const char *path, char **host, struct sv_diag *diag)
{
	struct sv_cells *cells = NULL;
	json_t *o = sv_json_load(path, diag);

	if (!o)
		return NULL;
	cells = read_cells(o, path, host, diag);
	json_decref(o);
	return cells;
}
