/*
 * lock_stuck.c - whether anybody can still get a lock at the end of a run
 *
 * Nobody can when every thread that uses the locks is in one of their functions and waits for
 * another one: its word will not change, and no one will wake it. That is a deadlock for
 * certain. A lock that polls does something for ever, so it counts as stuck when, on CPUs
 * of its threads' own, nobody has got it for most of a long window.
 */
#include "bug.h"
#include "workloads/lock_set.h"
#include <stdio.h>
#include <stdlib.h>

#define SHOWN     4
#define LONG_TIME SV_MS

static bool is_between(const void *p, const void *start, size_t bytes)
{
	return (uintptr_t)p - (uintptr_t)start < bytes;
}

static void put_offset(FILE *to, ptrdiff_t offset)
{
	if (offset)
		fprintf(to, " + %td", offset);
}

/* "lock + 4", "node of CPU 2". */
static void put_place(FILE *to, const struct sv_lock_set *s, const void *p)
{
	const char *at = p;

	for (unsigned i = 0; i < s->locks; i++)
		if (is_between(p, s->lock[i].lock, s->kind->lock_bytes)) {
			fputs("lock", to);
			if (s->locks > 1)
				fprintf(to, " %u", i);
			put_offset(to, at - (const char *)s->lock[i].lock);
			return;
		}
	for (const struct sv_lock_user *u = s->first; u; u = u->next)
		for (unsigned i = 0; i < s->depth; i++)
			if (is_between(p, u->node[i], s->kind->node_bytes)) {
				fprintf(to, "node of CPU %u", u->thread->cpu);
				put_offset(to, at - (const char *)u->node[i]);
				return;
			}
	fputs("a node of a CPU", to);
}

static bool is_in_lock(const struct sv_lock_user *u)
{
	int phase = u->thread->meter.phase;

	return phase == SV_LOCK_WAITING || phase == SV_LOCK_NESTING || phase == SV_LOCK_RELEASING;
}

static bool spins_for_ever(const struct sv_sim_thread *t)
{
	const struct sv_watcher *w = &t->watcher;

	return t->watching && t->deadline == SV_TIME_MAX && t->stores == 0 &&
	       !sv_watcher_holds(w, sv_memory_peek(w->word, w->bytes));
}

/* A guest's interrupts end halts, unless they are off. */
static bool sleeps_for_ever(const struct sv_sim_thread *t)
{
	if (t->halted)
		return !t->kicked && (!t->task || t->irqs_off);
	return t->asleep && t->futex;
}

static bool all_are_stuck(const struct sv_lock_set *s)
{
	for (const struct sv_lock_user *u = s->first; u; u = u->next)
		if (!is_in_lock(u) || (!spins_for_ever(u->thread) && !sleeps_for_ever(u->thread)))
			return false;
	return s->first != NULL;
}

static bool all_are_in_lock(const struct sv_lock_set *s)
{
	for (const struct sv_lock_user *u = s->first; u; u = u->next)
		if (!is_in_lock(u))
			return false;
	return s->first != NULL;
}

static void put_wait(FILE *to, const struct sv_lock_set *s, const struct sv_sim_thread *t)
{
	const struct sv_watcher *w = &t->watcher;
	uint64_t all = w->bytes < 8 ? (1ull << 8 * w->bytes) - 1 : UINT64_MAX;

	fprintf(to, "CPU %u ", t->cpu);
	if (t->watching) {
		fputs("spins on ", to);
		put_place(to, s, w->word);
		fprintf(to, " until it is %s%#llx", w->differs ? "not " : "",
			(unsigned long long)(w->want & all));
		if ((w->mask & all) != all)
			fprintf(to, " in %#llx", (unsigned long long)(w->mask & all));
		fprintf(to, ", and sees %#llx",
			(unsigned long long)sv_memory_peek(w->word, w->bytes));
	} else if (t->halted) {
		fputs("has halted, and nobody kicks it", to);
	} else {
		fputs("sleeps on ", to);
		put_place(to, s, t->futex);
		fputs(", and nobody wakes it", to);
	}
}

/* What the first few wait for. */
static char *waits(const struct sv_lock_set *s)
{
	unsigned shown = 0;
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	SV_BUG_ON(!to);
	for (const struct sv_lock_user *u = s->first; u && shown < SHOWN; u = u->next, shown++) {
		fputs(shown ? "; " : "", to);
		put_wait(to, s, u->thread);
	}
	if (s->users > shown)
		fprintf(to, "; and %u more", s->users - shown);
	SV_BUG_ON(fclose(to));
	return text;
}

int sv_lock_set_check_stuck(
	const struct sv_lock_set *s, const char *name, sv_time now, struct sv_diag *diag)
{
	sv_time quiet = now - (s->last > s->since ? s->last : s->since);
	char buf[64];
	char *text;

	if (all_are_stuck(s)) {
		text = waits(s);
		sv_error(diag, NULL, "%s: %s deadlocks: nobody can go on. %s", name, s->kind->name,
			text);
		free(text);
		return -1;
	}
	if (!s->system->domain && quiet >= LONG_TIME && quiet >= (now - s->since) / 2 &&
		all_are_in_lock(s))
		return sv_error(diag, NULL,
			"%s: %s stands still: all %u threads wait in it, and nobody has got it "
			"for the last %s",
			name, s->kind->name, s->users,
			sv_time_format(buf, sizeof(buf), quiet / SV_US * SV_US));
	return 0;
}
