/*
 * gnuplot.h - running gnuplot
 */
#ifndef SV_GNUPLOT_H
#define SV_GNUPLOT_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Runs a script in a directory, silenced, with variables set before ("png='a.png'"). Returns its
 * exit status; 127 when there is no gnuplot.
 */
int sv_gnuplot_run(const char *directory, const char *script, const char *variables);

/* Whether a file ends as a whole picture does, PNG or SVG. */
bool sv_gnuplot_is_whole(const char *path);

/* In single quotes, which know no escape but the quote itself, doubled. */
void sv_gnuplot_quoted(const char *text, FILE *to);

#endif
