/*
 * json_file.c - files of JSON, whose mistakes have places
 */
#include "json_file.h"
#include "text.h"
#include <stdlib.h>

json_t *sv_json_load(const char *path, struct sv_diag *diag)
{
	struct sv_place place = { .source = path };
	json_error_t error;
	json_t *value;
	size_t bytes;
	char *text;

	if (sv_text_load(path, &text, &bytes, diag) < 0)
		return NULL;
	value = json_loadb(text, bytes, 0, &error);
	if (!value) {
		/* Behind the last character the column is 0 or that of the end. */
		place.line = error.line > 0 ? (unsigned)error.line : 1;
		place.column = error.column > 0 ? (unsigned)error.column : 1;
		sv_diag_source(diag, path, text, bytes);
		sv_error(diag, &place, "not JSON: %s", error.text);
	}
	free(text);
	return value;
}
