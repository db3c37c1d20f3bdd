/*
 * diag.h - diagnostics: every mistake, each with its place
 *
 * Library code never prints and never exits. It reports into a struct sv_diag and
 * returns -1:
 *
 *	return sv_error(diag, &node->place, "%s: %s is not a lock", path, name);
 *
 * The program prints what was collected, sorted by place, with the source line and
 * a caret under the column. A NULL place is allowed: the message then stands alone.
 *
 * One diag belongs to one thread at a time.
 */
#ifndef SV_DIAG_H
#define SV_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Where something was read. line and column count from 1, in characters; line 0: the whole source.
 */
struct sv_place {
	const char *source; /* file name, or "--set vms.guest.vcpus=0"; the diag keeps a copy */
	unsigned line;
	unsigned column;
};

struct sv_diag;

struct sv_diag *sv_diag_new(void);
void sv_diag_free(struct sv_diag *diag);

/* Keeps a copy of the text of a source, so that messages about it can quote the line. */
void sv_diag_source(struct sv_diag *diag, const char *source, const char *text, size_t text_bytes);

/*
 * Records an error and returns -1. The same message at the same place counts once; after
 * 100 errors further ones are only counted.
 */
int sv_error(struct sv_diag *diag, const struct sv_place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Records a warning: shown, never changes an exit status. */
void sv_warn(struct sv_diag *diag, const struct sv_place *place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

size_t sv_diag_errors(const struct sv_diag *diag);

/* Prints everything, sorted by place, and empties the diag. */
void sv_diag_print(struct sv_diag *diag, FILE *to);

/*
 * The candidate nearest to `word` by edit distance, or NULL when none is near enough
 * to be worth suggesting. candidates ends with NULL.
 */
const char *sv_nearest(const char *word, const char *const *candidates);

#endif
