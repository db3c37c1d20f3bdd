/*
 * validate_report.h - predicted beside measured, for people
 */
#ifndef SV_VALIDATE_REPORT_H
#define SV_VALIDATE_REPORT_H

#include "compare.h"
#include "files.h"

/* What besides the cells the report tells. */
struct sv_validate_about {
	const char *host;    /* what it says of itself */
	const char *profile; /* NULL: nothing was predicted */
	double line; /* what the profile says it takes to gain a line, seconds; NAN: nothing */
	const char *const *note; /* remarks, ends with NULL */
};

/* A table of all cells, then the medians by number of threads, the worst and the order. */
void sv_validate_table(const struct sv_comparison *c, const struct sv_validate_about *about,
	FILE *to, size_t width);

#endif
