/*
 * quote.h - showing text that someone else wrote
 */
#ifndef SV_QUOTE_H
#define SV_QUOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Prints line `line` of a text with its number and a caret under a column, both
 * counted from 1 in characters. A long line is cut around the column. Prints nothing
 * when the text has no such line.
 */
void sv_quote_line(const char *text, size_t text_bytes, unsigned line, unsigned column, FILE *to);

/* Prints a message; control characters and what is no UTF-8 become '?', so that no file can steer a
 * terminal. */
void sv_quote_text(const char *text, FILE *to);

#endif
