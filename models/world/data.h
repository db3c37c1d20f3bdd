/*
 * data.h - measured values in a CSV file, and what of it a scenario means
 *
 * A block of the scenario (`fit:`, an entry of `reference:`) says by a struct
 * sv_data_spec which column is the value, which are values of paths and which rows count;
 * sv_data_load() finds them in the file.
 *
 * Every column must mean something: one that is misspelt would otherwise change the
 * answer in silence.
 */
#ifndef SV_DATA_H
#define SV_DATA_H

#include "csv.h"
#include "world/scenario.h"

/* A column and what it is: the value of a path, or what its rows must have. */
struct sv_data_column {
	const char *column; /* NULL: named as the path, or as its last part */
	const char *is;
	struct sv_place place;
};

struct sv_data_spec {
	const char *block; /* "fit", for messages */
	struct sv_place place;
	const char *value, *error; /* columns; error NULL: `error` when there is one */
	size_t xs, selects;
	/* Of a selection `is` is a text, a comparison ("<= 80") or a range ("10..80"). */
	struct sv_data_column *x, *select;
	bool positive; /* values have logarithms */
};

struct sv_data_point {
	struct sv_place place;
	const char **x; /* by path: the text */
	struct sv_place *x_place;
	double value;
	double error; /* standard error, above 0; NAN: not given */
};

struct sv_data {
	size_t paths, points;
	const char **path;
	struct sv_data_point *point;
	bool has_errors;
	/* Private. */
	struct sv_csv csv;
	size_t *column; /* by path */
	const char **text;
	struct sv_place *text_place;
};

/* Reads the nodes of `x:` and `select:`, either of which may be NULL. Mistakes are reported. */
void sv_data_columns(struct sv_data_spec *spec, struct sv_study *study, const struct sv_node *x,
	const struct sv_node *select, struct sv_diag *diag);

/* Returns -1 after reporting every mistake; *out can be freed in any case. The path must outlive
 * the places. */
int sv_data_load(struct sv_data *out, const char *path, const struct sv_data_spec *spec,
	const struct sv_study *study, struct sv_diag *diag);
void sv_data_free(struct sv_data *data);

/* What the schema says of `x:` and `select:`. */
extern const struct sv_shape sv_data_columns_shape;

#endif
