/*
 * order.c - which events depend on which, and what must be tried in the other order
 *
 * Two events of different processes are dependent when they touch the same bytes and one of
 * them writes. Runs that differ only in the order of independent events are the same to the
 * program; the search needs one of each kind. So when an event comes after one that it depends on,
 * and nothing else forces that order, then a run that has them the other way round is due:
 * some process that begins such a run is added to what must be tried at the point before the
 * first. This is dynamic partial-order reduction with source sets (Abdulla, Aronsson, Jonsson and
 * Sagonas, Optimal dynamic partial order reduction, POPL 2014).
 *
 * A thread that waits for a condition may have missed the moment at which it held: its
 * operation is compared with the last event too, though it has not happened.
 */
#include "bug.h"
#include "explore_private.h"

static bool overlap(const struct sv_x_access *a, const struct sv_x_access *b)
{
	return a->start < b->start + b->bytes && b->start < a->start + a->bytes;
}

/* A load of a thread sees its own store in the buffer as it does in memory: that the store drains
 * makes no difference, unless the load needs other bytes as well. */
static bool own_store_matters(const struct sv_x_event *store, const struct sv_x_event *load)
{
	const struct sv_x_access *s = &store->access[0];

	if (!sv_x_is_buffer(store->proc) || load->accesses != 1)
		return false;
	return overlap(s, &load->access[0]) &&
	       (load->access[0].start < s->start ||
		       load->access[0].start + load->access[0].bytes > s->start + s->bytes);
}

bool sv_x_dependent(const struct sv_x_event *a, const struct sv_x_event *b)
{
	if (a->proc % THREADS == b->proc % THREADS)
		return a->proc == b->proc || own_store_matters(a, b) || own_store_matters(b, a);
	for (unsigned i = 0; i < a->accesses; i++)
		for (unsigned k = 0; k < b->accesses; k++)
			if ((a->access[i].write || b->access[k].write) &&
				overlap(&a->access[i], &b->access[k]))
				return true;
	return false;
}

static bool is_in(const struct sv_x_clock *past, const struct sv_x_event *e)
{
	return past->at[e->proc] >= e->index;
}

/* The events that need not come after the i-th, in a run that puts e before it. */
struct part {
	uint16_t first[PROCS]; /* index of each process's first; 0: none */
	uint32_t initials;     /* processes that can begin it */
};

static void part_add(struct part *v, const struct sv_x_event *e)
{
	bool first = true;

	if (v->first[e->proc])
		return;
	for (unsigned p = 0; p < PROCS; p++)
		if (v->first[p] && e->clock.at[p] >= v->first[p])
			first = false;
	v->first[e->proc] = e->index;
	if (first)
		v->initials |= sv_x_bit(e->proc);
}

/* Adds one of the wanted processes, the given one if it is among them. */
static void try_at(struct sv_x_node *n, uint32_t wanted, unsigned proc)
{
	while (!(wanted & n->enabled & sv_x_bit(proc)))
		proc = (proc + 1) % PROCS;
	n->backtrack |= sv_x_bit(proc);
}

/* Under a bound on preemptions the other order may be affordable only where the thread that is to
 * wait was given the CPU (Coons, Musuvathi and McKinley, Bounded partial-order reduction, OOPSLA
 * 2013), or where it waits for its store buffer. */
static void try_bounded(struct sv_explorer *x, unsigned i, unsigned proc)
{
	unsigned thread = x->event[i].proc % THREADS;

	for (unsigned k = i + 1; k-- > 0 && x->event[k].proc % THREADS == thread;) {
		struct sv_x_node *n = &x->node[k];

		n->backtrack |= n->enabled & sv_x_bit(proc) ? sv_x_bit(proc) : n->enabled;
	}
}

/* Event e, of those before the n-th, could have come before the i-th. */
static void race(struct sv_explorer *x, unsigned i, const struct sv_x_event *e, unsigned n)
{
	struct sv_x_node *node = &x->node[i];
	struct part v = { .initials = 0 };
	bool alone;

	for (unsigned k = i + 1; k < n; k++)
		if (!is_in(&x->event[k].clock, &x->event[i]))
			part_add(&v, &x->event[k]);
	alone = v.first[e->proc] == 0;
	part_add(&v, e);
	if (x->bounded) {
		try_bounded(x, i, e->proc);
		return;
	}
	/* The i-th event is what made it possible. */
	if (alone && v.initials & sv_x_bit(e->proc) && !(node->enabled & sv_x_bit(e->proc)))
		return;
	/* Whoever comes first in the part needs nothing that the i-th event did. */
	SV_BUG_ON(!(v.initials & node->enabled));
	if (!(v.initials & (node->backtrack | node->sleep)))
		try_at(node, v.initials, e->proc);
}

/* Completes the clock of e, which comes after n others. Events before the first are not races. */
static void scan(struct sv_explorer *x, struct sv_x_event *e, unsigned n, unsigned first)
{
	uint16_t races[SV_EXPLORE_STEPS];
	unsigned count = 0;

	for (unsigned i = n; i-- > 0;) {
		const struct sv_x_event *before = &x->event[i];

		if (is_in(&e->clock, before) || !sv_x_dependent(before, e))
			continue;
		if (i >= first && before->proc % THREADS != e->proc % THREADS)
			races[count++] = (uint16_t)i;
		sv_x_join(&e->clock, &before->clock);
	}
	for (unsigned i = 0; i < count && !x->options->unreduced; i++)
		race(x, races[i], e, n);
}

bool sv_x_is_new(const struct sv_explorer *x)
{
	return x->searching && x->depth + 1 >= x->prefix;
}

void sv_x_order(struct sv_explorer *x)
{
	if (x->searching)
		scan(x, &x->event[x->depth], x->depth, 0);
}

void sv_x_order_waiting(struct sv_explorer *x)
{
	unsigned last = x->depth - 1, by = x->event[last].proc % THREADS;

	if (!x->searching || x->depth < x->prefix)
		return;
	for (unsigned i = 0; i < x->threads; i++) {
		const struct sv_x_thread *t = &x->thread[i];
		struct sv_x_event e = { .proc = (uint8_t)i, .clock = x->clock[i] };

		if (t->ended || !sv_x_waits(t))
			continue;
		e.accesses = (uint8_t)sv_x_accesses(x, i, e.access);
		e.index = ++e.clock.at[i];
		/* Who has been waiting was compared with all before. */
		if (i == by || sv_x_dependent(&x->event[last], &e))
			scan(x, &e, x->depth, i == by ? 0 : last);
	}
}
