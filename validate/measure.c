/*
 * measure.c - measuring all cells, by turns
 */
#include "measure.h"
#include "bug.h"
#include <stdlib.h>

static int measure_once(struct sv_cells *cells, void **state, const struct sv_measure_how *how,
	bool last, struct sv_diag *diag)
{
	for (size_t i = 0; i < cells->n && !atomic_load(how->cancel); i++) {
		struct sv_repeat repeat;

		if (cells->kind->repeat(state[i], how->cancel, &repeat, diag) < 0)
			return -1;
		/* One that was cut short would be taken for one that is whole. */
		if (atomic_load(how->cancel))
			break;
		sv_cell_put(&cells->cell[i], &repeat);
		if (how->step)
			how->step(how->arg, &cells->cell[i], last);
	}
	return 0;
}

int sv_measure(struct sv_cells *cells, const struct sv_measure_how *how, struct sv_diag *diag)
{
	void **state = calloc(cells->n, sizeof(*state));
	int result = 0;

	SV_BUG_ON(!state);
	for (size_t i = 0; i < cells->n && result == 0; i++) {
		state[i] = cells->kind->open(cells->cell[i].cfg, &cells->host, diag);
		result = state[i] ? 0 : -1;
	}
	for (unsigned k = 0; k < how->repeats && result == 0; k++)
		result = measure_once(cells, state, how, k + 1 == how->repeats, diag);
	for (size_t i = 0; i < cells->n; i++)
		if (state[i])
			cells->kind->close(state[i]);
	free(state);
	return result;
}
