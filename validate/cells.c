/*
 * cells.c - every combination of an axis' values, and what was measured at each
 */
#include "cells.h"
#include "bug.h"
#include "sample.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* To and fro a word takes one gain of its line each way, two when the poll gets in first. Two
 * regimes lie much further apart than this margin, two measurements of one much closer. */
#define MARGIN 1.6

static void *must(void *memory)
{
	SV_BUG_ON(!memory);
	return memory;
}

static size_t axis_index(const struct sv_case *kind, const char *name)
{
	size_t i = 0;

	while (kind->axis[i].name && strcmp(kind->axis[i].name, name) != 0)
		i++;
	return i;
}

static void add_value(struct sv_cells *c, size_t axis, const char *text, size_t bytes)
{
	size_t n = c->axis[axis].n;

	c->axis[axis].text =
		must(realloc(c->axis[axis].text, (n + 1) * sizeof(*c->axis[axis].text)));
	c->axis[axis].text[n] = must(strndup(text, bytes));
	c->axis[axis].n++;
}

static void clear_axis(struct sv_cells *c, size_t axis)
{
	for (size_t i = 0; i < c->axis[axis].n; i++)
		free(c->axis[axis].text[i]);
	free(c->axis[axis].text);
	c->axis[axis].text = NULL;
	c->axis[axis].n = 0;
}

/* Splits at a separator that no parenthesis encloses. */
static void add_values(struct sv_cells *c, size_t axis, const char *values, char separator)
{
	const char *start = values;
	int depth = 0;

	for (const char *p = values;; p++) {
		depth += (*p == '(' || *p == '{') - (*p == ')' || *p == '}');
		if (*p && (*p != separator || depth > 0))
			continue;
		while (*start == ' ')
			start++;
		if (p > start)
			add_value(c, axis, start, (size_t)(p - start));
		if (!*p)
			return;
		start = p + 1;
	}
}

/* 1, 2, 4 .. and all PUs; then two and four threads on each. */
static void add_threads(struct sv_cells *c, size_t axis)
{
	char text[16];

	for (unsigned t = 1; t < c->host.pus; t *= 2)
		add_value(c, axis, text, (size_t)snprintf(text, sizeof(text), "%u", t));
	for (unsigned t = c->host.pus; t <= 4 * c->host.pus; t *= 2)
		add_value(c, axis, text, (size_t)snprintf(text, sizeof(text), "%u", t));
}

static void add_defaults(struct sv_cells *c, size_t axis)
{
	const struct sv_option *row = sv_table_find(c->kind->table, NULL, c->kind->axis[axis].name);
	const struct sv_kinds *kinds = row->more;

	if (c->kind->axis[axis].values)
		add_values(c, axis, c->kind->axis[axis].values, ' ');
	else if (row->type == SV_VARIANT)
		for (size_t i = 0; kinds->at(i).name; i++)
			add_value(c, axis, kinds->at(i).name, strlen(kinds->at(i).name));
	else
		add_threads(c, axis);
}

struct sv_cells *sv_cells_new(const struct sv_case *kind, const struct sv_case_host *host)
{
	struct sv_cells *c = must(calloc(1, sizeof(*c)));
	struct sv_diag *diag = sv_diag_new();

	c->kind = kind;
	c->host = *host;
	c->host.kernel = must(strdup(host->kernel));
	c->axes = sv_case_axes(kind);
	c->metrics = sv_case_metrics(kind);
	c->empty = sv_doc_parse("cell", "{}", 2, diag);
	SV_BUG_ON(!c->empty);
	sv_diag_free(diag);
	for (size_t i = 0; i < c->axes; i++)
		add_defaults(c, i);
	return c;
}

static void free_cell(const struct sv_cells *c, struct sv_cell *cell)
{
	for (size_t i = 0; i < c->axes; i++)
		free(cell->value[i]);
	free(cell->repeat);
	sv_doc_free(cell->doc);
}

void sv_cells_free(struct sv_cells *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		free_cell(c, &c->cell[i]);
	for (size_t i = 0; i < c->axes; i++) {
		clear_axis(c, i);
		free(c->axis[i].option);
	}
	free(c->cell);
	free((char *)(uintptr_t)c->host.kernel);
	sv_doc_free(c->empty);
	free(c);
}

int sv_cells_set(struct sv_cells *c, const char *axis, const char *values, const char *option,
	struct sv_diag *diag)
{
	struct sv_place place = { .source = option };
	size_t i = axis_index(c->kind, axis);
	const char *names[SV_CASE_AXES + 1] = { 0 }, *near;

	if (i == c->axes) {
		for (size_t k = 0; k < c->axes; k++)
			names[k] = c->kind->axis[k].name;
		near = sv_nearest(axis, names);
		return sv_error(diag, &place, "%s has no parameter '%s'%s%s%s", c->kind->name, axis,
			near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	}
	if (!c->axis[i].option) {
		clear_axis(c, i);
		c->axis[i].option = must(strdup(option));
	}
	add_values(c, i, values, ',');
	if (c->axis[i].n == 0)
		return sv_error(diag, &place, "%s: no value is given", axis);
	return 0;
}

static bool is_fit(struct sv_cells *c, const void *cfg)
{
	const char *why = c->kind->unfit(cfg, &c->host);
	size_t i = 0;

	if (!why)
		return true;
	while (i < c->unfits && strcmp(c->unfit[i].why, why) != 0)
		i++;
	SV_BUG_ON(i == sizeof(c->unfit) / sizeof(c->unfit[0]));
	c->unfits += i == c->unfits;
	c->unfit[i].why = why;
	c->unfit[i].cells++;
	return false;
}

static int read_cfg(struct sv_cells *c, struct sv_cell *cell, const char *const *value,
	const char *source, struct sv_diag *diag)
{
	const struct sv_table *table = c->kind->table;
	int result = 0;

	cell->doc = sv_doc_copy(c->empty);
	for (size_t i = 0; i < c->axes; i++) {
		const char *name = c->kind->axis[i].name, *option = c->axis[i].option;
		struct sv_place place = { .source = source ? source : option ? option : name };

		if (sv_doc_set(cell->doc, table, name, value[i], &place, diag) < 0)
			result = -1;
	}
	cell->cfg = sv_doc_alloc(cell->doc, table->size);
	if (result == 0)
		result = sv_read(table, sv_doc_root(cell->doc), cell->cfg, cell->doc, diag);
	return result;
}

struct sv_cell *sv_cells_add(
	struct sv_cells *c, const char *const *value, const char *source, struct sv_diag *diag)
{
	struct sv_cell cell = { 0 };

	if (read_cfg(c, &cell, value, source, diag) < 0) {
		sv_doc_free(cell.doc);
		return NULL;
	}
	for (size_t i = 0; i < c->axes; i++)
		cell.value[i] = must(strdup(value[i]));
	for (size_t i = 0; i < SV_CASE_METRICS; i++)
		cell.predicted[i] = NAN;
	if (c->n == c->capacity) {
		c->capacity = c->capacity ? 2 * c->capacity : 64;
		c->cell = must(realloc(c->cell, c->capacity * sizeof(*c->cell)));
	}
	c->cell[c->n] = cell;
	return &c->cell[c->n++];
}

/* The next combination, the last axis varying fastest; false behind the last. */
static bool next_combination(const struct sv_cells *c, size_t *at)
{
	for (size_t i = c->axes; i-- > 0;) {
		if (++at[i] < c->axis[i].n)
			return true;
		at[i] = 0;
	}
	return false;
}

int sv_cells_make(struct sv_cells *c, struct sv_diag *diag)
{
	size_t at[SV_CASE_AXES] = { 0 };
	const char *value[SV_CASE_AXES];
	int result = 0;

	do {
		struct sv_cell *cell;

		for (size_t i = 0; i < c->axes; i++)
			value[i] = c->axis[i].text[at[i]];
		cell = sv_cells_add(c, value, NULL, diag);
		if (!cell) {
			result = -1;
		} else if (!is_fit(c, cell->cfg)) {
			free_cell(c, &c->cell[--c->n]);
		}
	} while (next_combination(c, at));
	if (result == 0 && c->n == 0)
		return sv_error(diag, NULL, "%s: nothing is left to measure: %s", c->kind->name,
			c->unfit[0].why);
	return result;
}

void sv_cell_put(struct sv_cell *cell, const struct sv_repeat *repeat)
{
	if (cell->repeats == cell->capacity) {
		cell->capacity = cell->capacity ? 2 * cell->capacity : 8;
		cell->repeat = must(realloc(cell->repeat, cell->capacity * sizeof(*cell->repeat)));
	}
	cell->repeat[cell->repeats++] = *repeat;
}

char *sv_cell_label(const struct sv_cells *c, const struct sv_cell *cell)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = must(open_memstream(&text, &bytes));

	for (size_t i = 0; i < c->axes; i++)
		fprintf(to, "%s%s=%s", i ? " " : "", c->kind->axis[i].name, cell->value[i]);
	SV_BUG_ON(fclose(to) != 0);
	return text;
}

enum strictness { ALL, UNDISTURBED, STRICT };

static bool counts(const struct sv_repeat *r, double line, enum strictness how)
{
	if (how == ALL)
		return true;
	if (r->disturbed)
		return false;
	if (how == UNDISTURBED || isnan(line) || isnan(r->transfer))
		return true;
	return r->transfer > line / MARGIN && r->transfer < 2 * line * MARGIN;
}

static struct sv_summary summarize(
	const struct sv_cell *cell, size_t metric, double line, enum strictness how)
{
	struct sv_samples s = { 0 };
	struct sv_summary sum;

	for (size_t i = 0; i < cell->repeats; i++) {
		const struct sv_repeat *r = &cell->repeat[i];

		if (!isnan(r->value[metric]))
			sv_samples_put(&s, r->value[metric], !counts(r, line, how));
	}
	sum = sv_samples_summary(&s);
	sv_samples_fini(&s);
	return sum;
}

struct sv_figure sv_cell_figure(const struct sv_cell *cell, size_t metric, double line)
{
	struct sv_summary strict = summarize(cell, metric, line, STRICT);
	struct sv_summary undisturbed = summarize(cell, metric, line, UNDISTURBED);
	struct sv_summary all = summarize(cell, metric, line, ALL);
	const struct sv_summary *best = strict.kept        ? &strict
					: undisturbed.kept ? &undisturbed
							   : &all;

	return (struct sv_figure){
		.low = best->low, .median = best->median, .high = best->high, .kept = strict.kept
	};
}

size_t sv_cell_kept(const struct sv_cell *cell, double line, size_t *undisturbed)
{
	size_t kept = 0;

	*undisturbed = 0;
	for (size_t i = 0; i < cell->repeats; i++) {
		kept += counts(&cell->repeat[i], line, STRICT);
		*undisturbed += counts(&cell->repeat[i], line, UNDISTURBED);
	}
	return kept;
}
