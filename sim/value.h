/*
 * value.h - single values by the rows of option tables (for sim/ and the study)
 */
#ifndef SV_VALUE_H
#define SV_VALUE_H

#include "config.h"

/* What SV_INT, SV_REAL, SV_TIME, SV_BYTES and SV_RATE read: whole numbers stay exact. */
struct sv_number {
	bool real;
	int64_t i;
	double d;
};

bool sv_type_is_number(enum sv_type type);
/* Whether a scalar has no value: nothing, ~ or null, without quotes. */
bool sv_node_is_null(const struct sv_node *node);

/*
 * Each returns NULL and fills *out, or says what is wrong with the text as a constant
 * string that continues "TEXT ...".
 */
const char *sv_number_parse(const struct sv_option *row, const char *text, struct sv_number *out);
const char *sv_bool_parse(const char *text, bool *out);
const char *sv_int_parse(const char *text, int64_t *out);
const char *sv_real_parse(const char *text, double *out);
/* In `unit` per second; unit is "bit", "B" (each read as the other), another word, or NULL. */
const char *sv_rate_parse(const char *text, const char *unit, double *out);

static inline double sv_number_real(const struct sv_number *number)
{
	return number->real ? number->d : (double)number->i;
}
/* -1, 0 or 1. */
int sv_number_compare(const struct sv_number *a, const struct sv_number *b);

/* The one text for a number, whatever text it was read from; 64 bytes always suffice. */
char *sv_number_format(
	char *buf, size_t size, const struct sv_option *row, const struct sv_number *number);
/* The shortest text that reads back as x. */
char *sv_real_format(char *buf, size_t size, double x);

/* The bytes that a row fills of its struct. */
size_t sv_option_size(const struct sv_option *row);

/* What sv_table_find() gives for the `kind` of a variant. */
extern const struct sv_option sv_kind_row;

/* The row of a table by name, or NULL; bytes is the length of the name. */
const struct sv_option *sv_table_row(const struct sv_table *table, const char *name, size_t bytes);
/* The kind of a variant by name; its name is NULL when there is none. */
struct sv_kind sv_kinds_find(const struct sv_kinds *kinds, const char *name);
/* The kind that a variant's node, or its row's default, chooses. */
struct sv_kind sv_kinds_chosen(const struct sv_option *row, const struct sv_node *node);

/* Owned by the caller (one free()); ends with NULL. For sv_nearest(). */
const char **sv_table_names(const struct sv_table *table, const char *also);
const char **sv_kinds_names(const struct sv_kinds *kinds);

/* "; did you mean 'x'?", or the names there are. Owned by the caller. */
char *sv_names_hint(const char *word, const char *const *names);

/* What is wrong with a name that the user chooses for a VM or a workload, or NULL. */
const char *sv_name_check(const char *name);

/* Memory that holds the parsed default of a row: a node in doc. NULL when there is none. */
const struct sv_node *sv_option_default(const struct sv_option *row, struct sv_doc *doc);

/* The value of one row as JSON: canonical, so that equal values give equal JSON. */
json_t *sv_option_effective(const struct sv_option *row, const struct sv_node *node);

#endif
