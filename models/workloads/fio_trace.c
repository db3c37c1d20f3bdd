/*
 * fio_trace.c - recorded I/Os, to be done again
 */
#include "workloads/fio_trace.h"
#include "value.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define SECTOR     512
#define BYTES_MOST (64 << 20)

static int find_columns(struct sv_fio_trace *t, struct sv_diag *diag)
{
	const struct sv_csv *csv = &t->csv.csv;
	const struct {
		const char *name;
		size_t *column;
		bool required;
	} columns[] = { { "time", &t->time, true }, { "op", &t->op, true },
		{ "offset", &t->offset, false }, { "sector", &t->sector, false },
		{ "bytes", &t->bytes, true }, { "cpu", &t->cpu, false } };
	size_t n = sizeof(columns) / sizeof(columns[0]);
	int result = 0;

	for (size_t i = 0; i < n; i++) {
		*columns[i].column = sv_csv_column(csv, columns[i].name);
		if (columns[i].required && *columns[i].column == SIZE_MAX)
			result = sv_error(diag, &csv->heading[0].place,
				"the trace has no column '%s'", columns[i].name);
	}
	if ((t->offset == SIZE_MAX) == (t->sector == SIZE_MAX))
		result = sv_error(diag, &csv->heading[0].place,
			"the trace needs one of the columns 'offset' and 'sector'");
	for (size_t i = 0; i < csv->columns; i++) {
		bool known = false;

		for (size_t k = 0; k < n; k++)
			known |= *columns[k].column == i;
		if (!known)
			result = sv_error(diag, &csv->heading[i].place,
				"the column '%.60s' is none of time, op, offset, sector, bytes, "
				"cpu",
				csv->heading[i].text);
	}
	return result;
}

int sv_fio_trace_open(struct sv_fio_trace *t, const char *path, struct sv_diag *diag)
{
	*t = (struct sv_fio_trace){ 0 };
	if (sv_csv_open(&t->csv, path, diag) < 0)
		return -1;
	return find_columns(t, diag);
}

void sv_fio_trace_close(struct sv_fio_trace *t)
{
	sv_csv_close(&t->csv);
}

/* A bare number counts seconds, as blkparse prints them. */
static const char *parse_time(const char *text, sv_time *out)
{
	size_t n = strlen(text);
	char seconds[64];

	if (n == 0 || n + 2 > sizeof(seconds) ||
		(!isdigit((unsigned char)text[n - 1]) && text[n - 1] != '.'))
		return sv_time_parse(text, out);
	snprintf(seconds, sizeof(seconds), "%ss", text);
	return sv_time_parse(seconds, out);
}

/* A word, or what blkparse prints: R, W or D with letters that say how (WS, RM), or F alone. */
static const char *parse_op(const char *text, enum sv_io_op *out)
{
	static const struct {
		char letter;
		const char *word;
		enum sv_io_op op;
	} ops[] = { { 'R', "read", SV_IO_READ }, { 'W', "write", SV_IO_WRITE },
		{ 'D', "trim", SV_IO_TRIM }, { 'F', "flush", SV_IO_FLUSH } };
	bool letters = *text && text[strspn(text, "RWDFASMN")] == '\0';

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (!strcmp(text, ops[i].word) || (letters && strchr(text, ops[i].letter))) {
			*out = ops[i].op;
			return NULL;
		}
	return "is none of R, W, D, F or read, write, trim, flush";
}

static const char *parse_sectors(const char *text, int64_t least, int64_t most, int64_t *out)
{
	const char *wrong = sv_int_parse(text, out);

	if (wrong)
		return wrong;
	if (*out < least || *out > most)
		return *out < least ? "is too small" : "is too large";
	return *out % SECTOR ? "is no multiple of 512" : NULL;
}

static int refuse(
	const struct sv_csv_cell *cell, const char *column, const char *wrong, struct sv_diag *diag)
{
	return sv_error(diag, &cell->place, "%s: '%.40s' %s", column, cell->text, wrong);
}

static int read_time(
	struct sv_fio_trace *t, const struct sv_csv_cell *cell, sv_time *out, struct sv_diag *diag)
{
	const char *wrong = parse_time(cell->text, out);

	if (!wrong && t->n > 0 && *out < t->last)
		wrong = "is before the time of the line above";
	if (wrong)
		return refuse(cell, "time", wrong, diag);
	if (t->n == 0)
		t->first = *out;
	t->last = *out;
	*out -= t->first;
	return 0;
}

static int read_offset(const struct sv_fio_trace *t, int64_t *out, struct sv_diag *diag)
{
	bool sectors = t->offset == SIZE_MAX;
	const struct sv_csv_cell *cell = &t->csv.csv.cell[sectors ? t->sector : t->offset];
	int64_t most = INT64_MAX - BYTES_MOST;
	const char *wrong;

	if (!sectors) {
		wrong = parse_sectors(cell->text, 0, most, out);
		return wrong ? refuse(cell, "offset", wrong, diag) : 0;
	}
	wrong = sv_int_parse(cell->text, out);
	if (!wrong && (*out < 0 || *out > most / SECTOR))
		wrong = *out < 0 ? "is too small" : "is too large";
	if (wrong)
		return refuse(cell, "sector", wrong, diag);
	*out *= SECTOR;
	return 0;
}

static int read_record(struct sv_fio_trace *t, struct sv_fio_record *out, struct sv_diag *diag)
{
	const struct sv_csv_cell *cell = t->csv.csv.cell;
	int64_t offset = 0, bytes = 0;
	const char *wrong;
	int result = read_time(t, &cell[t->time], &out->time, diag);

	wrong = parse_op(cell[t->op].text, &out->op);
	if (wrong)
		result = refuse(&cell[t->op], "op", wrong, diag);
	if (read_offset(t, &offset, diag) < 0)
		result = -1;
	wrong = parse_sectors(
		cell[t->bytes].text, out->op == SV_IO_FLUSH ? 0 : SECTOR, BYTES_MOST, &bytes);
	if (wrong)
		result = refuse(&cell[t->bytes], "bytes", wrong, diag);
	out->offset = (uint64_t)offset;
	out->bytes = (uint32_t)bytes;
	out->cpu = -1;
	if (t->cpu == SIZE_MAX)
		return result;
	wrong = sv_int_parse(cell[t->cpu].text, &out->cpu);
	if (!wrong && out->cpu < 0)
		wrong = "is negative";
	return wrong ? refuse(&cell[t->cpu], "cpu", wrong, diag) : result;
}

int sv_fio_trace_next(struct sv_fio_trace *t, struct sv_fio_record *out, struct sv_diag *diag)
{
	int result = sv_csv_next(&t->csv, diag);

	if (result <= 0)
		return result;
	if (read_record(t, out, diag) < 0)
		return -1;
	t->n++;
	return 1;
}

#define MISTAKES_MOST 20

int sv_fio_trace_check(const char *path, uint64_t *end_bytes, struct sv_diag *diag)
{
	struct sv_place place = { .source = path };
	struct sv_fio_record record;
	struct sv_fio_trace t;
	unsigned mistakes = 0;
	int result;

	*end_bytes = 0;
	result = sv_fio_trace_open(&t, path, diag);
	while (result == 0 && mistakes < MISTAKES_MOST) {
		int got = sv_fio_trace_next(&t, &record, diag);

		if (got == 0)
			break;
		mistakes += got < 0;
		if (got > 0 && record.offset + record.bytes > *end_bytes)
			*end_bytes = record.offset + record.bytes;
	}
	if (result == 0 && mistakes == 0 && t.n == 0)
		result = sv_error(diag, &place, "has no I/O");
	sv_fio_trace_close(&t);
	return mistakes ? -1 : result;
}
