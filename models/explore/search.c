/*
 * search.c - depth-first through all runs that matter
 *
 * A node is a point of the present run: who could go on there, whom the search must still try
 * and whom it need not. To go back is to run the program anew up to the last node with something
 * to try. A process that was tried sleeps in the runs that follow until something dependent
 * happens (sleep sets: Godefroid, LNCS 1032, 1996); a run in which all sleep repeats another.
 */
#include "explore_private.h"

/* Who was last to run a thread's code before the node, or -1. */
static int running_at(const struct sv_explorer *x, unsigned node)
{
	while (node-- > 0)
		if (!sv_x_is_buffer(x->event[node].proc))
			return x->event[node].proc;
	return -1;
}

/* A thread is made to stop that could have gone on. Stores drain by themselves. */
static bool preempts(const struct sv_explorer *x, unsigned node, unsigned proc)
{
	int running = running_at(x, node);

	return !sv_x_is_buffer(proc) && running >= 0 && running != (int)proc &&
	       x->node[node].enabled & sv_x_bit((unsigned)running);
}

static bool is_affordable(const struct sv_explorer *x, unsigned node, unsigned proc)
{
	unsigned most = (unsigned)x->options->preemptions;

	return !x->bounded ||
	       x->node[node].preemptions + (preempts(x, node, proc) ? 1u : 0u) <= most;
}

/* Takes one of a set, whoever ran before if possible: such runs are easy to read. */
static bool choose(struct sv_explorer *x, unsigned node, uint32_t set)
{
	struct sv_x_node *n = &x->node[node];
	unsigned proc = node > 0 ? x->event[node - 1].proc : 0;

	for (unsigned p = 0; p < PROCS; p++)
		if (set & sv_x_bit(p) && !is_affordable(x, node, p))
			set &= ~sv_x_bit(p);
	if (!set)
		return false;
	while (!(set & sv_x_bit(proc)))
		proc = (proc + 1) % PROCS;
	n->proc = (uint8_t)proc;
	n->variant = 0;
	if (x->options->unreduced)
		n->backtrack = n->enabled;
	n->backtrack |= sv_x_bit(proc);
	return true;
}

/* A node for the present state; false when the run ends here. */
static bool add_node(struct sv_explorer *x, uint32_t sleep)
{
	struct sv_x_node *n = &x->node[x->depth];
	const struct sv_x_node *before = n - 1;

	*n = (struct sv_x_node){ .enabled = sv_x_enabled(x), .sleep = sleep };
	if (x->depth > 0)
		n->preemptions =
			(uint8_t)(before->preemptions + preempts(x, x->depth - 1, before->proc));
	if (!n->enabled) {
		sv_x_judge_end(x);
		return false;
	}
	if (!choose(x, x->depth, n->enabled & ~sleep)) {
		x->result->pruned++;
		return false;
	}
	x->nodes++;
	return true;
}

/* Takes a node's step; returns who sleeps after it, when that makes a new node. */
static uint32_t step(struct sv_explorer *x, struct sv_x_node *n)
{
	struct sv_x_event sleeper[PROCS];
	bool reduced = !x->bounded && !x->options->unreduced;
	bool matters = reduced && x->depth + 1 == x->nodes;
	uint32_t sleep = matters ? n->sleep & n->enabled : 0, still = 0;
	unsigned at = x->depth;

	for (unsigned p = 0; p < PROCS; p++)
		if (sleep & sv_x_bit(p)) {
			sleeper[p].proc = (uint8_t)p;
			sleeper[p].accesses = (uint8_t)sv_x_accesses(x, p, sleeper[p].access);
		}
	n->variants = (uint8_t)sv_x_variants(x, n->proc);
	sv_x_step(x, n->proc, n->variant);
	for (unsigned p = 0; p < PROCS; p++)
		if (sleep & sv_x_bit(p) && !sv_x_dependent(&x->event[at], &sleeper[p]))
			still |= sv_x_bit(p);
	return still;
}

static void run_once(struct sv_explorer *x)
{
	uint32_t sleep = 0;

	x->prefix = x->nodes;
	sv_x_start(x);
	while (!x->fault) {
		if (x->depth == x->nodes && !add_node(x, sleep))
			break;
		sleep = step(x, &x->node[x->depth]);
	}
	sv_x_end(x);
}

/* Chooses anew at the last node where that is due; false when there is none. */
static bool next(struct sv_explorer *x)
{
	while (x->nodes > 0) {
		struct sv_x_node *n = &x->node[x->nodes - 1];

		if (n->variant + 1 < n->variants) {
			n->variant++;
			return true;
		}
		n->sleep |= sv_x_bit(n->proc);
		if (choose(x, x->nodes - 1, n->backtrack & n->enabled & ~n->sleep))
			return true;
		x->nodes--;
	}
	return false;
}

/* The same for all runs that differ only in the order of independent events. */
static uint64_t trace(const struct sv_explorer *x)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < x->depth; i++) {
		const struct sv_x_event *e = &x->event[i];
		uint64_t one =
			((uint64_t)e->proc << 32 | (uint64_t)e->variant << 16 | e->index) + 1;

		/* Fowler, Noll and Vo's hash. */
		for (unsigned p = 0; p < PROCS; p++)
			one = (one ^ e->clock.at[p]) * 0x100000001b3u;
		all += one ^ one >> 29;
	}
	return all;
}

void sv_x_search(struct sv_explorer *x)
{
	uint64_t pruned;

	x->searching = true;
	x->bounded = x->options->preemptions >= 0;
	x->nodes = 0;
	do {
		pruned = x->result->pruned;
		run_once(x);
		if (x->fault)
			break;
		if (pruned == x->result->pruned) {
			x->result->runs++;
			if (x->options->complete)
				x->options->complete(trace(x), x->options->complete_arg);
		}
		if (!sv_x_counted(x))
			break;
		if (!next(x))
			x->result->end = SV_EXPLORE_COMPLETE;
	} while (x->nodes > 0);
	x->searching = false;
}
