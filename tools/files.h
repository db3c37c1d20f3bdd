/*
 * files.h - a set of result files that appears as a whole or not at all
 *
 *	struct sv_files *files = sv_files_new("results", diag);
 *	FILE *f = sv_files_add(files, "result.json");
 *	fputs(text, f);
 *	if (sv_files_commit(files, diag) < 0) ...
 *	sv_files_free(files);
 *
 * Files are written under temporary names in the same directory (".result.json.PID.tmp")
 * and renamed once all of them are safely on the disk. Until then, and when anything
 * goes wrong, earlier files of those names stay as they were.
 */
#ifndef SV_FILES_H
#define SV_FILES_H

#include "diag.h"

struct sv_files;

/*
 * Makes the directory (and those above it) unless it is there, and checks that files can
 * be made in it. NULL after reporting. Worth calling before a long run.
 */
struct sv_files *sv_files_new(const char *directory, struct sv_diag *diag);
/* Removes what was not committed. files may be NULL. */
void sv_files_free(struct sv_files *files);
/* The same, but the set can be used again. */
void sv_files_discard(struct sv_files *files);

/* A stream to write the file to; sv_files_commit() closes it. NULL after reporting. */
FILE *sv_files_add(struct sv_files *files, const char *name, struct sv_diag *diag);
/* The same for a program that wants a name to write to: the temporary one. */
const char *sv_files_add_name(struct sv_files *files, const char *name);

/*
 * Returns -1 after reporting (a full disk, a directory that is gone, an empty file).
 * The set is then empty again.
 */
int sv_files_commit(struct sv_files *files, struct sv_diag *diag);

const char *sv_files_directory(const struct sv_files *files);

#endif
