/*
 * store_buffer.c - stores that have left their core but are not visible yet
 *
 * Stores become visible in program order (total store order). The oldest asks for its
 * line; when it has it, the next one goes. A core whose profile says so has the lines of
 * some later stores on their way meanwhile. Such a line is the core's from when its home
 * serves it; who takes it before its store has its turn makes that store ask again.
 */
#include "bug.h"
#include "simulated_private.h"
#include <stdlib.h>
#include <string.h>

static void write_through(struct sv_sim_thread *t)
{
	const struct sv_sim_store *s = &t->store[t->first_store];

	sv_sim_poke(s->word, s->bytes, s->value);
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

static const struct sv_sim_store *store_at(const struct sv_sim_thread *t, unsigned i)
{
	return &t->store[(t->first_store + i) % SV_STORE_BUFFER];
}

static struct sv_sim_ahead *find_ahead(const struct sv_sim_thread *t, uint32_t line)
{
	for (unsigned i = 0; t->ahead && i < SV_STORES_AHEAD; i++)
		if (t->ahead[i].under_way && t->ahead[i].request.line == line)
			return &t->ahead[i];
	return NULL;
}

/* A line that was asked for early is the core's now. Its store may have come to its turn. */
static void serve_ahead(struct sv_line_request *r, sv_time done)
{
	struct sv_sim_ahead *a = SV_CONTAINER(r, struct sv_sim_ahead, request);
	struct sv_sim_thread *t = a->thread;

	a->under_way = false;
	a->done = done;
	if (!t->awaits_ahead || sv_memory_line(t->memory, store_at(t, 0)->word) != r->line)
		return;
	t->awaits_ahead = false;
	write_through(t);
	sv_schedule(t->process.lp, done, SV_EVENT_COMMIT, (uintptr_t)t);
}

static struct sv_sim_ahead *spare(const struct sv_sim_thread *t, unsigned most)
{
	struct sv_sim_ahead *found = NULL;
	sv_time now = sv_now(t->process.lp);
	unsigned busy = 0;

	for (unsigned i = 0; i < SV_STORES_AHEAD; i++)
		if (t->ahead[i].under_way || t->ahead[i].done > now)
			busy++;
		else
			found = &t->ahead[i];
	return busy < most ? found : NULL;
}

static bool looks_ahead(const struct sv_sim_thread *t)
{
	return t->memory->machine->factor[SV_FACTOR_STORES_AHEAD] >= 1.5;
}

/* Asks for the lines of stores behind the oldest, as many as the core can. */
static void look_ahead(struct sv_sim_thread *t)
{
	double factor = t->memory->machine->factor[SV_FACTOR_STORES_AHEAD];
	uint32_t oldest = sv_memory_line(t->memory, store_at(t, 0)->word);
	struct sv_sim_ahead *a;

	if (!looks_ahead(t))
		return;
	if (!t->ahead)
		t->ahead = calloc(SV_STORES_AHEAD, sizeof(*t->ahead));
	SV_BUG_ON(!t->ahead);
	for (unsigned i = 1; i < t->stores; i++) {
		uint32_t line = sv_memory_line(t->memory, store_at(t, i)->word);

		if (line == oldest || sv_memory_writable(t->memory, line, t->pu) ||
			find_ahead(t, line))
			continue;
		a = spare(t, (unsigned)(factor + 0.5) - 1);
		if (!a)
			return;
		a->thread = t;
		a->under_way = true;
		a->request.line = line;
		a->request.pu = t->pu;
		a->request.access = SV_WRITE;
		a->request.serve = serve_ahead;
		sv_memory_send(t->memory, &a->request);
	}
}

/*
 * The oldest store takes effect if its line is here; otherwise it asks for the line. Returns when
 * it leaves the buffer; SV_TIME_MAX: when the line comes.
 */
static sv_time advance(struct sv_sim_thread *t)
{
	uint32_t line = sv_memory_line(t->memory, t->store[t->first_store].word);
	sv_time ready = sv_now(t->process.lp);

	if (!sv_memory_writable(t->memory, line, t->pu)) {
		if (find_ahead(t, line))
			t->awaits_ahead = true;
		else
			ask_for_line(t, line);
		return SV_TIME_MAX;
	}
	write_through(t);
	sv_memory_wrote(t->memory, line, t->pu);
	/* The core may have the line, and not yet its data. */
	if (t->ahead && t->memory->line[line].granted > ready)
		ready = t->memory->line[line].granted;
	return ready + sv_sim_cost(t, SV_COST_HIT_STORE);
}

/* Takes the oldest store out; true when the next one leaves now, too: time has run ahead. */
static bool commit(struct sv_sim_thread *t)
{
	struct sv_lp *lp = t->process.lp;
	sv_time at;

	t->first_store = (t->first_store + 1) % SV_STORE_BUFFER;
	t->stores--;
	t->visible = false;
	if (!t->stores) {
		if (t->draining)
			sv_sim_continue_now(t);
		return false;
	}
	at = advance(t);
	/* What looking ahead asks for leaves now, and after this event in the order of its LP. */
	if (at < SV_TIME_MAX && !looks_ahead(t) && sv_advance(lp, at))
		return true;
	if (at < SV_TIME_MAX)
		sv_schedule(lp, at, SV_EVENT_COMMIT, (uintptr_t)t);
	look_ahead(t);
	return false;
}

void sv_sim_committed(struct sv_sim_thread *t)
{
	while (commit(t))
		continue;
}

void sv_sim_drain_slow(struct sv_sim_thread *t)
{
	sv_meter_begin(&t->meter, sv_now(t->process.lp), SV_FETCHES);
	t->draining = true;
	sv_sim_block(t);
	t->draining = false;
	sv_meter_end(&t->meter, sv_now(t->process.lp), SV_FETCHES);
}

void sv_sim_buffer(struct sv_sim_thread *t, void *word, uint64_t value, unsigned bytes)
{
	/* Now, while whoever gives a wrong address can be named. */
	uint32_t line = sv_memory_line(t->memory, word);

	/* A full buffer stalls the core; waiting for all of it is simpler than for one entry, and
	 * as rare. */
	if (t->stores == SV_STORE_BUFFER)
		sv_sim_drain_slow(t);
	t->store[(t->first_store + t->stores) % SV_STORE_BUFFER] =
		(struct sv_sim_store){ word, value, bytes };
	if (t->stores++ == 0)
		ask_for_line(t, line);
	else
		look_ahead(t);
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
