/*
 * catalog_options.c - an option table for people
 */
#include "catalog.h"
#include "grid.h"
#include "memory.h"
#include <string.h>

static const char *type_name(const struct sv_option *row)
{
	switch (row->type) {
	case SV_BOOL:
		return "true or false";
	case SV_INT:
		return "whole number";
	case SV_REAL:
		return "number";
	case SV_TIME:
		return "time";
	case SV_BYTES:
		return "size";
	case SV_RATE:
		return "rate";
	case SV_STRING:
		return "text";
	case SV_DIST:
		return "distribution of times";
	case SV_VARIANT:
		return ((const struct sv_kinds *)row->more)->what;
	case SV_LIST:
		return "list";
	case SV_CHOICE:
	case SV_GROUP:
	case SV_NAMED:
	case SV_NODE:
		break;
	}
	return "mapping";
}

/* "whole number, 1 to 4096, threads" */
static char *values_of(const struct sv_option *row)
{
	char *text = NULL;
	size_t bytes;
	FILE *f = sv_must(open_memstream(&text, &bytes));

	if (row->type == SV_CHOICE)
		for (const char *const *word = row->more; *word; word++)
			fprintf(f, "%s%s", word == (const char *const *)row->more ? "" : " | ",
				*word);
	else
		fputs(type_name(row), f);
	if (row->min && row->max)
		fprintf(f, ", %s to %s", row->min, row->max);
	else if (row->min)
		fprintf(f, ", from %s", row->min);
	else if (row->max)
		fprintf(f, ", up to %s", row->max);
	if (row->unit)
		fprintf(f, " %s", row->unit);
	SV_BUG_ON(fclose(f));
	return text;
}

void sv_catalog_options(const struct sv_table *table, FILE *to)
{
	struct sv_grid g;

	if (!table || !table->rows[0].name)
		return;
	sv_grid_init(&g, 4);
	sv_grid_put(&g, "option");
	sv_grid_put(&g, "values");
	sv_grid_put(&g, "default");
	sv_grid_put(&g, "meaning");
	for (const struct sv_option *row = table->rows; row->name; row++) {
		char *values = values_of(row);

		sv_grid_put(&g, "%s", row->name);
		sv_grid_put(&g, "%s", values);
		sv_grid_put(&g, "%s", row->def ? (row->def[0] ? row->def : "-") : "required");
		sv_grid_put(&g, "%s", row->help ? row->help : "");
		free(values);
	}
	fputs("\nOptions\n\n", to);
	sv_grid_print(&g, to, sv_terminal_width(to));
	sv_grid_fini(&g);
}
