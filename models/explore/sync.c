/*
 * sync.c - what C11 orders, by vector clocks
 *
 * A store leaves a message with each byte that it writes: what happened before it, when its order
 * releases, or else before its thread's last fence. Who reads that byte to acquire, or reads
 * it and passes a fence later, has all that in its past too. A read-modify-write adds to the
 * message that it found. Data of the program that one thread touches without the other's
 * touch in its past are a race: a processor or compiler with weaker order than this run's may
 * break them.
 */
#include "explore_private.h"

bool sv_x_acquires(enum sv_order order)
{
	return order == SV_ACQUIRE || order == SV_ACQ_REL || order == SV_SEQ_CST;
}

bool sv_x_releases(enum sv_order order)
{
	return order == SV_RELEASE || order == SV_ACQ_REL || order == SV_SEQ_CST;
}

static void join(struct sv_x_sync *to, const struct sv_x_sync *from)
{
	for (unsigned i = 0; i < THREADS; i++)
		if (to->at[i] < from->at[i])
			to->at[i] = from->at[i];
}

/* What is left at a byte in this run. */
static struct sv_x_sync *message_at(struct sv_explorer *x, const void *word, unsigned byte)
{
	size_t offset = (size_t)((const char *)word - x->arena) + byte;
	struct sv_x_message *m = &x->message[offset];

	if (m->run != x->run)
		*m = (struct sv_x_message){ .run = x->run };
	return &m->sync;
}

void sv_x_sync_load(struct sv_x_thread *t, const struct sv_explored_op *op)
{
	struct sv_x_sync *to = sv_x_acquires(op->at.order) ? &t->now : &t->loaded;

	for (unsigned i = 0; i < op->bytes; i++)
		join(to, message_at(t->x, op->word, i));
}

struct sv_x_sync sv_x_sync_issue(struct sv_x_thread *t, enum sv_order order)
{
	struct sv_x_sync message = sv_x_releases(order) ? t->now : t->released;

	if (sv_x_releases(order))
		t->now.at[t->number]++;
	return message;
}

void sv_x_sync_store(
	struct sv_explorer *x, const struct sv_explored_op *op, const struct sv_x_sync *message)
{
	for (unsigned i = 0; i < op->bytes; i++)
		*message_at(x, op->word, i) = *message;
}

void sv_x_sync_rmw(struct sv_x_thread *t, const struct sv_explored_op *op, bool wrote)
{
	struct sv_x_sync message;

	sv_x_sync_load(t, op);
	if (!wrote)
		return;
	message = sv_x_sync_issue(t, op->at.order);
	for (unsigned i = 0; i < op->bytes; i++)
		join(message_at(t->x, op->word, i), &message);
}

void sv_x_sync_fence(struct sv_x_thread *t)
{
	join(&t->now, &t->loaded);
	t->released = t->now;
	t->now.at[t->number]++;
}

void sv_x_sync_data(struct sv_x_thread *t, unsigned lock)
{
	struct sv_x_sync *last = &t->x->data[lock];

	for (unsigned i = 0; i < t->x->threads && !t->x->ignore_races; i++)
		if (last->at[i] > t->now.at[i])
			sv_x_fault(t->x, SV_FAULT_RACE,
				"nothing orders what thread %u did to the data before what thread "
				"%u does",
				i, t->number);
	last->at[t->number] = t->now.at[t->number];
}

static bool is_ordered(const struct sv_x_thread *t, const struct sv_x_sync *others, unsigned *whom)
{
	for (*whom = 0; *whom < t->x->threads; (*whom)++)
		if (others->at[*whom] > t->now.at[*whom])
			return false;
	return true;
}

void sv_x_sync_plain(struct sv_x_thread *t, const void *at, size_t bytes, bool writes)
{
	struct sv_explorer *x = t->x;
	size_t offset = (size_t)((const char *)at - x->arena);
	unsigned whom;
	char buf[64];

	for (size_t i = offset; i < offset + bytes && i < x->used; i++) {
		struct sv_x_plain *p = &x->plain[i];

		if (p->run != x->run)
			*p = (struct sv_x_plain){ .run = x->run };
		if (!x->ignore_races && (!is_ordered(t, &p->wrote, &whom) ||
						(writes && !is_ordered(t, &p->read, &whom))))
			sv_x_fault(x, SV_FAULT_RACE,
				"nothing orders a plain access of thread %u at %s before one of "
				"thread %u",
				whom, sv_x_place_name(x, x->arena + i, buf), t->number);
		(writes ? &p->wrote : &p->read)->at[t->number] = t->now.at[t->number];
	}
}
