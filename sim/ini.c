/*
 * ini.c - files of [sections] with lines KEY=VALUE, every part with its place
 *
 * The text is cut in place: names, keys and values are pieces of it, ended by a zero.
 */
#include "ini.h"
#include "bug.h"
#include "text.h"
#include "utf8.h"
#include <stdlib.h>
#include <string.h>

#define BLANKS   " \t\r"
#define COMMENTS ";#"

struct reader {
	struct sv_ini *ini;
	struct sv_place place; /* of the line */
	const char *line;
	struct sv_diag *diag;
	int bad;
};

static struct sv_place place_at(const struct reader *r, const char *at)
{
	struct sv_place place = r->place;

	place.column = 1;
	for (const char *c = r->line; c < at; c++)
		place.column += ((unsigned char)*c & 0xc0) != 0x80;
	return place;
}

/* Without the blanks before its end. */
static void end_text(char *text, char *end)
{
	while (end > text && strchr(BLANKS, end[-1]))
		end--;
	*end = '\0';
}

/* Room for one more, by doubling. */
static void *grow(void *array, size_t n, size_t bytes)
{
	if (n & (n - 1))
		return array;
	array = realloc(array, (n ? 2 * n : 1) * bytes);
	SV_BUG_ON(!array);
	return array;
}

static void read_section(struct reader *r, char *at)
{
	struct sv_ini *ini = r->ini;
	struct sv_place place = place_at(r, at);
	char *end = strchr(at, ']');

	if (!end || end[1 + strspn(end + 1, BLANKS)]) {
		r->bad =
			sv_error(r->diag, &place, "a section is written [NAME], alone on its line");
		return;
	}
	at += 1 + strspn(at + 1, BLANKS);
	end_text(at, end);
	if (!*at) {
		r->bad = sv_error(r->diag, &place, "a section has no name");
		return;
	}
	ini->section = grow(ini->section, ini->sections, sizeof(*ini->section));
	ini->section[ini->sections++] =
		(struct sv_ini_section){ .name = at, .place = place, .first = ini->entries };
}

static void read_entry(struct reader *r, char *at)
{
	struct sv_ini *ini = r->ini;
	struct sv_ini_entry e = { .key = at, .place = place_at(r, at) };
	char *equals = strchr(at, '='), *end = at + strlen(at);

	e.value_place = e.place;
	if (equals) {
		char *value = equals + 1 + strspn(equals + 1, BLANKS);

		e.value = value;
		e.value_place = place_at(r, value);
		end_text(value, end);
		end = equals;
	}
	end_text(at, end);
	if (!*at)
		r->bad = sv_error(r->diag, &e.place, "a value has no key before its '='");
	if (!ini->sections) {
		r->bad = sv_error(
			r->diag, &e.place, "'%.60s' stands before the first [section]", at);
		return;
	}
	ini->entry = grow(ini->entry, ini->entries, sizeof(*ini->entry));
	ini->entry[ini->entries++] = e;
	ini->section[ini->sections - 1].n++;
}

static void read_line(struct reader *r, char *line)
{
	char *at = line + strspn(line, BLANKS);

	r->line = line;
	at[strcspn(at, COMMENTS)] = '\0';
	if (*at == '[')
		read_section(r, at);
	else if (*at)
		read_entry(r, at);
}

/* What is no UTF-8 could not be shown in a message. */
static int check_text(const struct reader *r, const char *text, size_t bytes)
{
	struct sv_place place = { .source = r->place.source, .line = 1, .column = 1 };
	const char *at = text, *end = text + bytes;
	uint32_t c;

	while (at < end) {
		size_t n = sv_utf8_decode(at, end, &c);

		if (n == 0 || (c < ' ' && !strchr(BLANKS "\n", (int)c)) || c == 0)
			return sv_error(r->diag, &place, "is no text: it holds the byte 0x%02x",
				(unsigned)(unsigned char)*at);
		place.column = c == '\n' ? 1 : place.column + 1;
		place.line += c == '\n';
		at += n;
	}
	return 0;
}

int sv_ini_parse(struct sv_ini *out, const char *source, const char *text, size_t text_bytes,
	struct sv_diag *diag)
{
	struct reader r = { .ini = out, .place = { source, 0, 1 }, .diag = diag };
	char *line;

	*out = (struct sv_ini){ .source = source };
	sv_diag_source(diag, source, text, text_bytes);
	if (check_text(&r, text, text_bytes) < 0)
		return -1;
	out->text = text_bytes > 0 ? strndup(text, text_bytes) : strdup("");
	SV_BUG_ON(!out->text);
	line = out->text;
	if (!strncmp(line, "\xef\xbb\xbf", 3))
		line += 3;
	while (line) {
		char *end = strchr(line, '\n');

		if (end)
			*end++ = '\0';
		r.place.line++;
		read_line(&r, line);
		line = end;
	}
	return r.bad;
}

int sv_ini_load(struct sv_ini *out, const char *path, struct sv_diag *diag)
{
	char *text;
	size_t bytes;
	int result;

	*out = (struct sv_ini){ 0 };
	if (sv_text_load(path, &text, &bytes, diag) < 0)
		return -1;
	result = sv_ini_parse(out, path, text, bytes, diag);
	free(text);
	return result;
}

void sv_ini_free(struct sv_ini *ini)
{
	free(ini->section);
	free(ini->entry);
	free(ini->text);
}
