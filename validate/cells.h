/*
 * cells.h - the cells of a case: every combination of its axes' values
 *
 *	struct sv_cells *cells = sv_cells_new(&sv_case_locks, &host);
 *	sv_cells_set(cells, "lock", "ticket mcs", "--lock ticket,mcs", diag);
 *	if (sv_cells_make(cells, diag) < 0) ...
 *
 * What each cell has is measured or read from a record; predicting fills the rest.
 */
#ifndef SV_CELLS_H
#define SV_CELLS_H

#include "case.h"

struct sv_cell {
	char *value[SV_CASE_AXES]; /* as text, by axis */
	void *cfg;                 /* the case's table, in doc */
	struct sv_doc *doc;
	size_t repeats, capacity;
	struct sv_repeat *repeat;
	/* Filled by predicting; NAN: not predicted. */
	double predicted[SV_CASE_METRICS];
};

struct sv_cells {
	const struct sv_case *kind;
	struct sv_case_host host; /* its texts belong to the cells */
	size_t axes, metrics;
	struct {
		char **text;
		size_t n;
		char *option; /* by which the user gave them; NULL: by default */
	} axis[SV_CASE_AXES];
	size_t n, capacity;
	struct sv_cell *cell;
	size_t unfits;
	struct {
		const char *why;
		size_t cells;
	} unfit[8];
	struct sv_doc *empty;
};

struct sv_cells *sv_cells_new(const struct sv_case *kind, const struct sv_case_host *host);
void sv_cells_free(struct sv_cells *cells);

/*
 * Values of an axis in place of those by default, separated by commas that are in no
 * parentheses. `option` is what the user wrote, for messages. Returns -1 after reporting.
 */
int sv_cells_set(struct sv_cells *cells, const char *axis, const char *values, const char *option,
	struct sv_diag *diag);

/*
 * Makes all cells. Combinations that do not fit are left out and counted in `unfit`.
 * Returns -1 after reporting every value that is wrong, and when nothing is left.
 */
int sv_cells_make(struct sv_cells *cells, struct sv_diag *diag);

/* Adds the cell of these values, by axis; `source` names where they are from, NULL: each its own
 * option. NULL after reporting. */
struct sv_cell *sv_cells_add(
	struct sv_cells *cells, const char *const *value, const char *source, struct sv_diag *diag);
void sv_cell_put(struct sv_cell *cell, const struct sv_repeat *repeat);

/* "lock=ticket threads=2 ...". The caller frees it. */
char *sv_cell_label(const struct sv_cells *cells, const struct sv_cell *cell);

/*
 * A metric over the repeats that count: those that nothing disturbed and that found a
 * line's way to another PU such as follows from what the profile says that gaining one costs
 * (`line` in seconds; NAN: any will do). When none counts, the quartiles are of those that nothing
 * disturbed, or of all, so that something is there to see.
 */
struct sv_figure {
	double low, median, high; /* quartiles; NAN when nothing was observed */
	size_t kept;              /* that count and observed it */
};
struct sv_figure sv_cell_figure(const struct sv_cell *cell, size_t metric, double line);

/* How many repeats count, and how many of all nothing disturbed. */
size_t sv_cell_kept(const struct sv_cell *cell, double line, size_t *undisturbed);

#endif
