/*
 * probe.c - where probes put what they find
 */
#include "probe.h"
#include "bug.h"
#include "probe_list.h"
#include "transfer.h"
#include <math.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SPINS 20000 /* some hundred microseconds */
#define FRESH_NS   5e6   /* so long a look at the line's way holds */
#define MOMENT                                                                                     \
	"A word stored to and fro between the first and the last PU, half of a round trip, "       \
	"before "                                                                                  \
	"and after others were measured"

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

double sv_probe_median_at(
	const struct sv_calibration *c, const char *family, enum sv_distance distance)
{
	char name[64];

	snprintf(name, sizeof(name), "%s.%s", family, sv_distance_name[distance]);
	return sv_probe_median(c, name);
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

/* What a line's way takes now, in nanoseconds; NAN when that was disturbed. */
static int look(struct sv_calibration *c, double *ns)
{
	if (sv_transfer(0, c->pus - 1, ns, c->diag) < 0)
		return -1;
	*ns *= 1e9;
	c->looked = sv_sample_clock();
	if (isnan(*ns))
		return 0;
	sv_samples_put(&c->moment, *ns, false);
	if (c->round == 0)
		sv_samples_put(sv_probe_row(c, "transfer.at-start", MOMENT ", in the first round"),
			*ns, false);
	if (c->round == c->rounds - 1)
		sv_samples_put(sv_probe_row(c, "transfer.at-end", MOMENT ", in the last round"),
			*ns, false);
	return 0;
}

/* INFINITY when it changed meanwhile. */
static double context(double before, double after)
{
	if (isnan(before))
		return after;
	if (isnan(after))
		return before;
	return fmax(before, after) > SV_PROBE_REGIME * fmin(before, after) ? INFINITY : before;
}

static void tag(struct sv_calibration *c, double context_ns)
{
	for (size_t i = 0; i < c->rows; i++)
		sv_samples_tag(&c->row[i]->samples, context_ns);
	for (size_t i = 0; i < (size_t)c->transfer_pus * c->transfer_pus; i++)
		sv_samples_tag(&c->transfer[i], context_ns);
}

bool sv_probe_is_over(const struct sv_calibration *c)
{
	return (c->cancel && atomic_load(c->cancel)) || sv_sample_clock() > c->limit;
}

int sv_probe_batches(struct sv_calibration *c, const struct sv_batches *batches)
{
	bool moves = batches->threads > 1 && batches->pu[0] != batches->pu[1] && c->pus > 1;
	double before = NAN, after = NAN;
	struct sv_batches b = *batches;

	if (sv_probe_is_over(c))
		return 0;
	b.cancel = c->cancel;
	tag(c, NAN);
	if (moves && c->moment.n > 0 && sv_sample_clock() - c->looked < FRESH_NS)
		before = c->moment.value[c->moment.n - 1];
	else if (moves && look(c, &before) < 0)
		return -1;
	if (sv_batches_run(&b, c->diag) < 0 || (moves && look(c, &after) < 0))
		return -1;
	tag(c, context(before, after));
	return 0;
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
	for (unsigned spins = 1; atomic_load_explicit(turn, memory_order_acquire) != mine;
		spins++) {
		/* The partner does not run: perhaps for want of a PU. */
		if (spins % MOST_SPINS == 0)
			sched_yield();
#if defined(__x86_64__)
		__builtin_ia32_pause();
#elif defined(__aarch64__)
		__asm__ volatile("yield");
#endif
	}
}
