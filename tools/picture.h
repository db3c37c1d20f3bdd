/*
 * picture.h - one picture by gnuplot: NAME.png or NAME.svg, and NAME.gp, the script with its data
 */
#ifndef SV_PICTURE_H
#define SV_PICTURE_H

#include "files.h"

/* Whether a path names what can be drawn. */
bool sv_picture_is_name(const char *path);

struct sv_picture {
	const char *name;       /* the picture's, in the directory of the set of files */
	const char *title;      /* above it */
	unsigned width, height; /* pixels of an SVG; a PNG has twice as many */
	void (*script)(const void *arg, FILE *to); /* the rest, behind terminal, output and title */
	const void *arg;
};

/*
 * Stores the script, then draws it. A gnuplot that is missing or fails is a warning: the script
 * has all it takes. Returns -1 after reporting that something cannot be stored.
 */
int sv_picture_draw(const struct sv_picture *p, struct sv_files *files, struct sv_diag *diag);

#endif
