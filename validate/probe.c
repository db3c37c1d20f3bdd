/*
 * probe.c - where probes put what they find
 */
#include "probe.h"
#include "bug.h"
#include "probe_list.h"
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define DECLARE(name) extern const struct sv_probe sv_probe_##name;
SV_PROBE_LIST(DECLARE)
#define ADDRESS(name) &sv_probe_##name,
const struct sv_probe *const sv_probes[] = { SV_PROBE_LIST(ADDRESS) NULL };

static char *format_text(const char *format, va_list args)
{
	char *text;

	SV_BUG_ON(vasprintf(&text, format, args) < 0);
	return text;
}

static struct sv_probe_row *find(const struct sv_calibration *c, const char *name)
{
	for (size_t i = 0; i < c->rows; i++)
		if (!strcmp(c->row[i]->name, name))
			return c->row[i];
	return NULL;
}

/* Rows stand still once made: probes keep pointers to their samples. */
struct sv_samples *sv_probe_row(struct sv_calibration *c, const char *name, const char *method)
{
	struct sv_probe_row *row = find(c, name);

	if (row)
		return &row->samples;
	c->row = realloc(c->row, (c->rows + 1) * sizeof(*c->row));
	row = calloc(1, sizeof(*row));
	SV_BUG_ON(!c->row || !row);
	row->name = strdup(name);
	row->method = strdup(method);
	SV_BUG_ON(!row->name || !row->method);
	c->row[c->rows++] = row;
	return &row->samples;
}

struct sv_samples *sv_probe_row_at(
	struct sv_calibration *c, const char *family, enum sv_distance distance, const char *method)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.%s", family, sv_distance_name[distance]);
	return sv_probe_row(c, name, method);
}

double sv_probe_median(const struct sv_calibration *c, const char *name)
{
	const struct sv_probe_row *row = find(c, name);

	return row ? sv_samples_summary(&row->samples).median : NAN;
}

const char *sv_probe_reason(const struct sv_calibration *c, const char *name)
{
	for (size_t i = 0; i < c->reasons; i++)
		if (!strcmp(c->reason[i].name, name))
			return c->reason[i].why;
	return NULL;
}

void sv_probe_cannot(struct sv_calibration *c, const char *name, const char *format, ...)
{
	struct sv_probe_reason *reason;
	va_list args;

	if (sv_probe_reason(c, name))
		return;
	c->reason = realloc(c->reason, (c->reasons + 1) * sizeof(*c->reason));
	SV_BUG_ON(!c->reason);
	reason = &c->reason[c->reasons++];
	reason->name = strdup(name);
	SV_BUG_ON(!reason->name);
	va_start(args, format);
	reason->why = format_text(format, args);
	va_end(args);
}

void sv_probe_note(struct sv_calibration *c, const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = format_text(format, args);
	va_end(args);
	for (size_t i = 0; i < c->notes; i++) {
		if (!strcmp(c->note[i], text)) {
			free(text);
			return;
		}
	}
	c->note = realloc(c->note, (c->notes + 1) * sizeof(*c->note));
	SV_BUG_ON(!c->note);
	c->note[c->notes++] = text;
}

void sv_reading_done(void *arg, bool disturbed)
{
	struct sv_reading *r = arg;

	sv_samples_put(r->to, r->value, disturbed);
}

int sv_probe_batches(struct sv_calibration *c, const struct sv_batches *batches)
{
	struct sv_batches b = *batches;

	b.cancel = c->cancel;
	return sv_batches_run(&b, c->diag) < 0 ? -1 : 0;
}

int sv_probe_alone(struct sv_calibration *c, void (*body)(unsigned thread, void *arg), void *arg,
	double seconds)
{
	const unsigned pu = c->pus > 0 ? 0 : SV_PINNED_ANYWHERE;

	return sv_probe_batches(c, &(struct sv_batches){ .pu = &pu,
					   .threads = 1,
					   .body = body,
					   .done = sv_reading_done,
					   .arg = arg,
					   .seconds = seconds,
					   .most = UINT_MAX });
}

unsigned sv_probe_pairs(const struct sv_calibration *c, enum sv_distance distance,
	struct sv_pair *out, unsigned most)
{
	size_t all = 0, at = 0;
	unsigned n = 0;

	for (unsigned a = 0; a < c->pus; a++)
		for (unsigned b = a + 1; b < c->pus; b++)
			all += sv_machine_distance(c->machine, a, b) == distance;
	for (unsigned a = 0; a < c->pus && n < most; a++) {
		for (unsigned b = a + 1; b < c->pus && n < most; b++) {
			if (sv_machine_distance(c->machine, a, b) != distance)
				continue;
			/* The n-th of `most` is at n/most of all. */
			if (all <= most || at >= n * all / most)
				out[n++] = (struct sv_pair){ a, b };
			at++;
		}
	}
	return n;
}

void sv_probe_await(const _Atomic unsigned *turn, unsigned mine)
{
	while (atomic_load_explicit(turn, memory_order_acquire) != mine) {
#if defined(__x86_64__)
		__builtin_ia32_pause();
#elif defined(__aarch64__)
		__asm__ volatile("yield");
#endif
	}
}
