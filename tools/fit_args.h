/*
 * fit_args.h - the flags of `fit`
 */
#ifndef SV_FIT_ARGS_H
#define SV_FIT_ARGS_H

#include "run_args.h"

struct sv_fit_args {
	struct sv_run_args run; /* overrides, threads, format, progress; its directory is unused */
	const char *data;       /* the file of measured values */
	const char *output;     /* NULL: none */
	size_t evaluations;
};

/* Returns -1 when the fit can go on, otherwise the exit status, all being said. */
int sv_fit_args_read(struct sv_fit_args *out, const struct sv_command *self, int argc, char **argv);
void sv_fit_args_fini(struct sv_fit_args *args);

#endif
