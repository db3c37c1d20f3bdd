/*
 * store_buffer.c - stores that have left their core but are not visible yet
 *
 * Stores become visible in program order (total store order). The oldest asks for its
 * line; when it has it, the next one goes. Real cores ask for later lines early, so a
 * burst of missing stores is charged more here than there; locks issue them one by one.
 */
#include "simulated_private.h"
#include <string.h>

static void write_through(struct sv_sim_thread *t)
{
	const struct sv_sim_store *s = &t->store[t->first_store];

	memcpy(s->word, &s->value, s->bytes);
	t->visible = true;
}

/* The data of the oldest store's line arrives at `done`; others see the new value from now on. */
static void serve_store(struct sv_line_request *r, sv_time done)
{
	struct sv_sim_thread *t = SV_CONTAINER(r, struct sv_sim_thread, store_request);

	write_through(t);
	sv_schedule(t->process.lp, done, SV_EVENT_COMMIT, (uintptr_t)t);
}

static void ask_for_line(struct sv_sim_thread *t, uint32_t line)
{
	t->store_request.line = line;
	t->store_request.pu = t->pu;
	t->store_request.access = SV_WRITE;
	t->store_request.serve = serve_store;
	sv_memory_send(t->memory, &t->store_request);
}

/* The oldest store takes effect if its line is here; otherwise it asks for the line. */
static void advance(struct sv_sim_thread *t)
{
	uint32_t line = sv_memory_line(t->memory, t->store[t->first_store].word);

	if (!sv_memory_writable(t->memory, line, t->pu)) {
		ask_for_line(t, line);
		return;
	}
	write_through(t);
	sv_memory_wrote(t->memory, line, t->pu);
	sv_schedule(t->process.lp, sv_now(t->process.lp) + sv_sim_cost(t, SV_COST_HIT_STORE),
		SV_EVENT_COMMIT, (uintptr_t)t);
}

void sv_sim_committed(struct sv_sim_thread *t)
{
	t->first_store = (t->first_store + 1) % SV_STORE_BUFFER;
	t->stores--;
	t->visible = false;
	if (t->stores)
		advance(t);
	else if (t->draining)
		sv_sim_continue(t, sv_now(t->process.lp));
}

void sv_sim_drain_slow(struct sv_sim_thread *t)
{
	sv_meter_begin(&t->meter, sv_now(t->process.lp), SV_FETCHES);
	t->draining = true;
	sv_sim_block(t);
	t->draining = false;
	sv_meter_end(&t->meter, sv_now(t->process.lp), SV_FETCHES);
}

void sv_sim_buffer(struct sv_sim_thread *t, const struct sv_sim_store *store)
{
	/* Now, while whoever gives a wrong address can be named. */
	uint32_t line = sv_memory_line(t->memory, store->word);

	/* A full buffer stalls the core; waiting for all of it is simpler than for one entry, and
	 * as rare. */
	if (t->stores == SV_STORE_BUFFER)
		sv_sim_drain_slow(t);
	t->store[(t->first_store + t->stores) % SV_STORE_BUFFER] = *store;
	if (t->stores++ == 0)
		ask_for_line(t, line);
}

bool sv_sim_forward(struct sv_sim_thread *t, const void *word, unsigned bytes, uint64_t *value)
{
	const char *low = word, *high = low + bytes;

	/* Of a visible store memory has the value, or what others have stored there since. */
	for (unsigned i = t->stores; i-- > t->visible;) {
		const struct sv_sim_store *s = &t->store[(t->first_store + i) % SV_STORE_BUFFER];
		const char *from = s->word, *to = from + s->bytes;

		if (from == low && s->bytes == bytes) {
			*value = 0;
			memcpy(value, &s->value, bytes);
			return true;
		}
		if (from < high && low < to) {
			sv_sim_drain_slow(t);
			return false;
		}
	}
	return false;
}
