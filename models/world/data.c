/*
 * data.c - the rows and columns of a CSV file that a scenario means
 */
#include "world/data.h"
#include "bug.h"
#include "value.h"
#include "world/study.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* What the rows of a column must have. */
struct test {
	size_t column;
	const char *text;
	bool compares;    /* numbers, not texts */
	double low, high; /* allowed */
};

struct reading {
	struct sv_data *data;
	const struct sv_data_spec *spec;
	const struct sv_study *study;
	struct sv_diag *diag;
	size_t value, error;
	struct test *test; /* by selection */
	bool *used;        /* by column */
};

static void *array(size_t n, size_t bytes)
{
	void *memory = calloc(n ? n : 1, bytes);

	SV_BUG_ON(!memory);
	return memory;
}

static size_t take(const struct reading *r, const char *name)
{
	size_t column = sv_csv_column(&r->data->csv, name);

	if (column != SIZE_MAX)
		r->used[column] = true;
	return column;
}

/* Takes a column that must be there. */
static size_t need(
	const struct reading *r, const char *name, const struct sv_place *place, const char *what)
{
	const struct sv_csv *csv = &r->data->csv;
	size_t column = take(r, name);
	const char **names;
	char *hint;

	if (column != SIZE_MAX)
		return column;
	names = array(csv->columns + 1, sizeof(*names));
	for (size_t i = 0; i < csv->columns; i++)
		names[i] = csv->heading[i].text;
	hint = sv_names_hint(name, names);
	sv_error(r->diag, place, "%s.%s: the data has no column '%.60s'%s", r->spec->block, what,
		name, hint);
	free(hint);
	free(names);
	return column;
}

static void add_path(const struct reading *r, const char *path, size_t column)
{
	struct sv_data *data = r->data;

	data->path[data->paths] = path;
	data->column[data->paths++] = column;
}

static void take_x(const struct reading *r, const struct sv_data_column *x)
{
	const char *last = strrchr(x->is, '.');
	const char *name = x->column;
	size_t column;

	if (!name)
		name = sv_csv_column(&r->data->csv, x->is) != SIZE_MAX ? x->is : last + 1;
	column = need(r, name, &x->place, "x");
	if (column != SIZE_MAX)
		add_path(r, x->is, column);
}

/* A column that no entry names is named as the path whose values it has. */
static void take_rest(const struct reading *r)
{
	const struct sv_csv *csv = &r->data->csv;

	for (size_t i = 0; i < csv->columns; i++) {
		const struct sv_csv_cell *heading = &csv->heading[i];

		if (r->used[i])
			continue;
		if (sv_study_has_path(r->study, heading->text))
			add_path(r, heading->text, i);
		else
			sv_error(r->diag, &heading->place,
				"the column '%.60s' is unknown: name its path in %s.x, what it "
				"must have in %s.select, or whether it is the value or its error "
				"(%s.value, %s.error)",
				heading->text, r->spec->block, r->spec->block, r->spec->block,
				r->spec->block);
	}
}

/* "<= 80": returns the operator's length, 0 when there is none. */
static size_t read_comparison(struct test *t, double *bound)
{
	size_t bytes = strspn(t->text, "<>=");
	bool less = t->text[0] == '<', strict = bytes == 1;

	if (bytes == 0 || bytes > 2 || t->text[0] == '=' || (bytes == 2 && t->text[1] != '='))
		return 0;
	if (sv_real_parse(t->text + bytes + strspn(t->text + bytes, " "), bound))
		return 0;
	t->low = less ? -INFINITY : strict ? nextafter(*bound, INFINITY) : *bound;
	t->high = !less ? INFINITY : strict ? nextafter(*bound, -INFINITY) : *bound;
	return bytes;
}

/* "10..80" */
static bool read_range(struct test *t)
{
	const char *dots = strstr(t->text, "..");
	char from[32];

	if (!dots || (size_t)(dots - t->text) >= sizeof(from))
		return false;
	snprintf(from, sizeof(from), "%.*s", (int)(dots - t->text), t->text);
	return !sv_real_parse(from, &t->low) && !sv_real_parse(dots + 2, &t->high);
}

static void take_select(const struct reading *r, size_t i)
{
	const struct sv_data_column *select = &r->spec->select[i];
	struct test *t = &r->test[i];
	double bound;

	*t = (struct test){ .column = need(r, select->column, &select->place, "select"),
		.text = select->is };
	t->compares = read_comparison(t, &bound) > 0 || read_range(t);
	if (!t->compares && strchr("<>", t->text[0]) && t->text[0])
		sv_error(r->diag, &select->place,
			"%s.select.%.60s: '%.40s' compares with no number; write it as '<= 80'",
			r->spec->block, select->column, select->is);
	else if (t->compares && t->low > t->high)
		sv_error(r->diag, &select->place, "%s.select.%.60s: no number is in %.40s",
			r->spec->block, select->column, select->is);
}

static void take_columns(struct reading *r)
{
	const struct sv_data_spec *spec = r->spec;

	r->value = need(r, spec->value, &spec->place, "value");
	r->error = spec->error ? need(r, spec->error, &spec->place, "error") : take(r, "error");
	for (size_t i = 0; i < spec->selects; i++)
		take_select(r, i);
	for (size_t i = 0; i < spec->xs; i++)
		take_x(r, &spec->x[i]);
	take_rest(r);
	r->data->has_errors = r->error != SIZE_MAX;
}

static bool passes(const struct reading *r, const struct test *t, size_t row)
{
	const struct sv_csv_cell *cell = sv_csv_at(&r->data->csv, row, t->column);
	const char *wrong;
	double x;

	if (!t->compares)
		return !strcmp(cell->text, t->text);
	wrong = sv_real_parse(cell->text, &x);
	if (!wrong)
		return x >= t->low && x <= t->high;
	sv_error(r->diag, &cell->place, "'%.40s' %s, to compare with '%.40s'", cell->text, wrong,
		t->text);
	return false;
}

static bool is_selected(const struct reading *r, size_t row)
{
	for (size_t i = 0; i < r->spec->selects; i++)
		if (!passes(r, &r->test[i], row))
			return false;
	return true;
}

static double number(const struct reading *r, size_t row, size_t column, bool positive)
{
	const struct sv_csv_cell *cell = sv_csv_at(&r->data->csv, row, column);
	const char *wrong;
	double x;

	wrong = sv_real_parse(cell->text, &x);
	if (wrong)
		sv_error(r->diag, &cell->place, "'%.40s' %s", cell->text, wrong);
	else if (positive && x <= 0)
		sv_error(r->diag, &cell->place, "%.40s is not above 0", cell->text);
	return x;
}

static void read_row(const struct reading *r, size_t row)
{
	struct sv_data *data = r->data;
	struct sv_data_point *point = &data->point[data->points];

	*point = (struct sv_data_point){ .place = sv_csv_at(&data->csv, row, 0)->place,
		.x = &data->text[data->points * data->paths],
		.x_place = &data->text_place[data->points * data->paths],
		.value = number(r, row, r->value, r->spec->positive),
		.error = data->has_errors ? number(r, row, r->error, true) : NAN };
	for (size_t i = 0; i < data->paths; i++) {
		const struct sv_csv_cell *cell = sv_csv_at(&data->csv, row, data->column[i]);

		point->x[i] = cell->text;
		point->x_place[i] = cell->place;
	}
	data->points++;
}

static void read_rows(const struct reading *r, const char *path)
{
	struct sv_data *data = r->data;
	struct sv_place place = { .source = path };
	size_t rows = data->csv.rows, before = sv_diag_errors(r->diag);

	data->point = array(rows, sizeof(*data->point));
	data->text = array(rows * data->paths, sizeof(*data->text));
	data->text_place = array(rows * data->paths, sizeof(*data->text_place));
	for (size_t i = 0; i < rows; i++)
		if (is_selected(r, i))
			read_row(r, i);
	if (data->points > 0 || sv_diag_errors(r->diag) > before)
		return;
	if (r->spec->selects)
		sv_error(r->diag, &r->spec->select[0].place, "%s.select: selects no row of %.90s",
			r->spec->block, path);
	else
		sv_error(r->diag, &place, "has no row of values");
}

int sv_data_load(struct sv_data *out, const char *path, const struct sv_data_spec *spec,
	const struct sv_study *study, struct sv_diag *diag)
{
	struct reading r = { .data = out, .spec = spec, .study = study, .diag = diag };
	size_t before = sv_diag_errors(diag);

	*out = (struct sv_data){ 0 };
	if (sv_csv_load(&out->csv, path, diag) < 0)
		return -1;
	out->path = array(out->csv.columns + spec->xs, sizeof(*out->path));
	out->column = array(out->csv.columns + spec->xs, sizeof(*out->column));
	r.used = array(out->csv.columns, sizeof(*r.used));
	r.test = array(spec->selects, sizeof(*r.test));
	take_columns(&r);
	if (sv_diag_errors(diag) == before)
		read_rows(&r, path);
	free(r.used);
	free(r.test);
	return sv_diag_errors(diag) > before ? -1 : 0;
}

void sv_data_free(struct sv_data *data)
{
	sv_csv_free(&data->csv);
	free(data->path);
	free(data->column);
	free(data->point);
	free(data->text);
	free(data->text_place);
}
