/*
 * simulated.c - loads, stores and atomics of simulated threads
 *
 * A hit takes effect at once and costs its row of the profile. A miss becomes a request
 * that takes effect when the line's home serves it.
 */
#include "simulated_private.h"

_Thread_local struct sv_sim_thread *sv_sim_self;

/* Out of line, so that the address of the thread-local is computed after the switch, not before. */
__attribute__((noinline)) static void resume_self(struct sv_sim_thread *t)
{
	sv_sim_self = t;
}

void sv_sim_elapse_slow(struct sv_sim_thread *t, sv_time time)
{
	if (t->agent)
		return;
	if (t->task) {
		sv_sim_thread_work(t, time);
		return;
	}
	sv_hold(&t->process, time);
	resume_self(t);
}

void sv_sim_block(struct sv_sim_thread *t)
{
	t->waiting = true;
	sv_suspend(&t->process);
	t->waiting = false;
	resume_self(t);
}

static uint64_t modify(uint64_t old, enum sv_rmw op, uint64_t a, uint64_t b)
{
	switch (op) {
	case SV_RMW_XCHG:
		return a;
	case SV_RMW_CAS:
		return old == a ? b : old;
	case SV_RMW_FAA:
		return old + a;
	case SV_RMW_AND:
		return old & a;
	case SV_RMW_OR:
		return old | a;
	}
	return old;
}

static uint64_t apply_rmw(void *word, unsigned bytes, enum sv_rmw op, uint64_t a, uint64_t b)
{
	uint64_t old = sv_memory_peek(word, bytes);

	sv_sim_poke(word, bytes, modify(old, op, a, b));
	return old;
}

/* The thread's request is served: take the value, and go on when the data is there. */
static void serve_access(struct sv_line_request *r, sv_time done)
{
	struct sv_sim_thread *t = SV_CONTAINER(r, struct sv_sim_thread, request);

	t->value = r->access == SV_READ
			   ? sv_memory_peek(t->word, t->bytes)
			   : apply_rmw(t->word, t->bytes, (enum sv_rmw)t->op, t->a, t->b);
	t->served = true;
	t->done = done;
	if (t->waiting)
		sv_sim_continue(t, done);
}

/* Sends the thread's request and waits until it has the data. */
static void fetch(struct sv_sim_thread *t, uint32_t line, enum sv_access access)
{
	struct sv_lp *lp = t->process.lp;
	sv_time arrival;

	t->request.line = line;
	t->request.pu = t->pu;
	t->request.access = (uint8_t)access;
	t->request.serve = serve_access;
	t->served = false;
	arrival = sv_now(lp) + sv_memory_flight(t->memory, &t->request);
	if (!t->running || !sv_advance(lp, arrival)) {
		sv_schedule(lp, arrival, SV_EVENT_ARRIVE, (uintptr_t)&t->request);
		sv_sim_block(t);
		return;
	}
	sv_memory_arrive(t->memory, &t->request);
	if (t->served)
		sv_sim_wait_until(t, t->done);
	else
		sv_sim_block(t);
}

static uint64_t miss(struct sv_sim_thread *t, uint32_t line, enum sv_access access)
{
	sv_meter_begin(&t->meter, sv_now(t->process.lp), SV_FETCHES);
	fetch(t, line, access);
	sv_meter_end(&t->meter, sv_now(t->process.lp), SV_FETCHES);
	return t->value;
}

static sv_time hit_cost(
	const struct sv_sim_thread *t, uint32_t line, enum sv_cost own, enum sv_cost family)
{
	/* A sibling's data is in the common cache, one step further than one's own. */
	if (sv_unlikely(sv_memory_sibling_wrote(t->memory, line, t->pu)))
		return sv_sim_cost(t, family);
	return sv_sim_cost(t, own);
}

uint64_t sv_sim_load(const void *word, unsigned bytes)
{
	struct sv_sim_thread *t = sv_sim_self;
	uint32_t line = sv_memory_line(t->memory, word);
	uint64_t value;

	if (sv_unlikely(t->agent))
		return sv_sim_agent_load(t, word, bytes);
	if (sv_unlikely(t->stores) && sv_sim_forward(t, word, bytes, &value)) {
		sv_sim_elapse(t, sv_sim_cost(t, SV_COST_HIT_LOAD));
		return value;
	}
	if (sv_unlikely(!sv_memory_readable(t->memory, line, t->pu))) {
		t->word = SV_UNCONST(word);
		t->bytes = (uint8_t)bytes;
		return miss(t, line, SV_READ);
	}
	value = sv_memory_peek(word, bytes);
	sv_sim_elapse(t, hit_cost(t, line, SV_COST_HIT_LOAD, SV_COST_LOAD_MODIFIED));
	return value;
}

uint64_t sv_sim_rmw(void *word, unsigned bytes, enum sv_rmw op, uint64_t a, uint64_t b)
{
	struct sv_sim_thread *t = sv_sim_self;
	uint32_t line = sv_memory_line(t->memory, word);
	uint64_t old;
	sv_time cost;

	if (sv_unlikely(t->agent)) {
		sv_sim_agent_wrote(t, word);
		return apply_rmw(word, bytes, (enum sv_rmw)op, a, b);
	}
	sv_sim_drain(t);
	if (sv_unlikely(!sv_memory_writable(t->memory, line, t->pu))) {
		t->word = word;
		t->bytes = (uint8_t)bytes;
		t->op = (uint8_t)op;
		t->a = a;
		t->b = b;
		return miss(t, line, SV_WRITE);
	}
	cost = hit_cost(t, line, SV_COST_HIT_RMW, SV_COST_RMW);
	old = apply_rmw(word, bytes, op, a, b);
	sv_memory_wrote(t->memory, line, t->pu);
	sv_sim_elapse(t, cost);
	return old;
}

void sv_sim_store(void *word, unsigned bytes, uint64_t value, enum sv_order order)
{
	struct sv_sim_thread *t = sv_sim_self;
	uint32_t line = sv_memory_line(t->memory, word);

	if (sv_unlikely(t->agent)) {
		sv_sim_poke(word, bytes, value);
		sv_sim_agent_wrote(t, word);
		return;
	}
	if (sv_likely(!t->stores) && sv_memory_writable(t->memory, line, t->pu)) {
		sv_sim_poke(word, bytes, value);
		sv_memory_wrote(t->memory, line, t->pu);
	} else {
		sv_sim_buffer(t, word, value, bytes);
	}
	sv_sim_elapse(t, sv_sim_cost(t, SV_COST_HIT_STORE));
	if (order == SV_SEQ_CST)
		sv_fence();
}

void sv_fence(void)
{
	struct sv_sim_thread *t = sv_sim_self;

	sv_sim_drain(t);
	sv_sim_elapse(t, sv_sim_cost(t, SV_COST_FENCE));
}

void sv_relax(uint64_t n)
{
	struct sv_sim_thread *t = sv_sim_self;

	sv_sim_elapse(t, (sv_time)n * sv_sim_cost(t, SV_COST_PAUSE));
}

void sv_sim_host_fault(struct sv_sim_thread *t)
{
	if (!t->task)
		return;
	t->team->os->host_fault(t);
	sv_sim_elapse(t, 0);
}

void sv_sim_preempt_off(struct sv_sim_thread *t)
{
	if (t->task)
		t->team->os->preemptible(t, false);
}

void sv_sim_preempt_on(struct sv_sim_thread *t)
{
	if (!t->task)
		return;
	t->team->os->preemptible(t, true);
	/* What was put off has happened: nothing more takes effect until it runs again. */
	if (!t->running)
		sv_sim_thread_work(t, 0);
}

void sv_sim_irqs_off(struct sv_sim_thread *t)
{
	t->irqs_off++;
}

void sv_sim_irqs_on(struct sv_sim_thread *t)
{
	SV_BUG_ON(t->irqs_off == 0);
	if (--t->irqs_off > 0 || !t->task)
		return;
	t->team->os->irqs_on(t);
	if (!t->running)
		sv_sim_thread_work(t, 0);
}

unsigned sv_cpu(void)
{
	return sv_sim_self->cpu;
}

unsigned sv_cpus(void)
{
	return sv_sim_self->team->cpus;
}

unsigned sv_sim_node(const struct sv_sim_thread *t)
{
	const struct sv_sim_team *team = t->team;

	if (team->numa_nodes)
		return t->cpu * team->numa_nodes / team->cpus;
	return t->memory->machine->node_of[t->pu];
}

unsigned sv_numa_node(void)
{
	return sv_sim_node(sv_sim_self);
}

sv_time sv_clock(void)
{
	return sv_now(sv_sim_self->process.lp);
}

void *sv_percpu(unsigned cpu)
{
	return sv_sim_self->percpu[cpu];
}

/* The arena may lie anywhere; a place within it is the same in every run. */
uint64_t sv_place(const void *p)
{
	return (uint64_t)((const char *)p - sv_sim_self->memory->arena);
}
