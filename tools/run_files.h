/*
 * run_files.h - what `run -o DIR` writes
 *
 * result.json, result.csv, table.txt, scenario.yaml (the file as it was read), and for
 * each plot NAME.gp, NAME.dat, NAME.png and NAME.svg. With several scenarios, each has
 * a directory of its name in DIR.
 */
#ifndef SV_RUN_FILES_H
#define SV_RUN_FILES_H

#include "files.h"
#include "report.h"

/* The text of a scenario, kept because the file may change while its simulation runs. */
struct sv_source {
	char *text; /* NULL: not a regular file */
	size_t bytes;
};

void sv_source_read(struct sv_source *source, const char *path);
void sv_source_free(struct sv_source *source);

/* Makes `directory`, or the one in it named after the scenario. NULL after reporting. */
struct sv_files *sv_run_files_new(
	const char *directory, const char *scenario, struct sv_diag *diag);

/* Returns -1 after reporting. */
int sv_run_files_write(const struct sv_report *report, const struct sv_source *source,
	struct sv_files *files, struct sv_diag *diag);

#endif
