/*
 * run_args.h - the flags of `run`, some of which other commands share
 */
#ifndef SV_RUN_ARGS_H
#define SV_RUN_ARGS_H

#include "cli.h"
#include "progress.h"
#include "world/scenario.h"

enum sv_format { SV_FORMAT_TABLE, SV_FORMAT_JSON, SV_FORMAT_CSV };

struct sv_run_args {
	size_t overrides;
	struct sv_override *override;
	unsigned threads;
	enum sv_format format;
	const char *directory; /* NULL: no files */
	enum sv_progress_mode progress;
	bool explain;
	size_t owned; /* strings that `override` points to */
	char **text;
	int files;
	char **file;
};

/* Returns -1 when the run can go on, otherwise the exit status, all being said. */
int sv_run_args_read(struct sv_run_args *out, const struct sv_command *self, int argc, char **argv);

/* Parts, for a command that has flags of its own beside these. */
void sv_run_args_init(struct sv_run_args *args);
/* Takes one flag of `run`; returns as sv_run_args_read(). */
int sv_run_args_flag(struct sv_run_args *args, const struct sv_command *self,
	const struct sv_flag *flag, const char *argument);
/* `option` is the flag as the user wrote it, which messages quote. All texts are copied. */
void sv_run_args_override(
	struct sv_run_args *args, const char *path, const char *value, const char *option);

void sv_run_args_fini(struct sv_run_args *args);

#endif
