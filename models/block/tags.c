/*
 * tags.c - the numbers of requests that a hardware queue can have at a time
 *
 * Left out: Linux wakes waiters in batches and from eight queues in turn, here one tag wakes one
 * waiter.
 *
 * Reference     Linux 6.6, lib/sbitmap.c.
 */
#include "block/tags.h"
#define SV_SUBSTRATE_simulated 1
#include "substrate.h"
#include <stdlib.h>

struct sv_tag_word {
	_Alignas(SV_LINE_BYTES) sv_u64 used;
	_Alignas(SV_LINE_BYTES) sv_u64 freed;
};

/* Small maps have several words, too, so that CPUs spread: sbitmap_calculate_shift(). */
static uint32_t shift_of(uint32_t depth)
{
	uint32_t shift = 6;

	if (depth >= 4)
		while (UINT32_C(4) << shift > depth)
			shift--;
	return shift;
}

int sv_tags_init(struct sv_tags *t, struct sv_system *system, uint32_t depth, unsigned node,
	struct sv_diag *diag)
{
	*t = (struct sv_tags){ .depth = depth, .shift = shift_of(depth) };
	t->words = (depth + (UINT32_C(1) << t->shift) - 1) >> t->shift;
	t->word = sv_memory_alloc(system->memory, t->words * sizeof(*t->word), node);
	t->hint = calloc(system->team.cpus, sizeof(*t->hint));
	if (!t->word || !t->hint)
		return sv_error(diag, NULL, "out of simulated memory for tags");
	/* Linux begins at random places: evenly spread ones serve as well. */
	for (unsigned cpu = 0; cpu < system->team.cpus; cpu++)
		t->hint[cpu] = (uint32_t)((uint64_t)cpu * depth / system->team.cpus);
	return 0;
}

void sv_tags_fini(struct sv_tags *t)
{
	free(t->hint);
}

/* Tags of a word: the last one may have fewer. */
static uint32_t bits_of(const struct sv_tags *t, uint32_t word)
{
	uint32_t first = word << t->shift, all = UINT32_C(1) << t->shift;

	return t->depth - first < all ? t->depth - first : all;
}

/* What has been freed can be had again. */
static bool take_back(struct sv_tag_word *w)
{
	uint64_t freed;

	if (!sv_load(&w->freed, SV_RELAXED))
		return false;
	freed = sv_xchg(&w->freed, 0, SV_ACQ_REL); /* F: with sv_tags_free */
	sv_and(&w->used, ~freed, SV_ACQ_REL);
	return freed != 0;
}

/* A tag of one word at `from` or behind it, else before it. */
static int take_from_word(struct sv_tag_word *w, uint32_t bits, uint32_t from)
{
	uint64_t mask = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;

	for (;;) {
		uint64_t open = ~sv_load(&w->used, SV_RELAXED) & mask;
		uint64_t behind = open & ~((UINT64_C(1) << from) - 1);
		int bit;

		if (!open) {
			if (!take_back(w))
				return -1;
			continue;
		}
		bit = __builtin_ctzll(behind ? behind : open);
		if (!(sv_or(&w->used, UINT64_C(1) << bit, SV_ACQUIRE) >> bit & 1))
			return bit;
	}
}

uint32_t sv_tags_try(struct sv_tags *t, struct sv_sim_thread *self)
{
	uint32_t *hint = &t->hint[self->cpu], word = *hint >> t->shift;
	uint32_t from = *hint & ((UINT32_C(1) << t->shift) - 1);

	for (uint32_t i = 0; i < t->words; i++, from = 0) {
		uint32_t at = (word + i) % t->words;
		int bit = take_from_word(&t->word[at], bits_of(t, at), from);

		if (bit < 0)
			continue;
		t->used++;
		*hint = ((at << t->shift) + (uint32_t)bit + 1) % t->depth;
		return (at << t->shift) + (uint32_t)bit;
	}
	return SV_NO_TAG;
}

uint32_t sv_tags_wait(struct sv_tags *t, struct sv_sim_thread *self)
{
	struct sv_waiter w;
	uint32_t tag;

	t->waits++;
	sv_wait_join(&t->waiting, &w, self);
	tag = sv_tags_try(t, self);
	if (tag == SV_NO_TAG)
		sv_wait_sleep_for_io(&w);
	/* Who got a tag by itself has no use for a wake-up. */
	if (sv_wait_leave(&t->waiting, &w) && tag != SV_NO_TAG)
		sv_wait_wake(&t->waiting, 1, self);
	return tag;
}

void sv_tags_free(struct sv_tags *t, uint32_t tag, struct sv_sim_thread *self)
{
	uint32_t bit = tag & ((UINT32_C(1) << t->shift) - 1);

	/* F: with take_back() */
	sv_or(&t->word[tag >> t->shift].freed, UINT64_C(1) << bit, SV_RELEASE);
	SV_BUG_ON(t->used == 0);
	t->used--;
	t->hint[self->cpu] = tag;
	sv_wait_wake(&t->waiting, 1, self);
}
