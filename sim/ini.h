/*
 * ini.h - files of [sections] with lines KEY=VALUE, every part with its place
 *
 * As fio reads them: a line that begins with ; or # is a comment, and so is what follows one of
 * these on any other line; blanks around keys and values do not count; a key may stand without a
 * value; a section may occur several times.
 */
#ifndef SV_INI_H
#define SV_INI_H

#include "diag.h"

struct sv_ini_entry {
	const char *key, *value; /* value NULL: there is no = */
	struct sv_place place, value_place;
};

struct sv_ini_section {
	const char *name;
	struct sv_place place;
	size_t first, n; /* its entries */
};

struct sv_ini {
	size_t sections, entries;
	struct sv_ini_section *section;
	struct sv_ini_entry *entry;
	const char *source;
	char *text; /* all names point into it */
};

/* Returns -1 after reporting every mistake; *out can be freed in any case. The path, or source,
 * must outlive the places. */
int sv_ini_load(struct sv_ini *out, const char *path, struct sv_diag *diag);
/* The same from memory. */
int sv_ini_parse(struct sv_ini *out, const char *source, const char *text, size_t text_bytes,
	struct sv_diag *diag);
void sv_ini_free(struct sv_ini *ini);

#endif
