/*
 * quote.c - showing text that someone else wrote
 */
#include "quote.h"
#include "utf8.h"
#include <string.h>

#define SHOWN  100 /* characters of a long line */
#define BEFORE 64  /* of them at most before the column */

static const char *skip_break(const char *at, const char *end, size_t bytes)
{
	if (*at == '\r' && at + 1 < end && at[1] == '\n')
		return at + 2;
	return at + bytes;
}

/* The start of a line, or NULL. Counts as libyaml does. */
static const char *find_line(const char *text, const char *end, unsigned line)
{
	for (unsigned now = 1; text < end; now++) {
		if (now == line)
			return text;
		for (;;) {
			uint32_t c = 0;
			size_t n = sv_utf8_decode(text, end, &c);

			if (n == 0)
				n = 1;
			else if (sv_utf8_breaks(c)) {
				text = skip_break(text, end, n);
				break;
			}
			text += n;
			if (text >= end)
				return NULL;
		}
	}
	return NULL;
}

/* Columns of a terminal that a character takes: none for combining marks, two for wide ones. */
static int width(uint32_t c)
{
	static const struct {
		uint32_t first, last;
		int width;
	} odd[] = {
		{ 0x300, 0x36f, 0 },
		{ 0x200b, 0x200f, 0 },
		{ 0xfe00, 0xfe0f, 0 },
		{ 0xfeff, 0xfeff, 0 },
		{ 0x1100, 0x115f, 2 },
		{ 0x2e80, 0xa4cf, 2 },
		{ 0xac00, 0xd7a3, 2 },
		{ 0xf900, 0xfaff, 2 },
		{ 0xfe30, 0xfe6f, 2 },
		{ 0xff00, 0xff60, 2 },
		{ 0xffe0, 0xffe6, 2 },
		{ 0x1f300, 0x1f64f, 2 },
		{ 0x1f900, 0x1f9ff, 2 },
		{ 0x20000, 0x3fffd, 2 },
	};

	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if (c >= odd[i].first && c <= odd[i].last)
			return odd[i].width;
	return 1;
}

/* Reads one character for showing: what cannot be shown becomes '?'. */
static size_t next(const char *at, const char *end, uint32_t *c)
{
	size_t n = sv_utf8_decode(at, end, c);

	if (n == 0) {
		*c = '?';
		return 1;
	}
	if (!sv_utf8_breaks(*c) && *c != '\t' && (*c < 0x20 || (*c >= 0x7f && *c < 0xa0)))
		*c = '?';
	return n;
}

static void put(const char *at, size_t bytes, uint32_t c, FILE *to)
{
	if (c == '?')
		fputc('?', to);
	else
		fwrite(at, 1, bytes, to);
}

/* Prints characters first to last - 1 of a line; with `blank`, as much blank space instead. */
static void print_part(
	const char *at, const char *end, unsigned first, unsigned last, bool blank, FILE *to)
{
	uint32_t c;

	for (unsigned i = 1; at < end && i < last; i++) {
		size_t n = next(at, end, &c);

		if (sv_utf8_breaks(c))
			return;
		if (i >= first && !blank)
			put(at, n, c, to);
		else if (i >= first)
			fprintf(to, "%*s", c == '\t' ? 1 : width(c), c == '\t' ? "\t" : "");
		at += n;
	}
}

static unsigned count(const char *at, const char *end, unsigned most)
{
	unsigned n = 0;
	uint32_t c;

	while (at < end && n < most) {
		size_t bytes = next(at, end, &c);

		if (sv_utf8_breaks(c))
			break;
		at += bytes;
		n++;
	}
	return n;
}

void sv_quote_line(const char *text, size_t text_bytes, unsigned line, unsigned column, FILE *to)
{
	const char *end = text + text_bytes;
	const char *at = find_line(text, end, line);
	unsigned first, last, length;

	if (!at)
		return;
	first = 1;
	length = count(at, end, column > SHOWN ? column + SHOWN : 2 * SHOWN);
	if (length == 0 || column > length + 1)
		return;
	if (length > SHOWN && column > BEFORE)
		first = column - BEFORE;
	/* The last part of a line is not cut for the sake of a few characters. */
	if (first > 1 && length - first < SHOWN)
		first = length - SHOWN + 1;
	last = first + SHOWN;
	fprintf(to, "%5u | %s", line, first > 1 ? "..." : "");
	print_part(at, end, first, last, false, to);
	fprintf(to, "%s\n      | %s", length >= last ? "..." : "", first > 1 ? "   " : "");
	print_part(at, end, first, column, true, to);
	fputs("^\n", to);
}

void sv_quote_text(const char *text, FILE *to)
{
	const char *end = text + strlen(text);
	uint32_t c;

	while (text < end) {
		size_t n = next(text, end, &c);

		put(text, n, sv_utf8_breaks(c) ? '?' : c, to);
		text += n;
	}
}
