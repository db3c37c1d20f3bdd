/*
 * explore_report.h - what `explore` has found, for people and for programs
 */
#ifndef SV_EXPLORE_REPORT_H
#define SV_EXPLORE_REPORT_H

#include "explore_args.h"

struct sv_explore_row {
	struct sv_explore_subject subject;
	struct sv_explore_result result;
};

/* "no fault in any interleaving"; buf holds 128 bytes; returned. */
char *sv_explore_verdict(
	const struct sv_explore_args *args, const struct sv_explore_result *result, char *buf);

void sv_explore_report_table(const struct sv_explore_args *args, const struct sv_explore_row *row,
	size_t rows, FILE *to);
void sv_explore_report_json(const struct sv_explore_args *args, const struct sv_explore_row *row,
	size_t rows, FILE *to);

#endif
