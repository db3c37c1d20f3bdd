/*
 * measure.h - measuring all cells, by turns
 *
 * A host changes over seconds: so that each cell meets all its moods, every cell is measured
 * once, then every cell once again, and so on.
 */
#ifndef SV_MEASURE_H
#define SV_MEASURE_H

#include "cells.h"

struct sv_measure_how {
	unsigned repeats;
	const atomic_bool *cancel;
	/* Behind each repeat; `last` when the cell is complete. May be NULL. */
	void (*step)(void *arg, const struct sv_cell *cell, bool last);
	void *arg;
};

/* Returns -1 after reporting; being cancelled is no failure: the cells have what there is. */
int sv_measure(struct sv_cells *cells, const struct sv_measure_how *how, struct sv_diag *diag);

#endif
