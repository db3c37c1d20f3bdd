/*
 * schedule.c - schedules as text and as runs
 *
 * "0x3.1x12.0d.1v1" is three steps of thread 0, twelve of thread 1, a drain of thread 0's
 * store buffer, and a step of thread 1 that takes its second outcome (a wake-up without a
 * kick, a clock that has moved on).
 */
#include "bug.h"
#include "explore_private.h"
#include <ctype.h>
#include <stdlib.h>

static bool same(struct sv_x_choice a, struct sv_x_choice b)
{
	return a.proc == b.proc && a.variant == b.variant;
}

char *sv_x_write(const struct sv_x_choice *choice, size_t n)
{
	char *text = NULL;
	size_t bytes, times;
	FILE *f = open_memstream(&text, &bytes);

	if (!f)
		return NULL;
	for (size_t i = 0; i < n; i += times) {
		struct sv_x_choice c = choice[i];

		for (times = 1; i + times < n && same(choice[i + times], c); times++)
			;
		fprintf(f, "%s%u%s", i ? "." : "", c.proc % THREADS,
			sv_x_is_buffer(c.proc) ? "d" : "");
		if (c.variant)
			fprintf(f, "v%u", c.variant);
		if (times > 1)
			fprintf(f, "x%zu", times);
	}
	fclose(f);
	return text;
}

/* A number of at most `most`; -1 when there is none. */
static long number(const char **at, long most)
{
	long value = 0;

	if (!isdigit((unsigned char)**at))
		return -1;
	for (; isdigit((unsigned char)**at); (*at)++) {
		value = 10 * value + (**at - '0');
		if (value > most)
			return -1;
	}
	return value;
}

/* One item, up to the point or the end; returns how often, or -1. */
static long item(const char **at, struct sv_x_choice *c)
{
	long thread = number(at, THREADS - 1), variant = 0, times = 1;

	if (thread >= 0 && **at == 'd') {
		thread += THREADS;
		(*at)++;
	}
	if (**at == 'v') {
		(*at)++;
		variant = number(at, 9);
	}
	if (**at == 'x') {
		(*at)++;
		times = number(at, SV_EXPLORE_STEPS);
	}
	if (thread < 0 || variant < 0 || times < 0 || (**at && **at != '.'))
		return -1;
	*c = (struct sv_x_choice){ (uint8_t)thread, (uint8_t)variant };
	*at += **at == '.';
	return times;
}

struct sv_x_choice *sv_x_read(const char *text, size_t *n, struct sv_diag *diag)
{
	struct sv_x_choice *choice = calloc(SV_EXPLORE_STEPS, sizeof(*choice)), c;
	const char *at = text;

	if (!choice) {
		sv_error(diag, NULL, "out of memory");
		return NULL;
	}
	for (*n = 0; *at;) {
		const char *start = at;
		long times = item(&at, &c);

		if (times < 0 || *n + (size_t)times > SV_EXPLORE_STEPS) {
			sv_error(diag, NULL, "the schedule cannot be read from '%s' on", start);
			free(choice);
			return NULL;
		}
		while (times-- > 0)
			choice[(*n)++] = c;
	}
	return choice;
}

/* Who goes on when nobody was named: the same as before, or else the first. */
static unsigned by_default(uint32_t enabled, int last)
{
	unsigned p = 0;

	if (last >= 0 && enabled & sv_x_bit((unsigned)last))
		return (unsigned)last;
	while (!(enabled & sv_x_bit(p)))
		p++;
	return p;
}

void sv_x_play(struct sv_explorer *x, const struct sv_x_choice *choice, size_t n)
{
	size_t used = 0;
	int last = -1;

	sv_x_start(x);
	while (!x->fault) {
		uint32_t enabled = sv_x_enabled(x);
		struct sv_x_choice c;

		if (!enabled) {
			sv_x_judge_end(x);
			break;
		}
		while (used < n &&
			(!(enabled & sv_x_bit(choice[used].proc)) ||
				choice[used].variant >= sv_x_variants(x, choice[used].proc)))
			used++;
		c = used < n ? choice[used++]
			     : (struct sv_x_choice){ (uint8_t)by_default(enabled, last), 0 };
		last = c.proc;
		sv_x_step(x, c.proc, c.variant);
	}
	sv_x_end(x);
}

struct sv_x_choice *sv_x_taken(const struct sv_explorer *x)
{
	struct sv_x_choice *choice = calloc(SV_EXPLORE_STEPS, sizeof(*choice));

	for (unsigned i = 0; choice && i < x->depth; i++)
		choice[i] = (struct sv_x_choice){ x->event[i].proc, x->event[i].variant };
	return choice;
}

unsigned sv_x_switches(const struct sv_x_choice *choice, size_t n)
{
	unsigned switches = 0;

	for (size_t i = 1; i < n; i++)
		switches += choice[i].proc % THREADS != choice[i - 1].proc % THREADS;
	return switches;
}
