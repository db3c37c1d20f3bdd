/*
 * validate_job.h - what `validate` and `compare` share: predicting cells and telling the errors
 */
#ifndef SV_VALIDATE_JOB_H
#define SV_VALIDATE_JOB_H

#include "cells.h"
#include "cli.h"
#include "progress.h"

#define SV_VALIDATE_NOTES 8

struct sv_validate_job {
	/* From the command line. */
	const char *costs;  /* NULL: none is named */
	const char *output; /* NULL: none */
	const char *plot;   /* NULL: none */
	double max_error;   /* as a share; NAN: any will do */
	bool json;
	int progress_mode;
	/* What there is to compare. */
	struct sv_cells *cells;
	char *host;
	char *note[SV_VALIDATE_NOTES + 1];
	size_t notes;
	const atomic_bool *cancel;
	struct sv_diag *diag;
};

/* The flags that both have. Takes one of them; returns -1, or the exit status after a mistake. */
int sv_validate_flag(struct sv_validate_job *j, const struct sv_command *self,
	const struct sv_flag *flag, const char *argument);
/* NULL when nothing is to be shown. */
struct sv_progress *sv_validate_progress(const struct sv_validate_job *j);
void sv_validate_note(struct sv_validate_job *j, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Predicts from the profile `machine`, which the user named by `option`, prints, stores and
 * draws. Returns the exit status; messages are left in the diag.
 */
int sv_validate_finish(struct sv_validate_job *j, const char *machine, const char *option);

void sv_validate_job_fini(struct sv_validate_job *j);

#endif
