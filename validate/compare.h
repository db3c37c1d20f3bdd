/*
 * compare.h - predicted beside measured: the error of each cell, the median, the worst
 */
#ifndef SV_COMPARE_H
#define SV_COMPARE_H

#include "cells.h"

#define SV_COMPARE_LEAST 3 /* repeats that nothing disturbed, for a cell to be judged */

/* Marks of cells that are not judged. */
#define SV_MARK_DISTURBED "disturbed" /* too few repeats are left */
#define SV_MARK_MOVED     "moved" /* they are, but a line's way was another than the profile's */

struct sv_compared {
	const struct sv_cell *cell;
	struct sv_figure measured[SV_CASE_METRICS];
	double error[SV_CASE_METRICS]; /* predicted by measured, less 1; NAN: not to be told */
	size_t kept;                   /* repeats that count */
	const char *mark; /* why it is not judged, in a word; NULL: it is if it was predicted */
};

struct sv_comparison {
	const struct sv_cells *cells;
	struct sv_compared *cell; /* cells->n of them */
	/* By metric, of the absolute errors of cells that are judged; NAN: none is. */
	double median[SV_CASE_METRICS], worst[SV_CASE_METRICS];
	size_t worst_cell[SV_CASE_METRICS];
	size_t judged, unpredicted;
	/* Of pairs of cells that differ in the first parameter only and whose measured values of
	 * the first metric are further apart than a fifth: how many are predicted in that order. */
	size_t pairs, ordered;
	size_t disturbed, moved, repeats; /* of all cells: discarded, and why */
};

/* `line`: what the profile says it takes to gain a line, in seconds; NAN: nothing. */
void sv_comparison_init(struct sv_comparison *c, const struct sv_cells *cells, double line);
void sv_comparison_fini(struct sv_comparison *c);

/* The median of absolute errors of the first metric over the cells that `which` picks; NAN when
 * there is none. *n counts them. */
double sv_comparison_median(const struct sv_comparison *c, size_t metric,
	bool (*which)(const struct sv_compared *cell, const void *arg), const void *arg, size_t *n);

#endif
