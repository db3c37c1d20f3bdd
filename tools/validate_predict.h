/*
 * validate_predict.h - predicting the cells of a case from a machine's profile
 */
#ifndef SV_VALIDATE_PREDICT_H
#define SV_VALIDATE_PREDICT_H

#include "cells.h"
#include "machine/machine.h"
#include "progress.h"

struct sv_predict_how {
	const char *machine; /* a profile's path or the name of an installed one */
	const char *option;  /* what the user wrote, for messages */
	const char *host;    /* that was measured, as it describes itself */
	unsigned threads;
	const atomic_bool *cancel;
	struct sv_progress *progress; /* NULL: none */
};

/* The machine of a profile that the user named by `option`; NULL after reporting. */
struct sv_machine *sv_validate_machine(const char *name, const char *option, struct sv_diag *diag);

/*
 * Fills what the cells are predicted to have; cells that the machine cannot have stay
 * without. *line is what the profile says it takes to gain a line from another PU, in seconds;
 * NAN when the profile is not of the host that was measured. Returns -1 after reporting that the
 * profile is none, that a run failed, or when cancelled.
 */
int sv_validate_predict(struct sv_cells *cells, const struct sv_predict_how *how, double *line,
	struct sv_diag *diag);

#endif
