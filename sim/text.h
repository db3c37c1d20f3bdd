/*
 * text.h - whole files of text
 */
#ifndef SV_TEXT_H
#define SV_TEXT_H

#include "diag.h"

/* Reads a file of at most 16 MiB. The caller frees *text, which ends with a zero. Returns -1 after
 * reporting; then there is nothing to free. */
int sv_text_load(const char *path, char **text, size_t *bytes, struct sv_diag *diag);

#endif
