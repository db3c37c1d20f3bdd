/*
 * fit_data.c - measured values, each with the scenario's values it was measured at
 *
 * Every column must mean something: one that is misspelt would otherwise change the
 * answer in silence.
 */
#include "fit_data.h"
#include "memory.h"
#include "value.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

struct columns {
	struct sv_fit_data *data;
	const struct sv_fit *fit;
	const struct sv_study *study;
	struct sv_diag *diag;
	size_t value, error;
	size_t *select; /* by entry of the block */
	bool *used;     /* by column */
};

static size_t take(const struct columns *c, const char *name)
{
	size_t column = sv_csv_column(&c->data->csv, name);

	if (column != SIZE_MAX)
		c->used[column] = true;
	return column;
}

/* Takes a column that must be there. */
static size_t need(
	const struct columns *c, const char *name, const struct sv_place *place, const char *what)
{
	const struct sv_csv *csv = &c->data->csv;
	size_t column = take(c, name);
	const char **names;
	char *hint;

	if (column != SIZE_MAX)
		return column;
	names = sv_array(csv->columns + 1, sizeof(*names));
	for (size_t i = 0; i < csv->columns; i++)
		names[i] = csv->heading[i].text;
	hint = sv_names_hint(name, names);
	sv_error(c->diag, place, "fit.%s: the data has no column '%.60s'%s", what, name, hint);
	free(hint);
	free(names);
	return column;
}

static void add_path(const struct columns *c, const char *path, size_t column)
{
	struct sv_fit_data *data = c->data;

	data->path[data->paths] = path;
	data->column[data->paths++] = column;
}

static void take_x(const struct columns *c, const struct sv_fit_column *x)
{
	const char *last = strrchr(x->is, '.');
	const char *name = x->column;
	size_t column;

	if (!name)
		name = sv_csv_column(&c->data->csv, x->is) != SIZE_MAX ? x->is : last + 1;
	column = need(c, name, &x->place, "x");
	if (column != SIZE_MAX)
		add_path(c, x->is, column);
}

/* A column that no entry names is named as the path whose values it has. */
static void take_rest(const struct columns *c)
{
	const struct sv_csv *csv = &c->data->csv;

	for (size_t i = 0; i < csv->columns; i++) {
		const struct sv_csv_cell *heading = &csv->heading[i];

		if (c->used[i])
			continue;
		if (sv_study_has_path(c->study, heading->text))
			add_path(c, heading->text, i);
		else
			sv_error(c->diag, &heading->place,
				"the column '%.60s' is unknown: name its path in fit.x (--x), the "
				"text it must have in fit.select (--select), or whether it is "
				"the value or its error (--value, --error)",
				heading->text);
	}
}

static void take_columns(struct columns *c)
{
	const struct sv_fit *fit = c->fit;

	c->value = need(c, fit->value, &fit->place, "value");
	c->error = fit->error ? need(c, fit->error, &fit->place, "error") : take(c, "error");
	for (size_t i = 0; i < fit->selects; i++)
		c->select[i] = need(c, fit->select[i].column, &fit->select[i].place, "select");
	for (size_t i = 0; i < fit->xs; i++)
		take_x(c, &fit->x[i]);
	take_rest(c);
	c->data->has_errors = c->error != SIZE_MAX;
}

static bool is_selected(const struct columns *c, size_t row)
{
	for (size_t i = 0; i < c->fit->selects; i++)
		if (strcmp(sv_csv_at(&c->data->csv, row, c->select[i])->text,
			    c->fit->select[i].is) != 0)
			return false;
	return true;
}

/* Logarithms are compared, so that only what is above 0 has one. */
static double positive(const struct columns *c, size_t row, size_t column)
{
	const struct sv_csv_cell *cell = sv_csv_at(&c->data->csv, row, column);
	const char *wrong;
	double x;

	wrong = sv_real_parse(cell->text, &x);
	if (wrong)
		sv_error(c->diag, &cell->place, "'%.40s' %s", cell->text, wrong);
	else if (x <= 0)
		sv_error(c->diag, &cell->place, "%.40s is not above 0", cell->text);
	return x;
}

static void read_row(const struct columns *c, size_t row)
{
	struct sv_fit_data *data = c->data;
	struct sv_fit_point *point = &data->point[data->points];

	*point = (struct sv_fit_point){ .place = sv_csv_at(&data->csv, row, 0)->place,
		.x = &data->text[data->points * data->paths],
		.value = positive(c, row, c->value),
		.error = data->has_errors ? positive(c, row, c->error) : NAN };
	for (size_t i = 0; i < data->paths; i++)
		point->x[i] = sv_csv_at(&data->csv, row, data->column[i])->text;
	data->points++;
}

static void read_rows(const struct columns *c, const char *path)
{
	struct sv_fit_data *data = c->data;
	struct sv_place place = { .source = path };
	size_t rows = data->csv.rows;

	data->point = sv_array(rows, sizeof(*data->point));
	data->text = sv_array(rows * data->paths, sizeof(*data->text));
	for (size_t i = 0; i < rows; i++)
		if (is_selected(c, i))
			read_row(c, i);
	if (data->points == 0)
		sv_error(c->diag, &place,
			c->fit->selects ? "no row is selected" : "has no row of values");
	else if (data->points < c->fit->params)
		sv_error(c->diag, &place, "%zu points cannot tell %zu parameters", data->points,
			c->fit->params);
}

/* A swept path has no single value unless the data or --set gives one. */
static void check_swept(const struct columns *c)
{
	for (size_t p = 0; p < sv_study_params(c->study); p++) {
		const char *path = sv_study_param_path(c->study, p);
		bool fixed = false;

		for (size_t i = 0; i < c->data->paths; i++)
			fixed |= !strcmp(c->data->path[i], path);
		for (size_t i = 0; i < c->fit->params; i++)
			fixed |= !strcmp(c->fit->param[i].path, path);
		if (!fixed)
			sv_error(c->diag, &c->fit->place,
				"fit: %s is swept; fix it by --set, or by a column of the data",
				path);
	}
}

int sv_fit_data_load(struct sv_fit_data *out, const char *path, const struct sv_study *study,
	struct sv_diag *diag)
{
	struct columns c = {
		.data = out, .fit = sv_study_fit(study), .study = study, .diag = diag
	};
	size_t before = sv_diag_errors(diag);

	*out = (struct sv_fit_data){ 0 };
	if (sv_csv_load(&out->csv, path, diag) < 0)
		return -1;
	out->path = sv_array(out->csv.columns + c.fit->xs, sizeof(*out->path));
	out->column = sv_array(out->csv.columns + c.fit->xs, sizeof(*out->column));
	c.used = sv_array(out->csv.columns, sizeof(*c.used));
	c.select = sv_array(c.fit->selects, sizeof(*c.select));
	take_columns(&c);
	if (sv_diag_errors(diag) == before) {
		check_swept(&c);
		read_rows(&c, path);
	}
	free(c.used);
	free(c.select);
	return sv_diag_errors(diag) > before ? -1 : 0;
}

void sv_fit_data_free(struct sv_fit_data *data)
{
	sv_csv_free(&data->csv);
	free(data->path);
	free(data->column);
	free(data->point);
	free(data->text);
}

char *sv_fit_data_label(const struct sv_fit_data *data, size_t point)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = sv_must(open_memstream(&text, &bytes));

	for (size_t i = 0; i < data->paths; i++) {
		const char *dot = strrchr(data->path[i], '.');

		fprintf(to, "%s%s=%s", i ? " " : "", dot ? dot + 1 : data->path[i],
			data->point[point].x[i]);
	}
	SV_BUG_ON(fclose(to));
	return text;
}
