/*
 * memory.c - what threads see, what they can do, and what that would touch
 *
 * Total store order: a plain store goes into its thread's buffer, from where it drains by a
 * step of its own; loads look there first. A load that a buffered store covers only in part
 * waits until it has drained, as on the hardware. Read-modify-writes, fences and all that enters
 * the kernel or leaves the guest wait for an empty buffer. Under sequential consistency the buffer
 * is never used.
 */
#include "explore_private.h"
#include <string.h>

bool sv_x_overlap(uintptr_t a, unsigned a_bytes, uintptr_t b, unsigned b_bytes)
{
	return a < b + b_bytes && b < a + a_bytes;
}

uint64_t sv_x_get(const void *word, unsigned bytes)
{
	uint64_t value = 0;

	memcpy(&value, word, bytes); /* little-endian, as both processors are */
	return value;
}

/* The youngest store of a thread's own that overlaps a word, or NULL. */
const struct sv_x_buffered *sv_x_own_store(
	const struct sv_x_thread *t, const void *word, unsigned bytes)
{
	for (unsigned i = t->stores; i-- > 0;)
		if (sv_x_overlap((uintptr_t)word, bytes, (uintptr_t)t->buffer[i].op.word,
			    t->buffer[i].op.bytes))
			return &t->buffer[i];
	return NULL;
}

static bool covers(const struct sv_explored_op *store, const void *word, unsigned bytes)
{
	uintptr_t from = (uintptr_t)store->word, at = (uintptr_t)word;

	return from <= at && at + bytes <= from + store->bytes;
}

/* What the thread sees now. */
uint64_t sv_x_see(const struct sv_x_thread *t, const void *word, unsigned bytes)
{
	const struct sv_x_buffered *own = sv_x_own_store(t, word, bytes);
	size_t offset;

	if (!own || !covers(&own->op, word, bytes))
		return sv_x_get(word, bytes);
	offset = (size_t)((const char *)word - (const char *)own->op.word);
	return sv_x_get((const char *)&own->op.a + offset, bytes);
}

bool sv_x_is_rmw(unsigned kind)
{
	return kind >= SV_X_XCHG && kind <= SV_X_OR;
}

bool sv_x_is_read(unsigned kind)
{
	return kind == SV_X_LOAD || kind == SV_X_AWAIT || kind == SV_X_AWAIT_NE ||
	       kind == SV_X_AWAIT_FOR;
}

bool sv_x_flushes(const struct sv_x_thread *t)
{
	switch (t->op.kind) {
	case SV_X_STORE:
		return t->op.at.order == SV_SEQ_CST || t->x->options->memory == SV_EXPLORE_SC;
	case SV_X_FENCE:
	case SV_X_HALT:
	case SV_X_KICK:
	case SV_X_FUTEX_WAIT:
	case SV_X_FUTEX_WAKE:
		return true;
	default:
		return sv_x_is_rmw(t->op.kind);
	}
}

bool sv_x_holds(const struct sv_explored_op *op, uint64_t value)
{
	return op->kind == SV_X_AWAIT_NE ? value != op->a : (value & op->a) == op->b;
}

static bool is_asleep(const struct sv_x_thread *t)
{
	for (unsigned i = 0; i < t->x->sleepers; i++)
		if (t->x->sleeper[i] == t->number)
			return true;
	return false;
}

/* Looking again may tell the thread more than the last time. */
static bool may_have_changed(const struct sv_x_thread *t)
{
	return t->changed || t->seen_all;
}

bool sv_x_waits(const struct sv_x_thread *t)
{
	switch (t->op.kind) {
	case SV_X_AWAIT:
	case SV_X_AWAIT_NE:
		return !sv_x_holds(&t->op, sv_x_see(t, t->op.word, t->op.bytes));
	case SV_X_AWAIT_FOR:
		return t->turns >= TURNS && !may_have_changed(t) &&
		       !sv_x_holds(&t->op, sv_x_see(t, t->op.word, t->op.bytes));
	case SV_X_RELAX:
		return !may_have_changed(t) && (!t->wrote || t->turns >= TURNS);
	case X_HALTED:
		return !t->kick;
	case X_ASLEEP:
		return is_asleep(t);
	default:
		return false;
	}
}

static bool is_enabled(const struct sv_x_thread *t)
{
	const struct sv_x_buffered *own;

	if (t->ended)
		return false;
	if (t->stores) {
		if (sv_x_flushes(t) || (t->op.kind == SV_X_STORE && t->stores == BUFFER))
			return false;
		own = sv_x_is_read(t->op.kind) ? sv_x_own_store(t, t->op.word, t->op.bytes) : NULL;
		if (own && !covers(&own->op, t->op.word, t->op.bytes))
			return false;
	}
	return !sv_x_waits(t);
}

uint32_t sv_x_enabled(struct sv_explorer *x)
{
	uint32_t set = 0;

	for (unsigned i = 0; i < x->threads; i++) {
		if (is_enabled(&x->thread[i]))
			set |= 1u << i;
		if (x->thread[i].stores)
			set |= 1u << (THREADS + i);
	}
	return set;
}

unsigned sv_x_variants(const struct sv_explorer *x, unsigned proc)
{
	const struct sv_x_thread *t = &x->thread[proc % THREADS];
	bool once_more = t->spurious < x->options->spurious;

	if (sv_x_is_buffer(proc))
		return 1;
	switch (t->op.kind) {
	case SV_X_HALT:
		return 1 + once_more;
	case SV_X_FUTEX_WAIT:
		return 1 + (once_more && sv_x_get(t->op.word, t->op.bytes) == t->op.a);
	case SV_X_CLOCK:
		return 2;
	default:
		return 1;
	}
}

uint64_t sv_x_rmw(const struct sv_explored_op *op, uint64_t old)
{
	uint64_t mask = op->bytes == 8 ? UINT64_MAX : ((uint64_t)1 << op->bytes * 8) - 1;

	switch (op->kind) {
	case SV_X_XCHG:
		return op->a;
	case SV_X_CAS:
		return old == op->a ? op->b : old;
	case SV_X_FAA:
		return (old + op->a) & mask;
	case SV_X_AND:
		return old & op->a;
	default:
		return old | op->a;
	}
}

/* Who swaps in what is there already, like a waiter of tas, disturbs no reader. */
static bool rmw_writes(const struct sv_explored_op *op, uint64_t old)
{
	if (op->kind == SV_X_CAS && old != op->a)
		return false;
	return sv_x_rmw(op, old) != old || sv_x_releases(op->at.order);
}

unsigned sv_x_access_word(
	struct sv_x_access *out, unsigned n, const void *word, unsigned bytes, bool write)
{
	out[n] = (struct sv_x_access){ (uintptr_t)word, (uint8_t)bytes, write };
	return n + 1;
}

static unsigned accesses_of_polling(const struct sv_x_thread *t, struct sv_x_access *out)
{
	unsigned n = t->seen_count;

	memcpy(out, t->seen, n * sizeof(*out));
	if (t->op.kind == SV_X_AWAIT_FOR)
		n = sv_x_access_word(out, n, t->op.word, t->op.bytes, false);
	return n;
}

static unsigned accesses_of_kernel(
	struct sv_explorer *x, const struct sv_x_thread *t, struct sv_x_access *out)
{
	unsigned n = 0;

	switch (t->op.kind) {
	case SV_X_KICK:
		return sv_x_access_word(out, 0, &x->thread[t->op.a].kick, 8, true);
	case X_HALTED:
		return sv_x_access_word(out, 0, &t->kick, 8, true);
	case SV_X_FUTEX_WAIT:
		n = sv_x_access_word(out, n, t->op.word, t->op.bytes, false);
		if (sv_x_get(t->op.word, t->op.bytes) != t->op.a)
			return n;
		return sv_x_access_word(out, n, &x->queue, 8, true);
	case SV_X_FUTEX_WAKE:
		return sv_x_access_word(out, 0, &x->queue, 8, x->sleepers > 0);
	case X_ASLEEP:
		return sv_x_access_word(out, 0, &x->queue, 8, false);
	case SV_X_CLOCK:
		return sv_x_access_word(out, 0, &x->time, 8, true);
	case X_ENTER:
	case X_LEAVE:
		return sv_x_access_word(out, 0, &x->holder[t->op.a], 8, true);
	default:
		return 0;
	}
}

unsigned sv_x_accesses(struct sv_explorer *x, unsigned proc, struct sv_x_access *out)
{
	const struct sv_x_thread *t = sv_x_thread_of(x, proc);
	const struct sv_explored_op *op = sv_x_is_buffer(proc) ? &t->buffer[0].op : &t->op;

	if (op->kind == SV_X_STORE)
		return sv_x_access_word(
			out, 0, op->word, op->bytes, sv_x_is_buffer(proc) || sv_x_flushes(t));
	if (sv_x_is_rmw(op->kind))
		return sv_x_access_word(
			out, 0, op->word, op->bytes, rmw_writes(op, sv_x_get(op->word, op->bytes)));
	if (op->kind == SV_X_RELAX || (op->kind == SV_X_AWAIT_FOR && t->turns >= TURNS))
		return accesses_of_polling(t, out);
	if (sv_x_is_read(op->kind))
		return sv_x_access_word(out, 0, op->word, op->bytes, false);
	return accesses_of_kernel(x, t, out);
}
