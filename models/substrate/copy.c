/*
 * copy.c - simulated threads copy entries of queues and write registers of devices
 *
 * A copy fetches each line once; the rest of a line are hits, by vector registers of 16 bytes. Its
 * bytes take effect in no order of their own: an entry is nobody's but the copier's until another
 * word says otherwise.
 */
#include "simulated_private.h"
#include <string.h>

enum { WORD = sizeof(uint64_t), VECTOR = 16 };

static bool begins_line(const struct sv_sim_thread *t, const char *p)
{
	return (size_t)(p - t->memory->arena) % SV_LINE_BYTES == 0;
}

/* What the accesses beyond the first of each line cost. */
static void elapse_hits(struct sv_sim_thread *t, size_t bytes, size_t lines, enum sv_cost hit)
{
	size_t vectors = (bytes + VECTOR - 1) / VECTOR;

	if (vectors > lines)
		sv_sim_elapse(t, (sv_time)(vectors - lines) * sv_sim_cost(t, hit));
}

void sv_copy_out(void *shared, const void *own, size_t bytes)
{
	struct sv_sim_thread *t = sv_sim_self;
	char *to = shared;
	const char *from = own;
	size_t lines = 0;

	SV_BUG_ON(bytes % WORD);
	for (size_t at = 0; at < bytes; at += WORD) {
		uint64_t value;

		memcpy(&value, from + at, WORD);
		if (at == 0 || begins_line(t, to + at)) {
			sv_sim_store(to + at, WORD, value, SV_RELAXED);
			lines++;
		} else {
			memcpy(to + at, &value, WORD);
		}
	}
	elapse_hits(t, bytes, lines, SV_COST_HIT_STORE);
}

void sv_copy_in(void *own, const void *shared, size_t bytes)
{
	struct sv_sim_thread *t = sv_sim_self;
	char *to = own;
	const char *from = shared;
	size_t lines = 0;

	SV_BUG_ON(bytes % WORD);
	for (size_t at = 0; at < bytes; at += WORD) {
		uint64_t value;

		if (at == 0 || begins_line(t, from + at)) {
			value = sv_sim_load(from + at, WORD);
			lines++;
		} else if (!t->stores || !sv_sim_forward(t, from + at, WORD, &value)) {
			value = sv_memory_peek(from + at, WORD);
		}
		memcpy(to + at, &value, WORD);
	}
	elapse_hits(t, bytes, lines, SV_COST_HIT_LOAD);
}

/* Registers are not cached: nobody has a copy that would have to go. The write is posted: the core
 * goes on when the write has left it. */
void sv_doorbell(sv_u32 *word, uint32_t value)
{
	struct sv_sim_thread *t = sv_sim_self;
	sv_time cost = sv_sim_cost(t, SV_COST_MMIO_WRITE);

	sv_sim_drain(t);
	memcpy(&word->raw, &value, sizeof(value));
	sv_sim_elapse(t, cost < 0 ? sv_sim_cost(t, SV_COST_HIT_STORE) : cost);
}
