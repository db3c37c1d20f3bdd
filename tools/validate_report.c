/*
 * validate_report.c - predicted beside measured, for people
 *
 * One row a cell. An error stands only where it can be told; a row that is marked has too few
 * repeats that nothing disturbed, and is not judged.
 */
#include "validate_report.h"
#include "digits.h"
#include "grid.h"
#include "memory.h"
#include <math.h>
#include <string.h>

static void put_error(struct sv_grid *g, double error)
{
	if (isnan(error))
		sv_grid_put(g, "-");
	else if (error > 9.995)
		sv_grid_put(g, "x%.0f", error + 1);
	else
		sv_grid_put(g, "%+.0f %%", 100 * error);
}

static void put_value(struct sv_grid *g, double value, const char *unit)
{
	char text[64];

	sv_grid_put(g, "%s", isnan(value) ? "-" : sv_digits_text(value, NAN, unit, text));
}

static void put_headings(struct sv_grid *g, const struct sv_cells *cells)
{
	for (size_t i = 0; i < cells->axes; i++)
		sv_grid_put(g, "%s", cells->kind->axis[i].name);
	for (size_t m = 0; m < cells->metrics; m++) {
		sv_grid_put(g, "%s", cells->kind->metric[m].name);
		sv_grid_put(g, "predicted");
		sv_grid_put(g, "error");
	}
	sv_grid_put(g, "kept");
	sv_grid_put(g, "%s", "");
}

static void put_row(struct sv_grid *g, const struct sv_cells *cells, const struct sv_compared *one)
{
	for (size_t i = 0; i < cells->axes; i++)
		sv_grid_put(g, "%s", one->cell->value[i]);
	for (size_t m = 0; m < cells->metrics; m++) {
		const char *unit = cells->kind->metric[m].unit;

		put_value(g, one->measured[m].median, unit);
		put_value(g, one->cell->predicted[m], unit);
		put_error(g, one->error[m]);
	}
	sv_grid_put(g, "%zu/%zu", one->kept, one->cell->repeats);
	sv_grid_put(g, "%s", one->mark ? one->mark : "");
}

static void print_cells(const struct sv_comparison *c, FILE *to, size_t width)
{
	const struct sv_cells *cells = c->cells;
	struct sv_grid g;

	sv_grid_init(&g, cells->axes + 3 * cells->metrics + 2);
	for (size_t i = cells->axes; i + 1 < g.columns; i++)
		g.right[i] = true;
	put_headings(&g, cells);
	for (size_t i = 0; i < cells->n; i++)
		put_row(&g, cells, &c->cell[i]);
	sv_grid_print(&g, to, width);
	sv_grid_fini(&g);
}

/* Cells whose value of an axis is this. */
struct group {
	size_t axis;
	const char *value;
};

static bool is_in(const struct sv_compared *one, const void *arg)
{
	const struct group *g = arg;

	return !strcmp(one->cell->value[g->axis], g->value);
}

static bool is_first(const struct sv_cells *cells, size_t i, size_t axis)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(cells->cell[k].value[axis], cells->cell[i].value[axis]))
			return false;
	return true;
}

/* By the values of the second axis, which the cases keep for what matters most. */
static void print_medians(const struct sv_comparison *c, FILE *to, size_t width)
{
	const struct sv_cells *cells = c->cells;
	struct group group = { .axis = 1 };
	struct sv_grid g;
	size_t n;

	sv_grid_init(&g, 2 + cells->metrics);
	sv_grid_put(&g, "%s", cells->kind->axis[group.axis].name);
	sv_grid_put(&g, "judged");
	for (size_t m = 0; m < cells->metrics; m++)
		sv_grid_put(&g, "%s", cells->kind->metric[m].name);
	for (size_t i = 1; i < g.columns; i++)
		g.right[i] = true;
	for (size_t i = 0; i < cells->n; i++) {
		if (!is_first(cells, i, group.axis))
			continue;
		group.value = cells->cell[i].value[group.axis];
		sv_grid_put(&g, "%s", group.value);
		for (size_t m = 0; m < cells->metrics; m++) {
			double median = sv_comparison_median(c, m, is_in, &group, &n);

			if (m == 0)
				sv_grid_put(&g, "%zu", n);
			if (isnan(median))
				sv_grid_put(&g, "-");
			else
				sv_grid_put(&g, "%.1f %%", 100 * median);
		}
	}
	fputs("\nMedian of absolute errors\n", to);
	sv_grid_print(&g, to, width);
	sv_grid_fini(&g);
}

static void print_summary(const struct sv_comparison *c, FILE *to)
{
	const struct sv_cells *cells = c->cells;

	for (size_t m = 0; m < cells->metrics; m++) {
		char *label;

		if (isnan(c->median[m]))
			continue;
		label = sv_cell_label(cells, &cells->cell[c->worst_cell[m]]);
		fprintf(to, "%s: median error %.1f %%, worst %.0f %% at %s\n",
			cells->kind->metric[m].name, 100 * c->median[m], 100 * c->worst[m], label);
		free(label);
	}
	if (c->pairs)
		fprintf(to, "Order of %s where they differ by more than 20 %%: %zu of %zu pairs\n",
			cells->kind->axis[0].name, c->ordered, c->pairs);
	fprintf(to, "%zu of %zu cells judged; %zu repeats: %zu disturbed", c->judged, cells->n,
		c->repeats, c->disturbed);
	if (c->moved)
		fprintf(to, ", %zu more while a line's way was another than the profile's",
			c->moved);
	fputs("\n", to);
	fprintf(to, "A cell is judged when at least %d repeats are left.\n", SV_COMPARE_LEAST);
}

void sv_validate_table(const struct sv_comparison *c, const struct sv_validate_about *about,
	FILE *to, size_t width)
{
	const struct sv_cells *cells = c->cells;
	char text[64];

	fprintf(to, "%s: %s\n%s, %u PU%s\n", cells->kind->name, cells->kind->help, about->host,
		cells->host.pus, cells->host.pus == 1 ? "" : "s");
	if (about->profile)
		fprintf(to, "Predicted from %s", about->profile);
	if (!isnan(about->line))
		fprintf(to, ", where gaining a line from another PU takes %s",
			sv_digits_text(about->line, NAN, "s", text));
	if (about->profile)
		fputc('\n', to);
	for (size_t i = 0; about->note[i]; i++)
		fprintf(to, "Note: %s\n", about->note[i]);
	for (size_t i = 0; i < cells->unfits; i++)
		fprintf(to, "Note: %s (%zu cells)\n", cells->unfit[i].why, cells->unfit[i].cells);
	fputc('\n', to);
	print_cells(c, to, width);
	print_medians(c, to, width);
	fputc('\n', to);
	print_summary(c, to);
}
