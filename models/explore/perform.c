/*
 * perform.c - what operations do: memory, halting, futexes
 *
 * Loops. A thread that polls would make runs endless. When it relaxes, or gives up bounded
 * awaits again and again, it goes on only once somebody has written what it read meanwhile: until
 * then it would do the same once more. Two turns it has in any case, if it writes itself.
 */
#include "explore_private.h"
#include <string.h>

static void note_seen(struct sv_x_thread *t)
{
	for (unsigned i = 0; i < t->seen_count; i++)
		if (t->seen[i].start == (uintptr_t)t->op.word && t->seen[i].bytes == t->op.bytes)
			return;
	if (t->seen_count == SEEN)
		t->seen_all = true;
	else
		t->seen_count =
			sv_x_access_word(t->seen, t->seen_count, t->op.word, t->op.bytes, false);
}

/* Ends a turn of a polling loop. */
static void end_turn(struct sv_x_thread *t)
{
	t->turns = t->changed ? 1 : t->turns + 1;
	t->seen_count = 0;
	t->seen_all = t->changed = t->wrote = false;
}

static void write_word(struct sv_x_thread *t, const struct sv_explored_op *op, uint64_t value)
{
	struct sv_explorer *x = t->x;

	if (sv_x_get(op->word, op->bytes) == value)
		return;
	memcpy(op->word, &value, op->bytes);
	for (unsigned i = 0; i < x->threads; i++) {
		struct sv_x_thread *other = &x->thread[i];

		for (unsigned k = 0; other != t && k < other->seen_count; k++)
			if (sv_x_overlap(other->seen[k].start, other->seen[k].bytes,
				    (uintptr_t)op->word, op->bytes))
				other->changed = true;
	}
}

void sv_x_buffer(struct sv_x_thread *t, const struct sv_explored_op *op)
{
	if (sv_x_see(t, op->word, op->bytes) != op->a)
		t->wrote = true;
	if (t->x->recording)
		sv_x_describe_buffered(t, op);
	t->buffer[t->stores++] = (struct sv_x_buffered){ .op = *op,
		.issued = t->x->clock[t->number],
		.message = sv_x_sync_issue(t, op->at.order) };
}

void sv_x_drain(struct sv_x_thread *t)
{
	struct sv_x_buffered *first = &t->buffer[0];

	write_word(t, &first->op, first->op.a);
	sv_x_sync_store(t->x, &first->op, &first->message);
	t->stores--;
	memmove(first, first + 1, t->stores * sizeof(*first));
}

static void perform_rmw(struct sv_x_thread *t)
{
	const struct sv_explored_op *op = &t->op;
	uint64_t old = sv_x_get(op->word, op->bytes);

	if (t->wants >= 0 && !t->arrival)
		t->arrival = ++t->x->arrivals;
	note_seen(t);
	t->value = old;
	sv_x_sync_rmw(t, op, op->kind != SV_X_CAS || old == op->a);
	if (sv_x_rmw(op, old) == old)
		return;
	t->wrote = true;
	write_word(t, op, sv_x_rmw(op, old));
}

static void perform_read(struct sv_x_thread *t)
{
	bool own = sv_x_own_store(t, t->op.word, t->op.bytes) != NULL;

	t->value = sv_x_see(t, t->op.word, t->op.bytes);
	if (!own)
		sv_x_sync_load(t, &t->op);
	if (t->op.kind == SV_X_AWAIT_FOR && !sv_x_holds(&t->op, t->value))
		end_turn(t);
	note_seen(t);
}

static void perform_store(struct sv_x_thread *t)
{
	struct sv_x_sync message;

	if (!sv_x_flushes(t)) {
		sv_x_buffer(t, &t->op);
		return;
	}
	message = sv_x_sync_issue(t, t->op.at.order);
	t->wrote |= sv_x_get(t->op.word, t->op.bytes) != t->op.a;
	write_word(t, &t->op, t->op.a);
	sv_x_sync_store(t->x, &t->op, &message);
}

static void wake(struct sv_explorer *x, struct sv_x_thread *t)
{
	unsigned kept = 0;

	t->value = 0;
	for (unsigned i = 0; i < x->sleepers; i++) {
		if (x->thread[x->sleeper[i]].op.word == t->op.word && t->value < t->op.a)
			t->value++;
		else
			x->sleeper[kept++] = x->sleeper[i];
	}
	x->sleepers = kept;
}

/* Who was woken, for whatever reason, looks again. */
static void awaken(struct sv_x_thread *t)
{
	t->changed = true;
}

/* False when the thread stays in the kernel. */
static bool perform_kernel(struct sv_explorer *x, struct sv_x_thread *t, unsigned variant)
{
	bool stays;

	switch (t->op.kind) {
	case SV_X_KICK:
		x->thread[t->op.a].kick = 1;
		break;
	case SV_X_FUTEX_WAKE:
		wake(x, t);
		break;
	case SV_X_FUTEX_WAIT:
		stays = variant == 0 && sv_x_get(t->op.word, t->op.bytes) == t->op.a;
		t->spurious += variant;
		t->op.kind = stays ? X_ASLEEP : t->op.kind;
		if (stays)
			x->sleeper[x->sleepers++] = (uint8_t)t->number;
		else
			awaken(t);
		return !stays;
	case SV_X_HALT:
		t->spurious += variant;
		t->op.kind = variant == 0 ? X_HALTED : t->op.kind;
		if (variant)
			awaken(t);
		return variant > 0;
	case X_HALTED:
		t->kick = 0;
		awaken(t);
		break;
	case X_ASLEEP:
		awaken(t);
		break;
	default:
		x->time += variant ? (uint64_t)(1000 * SV_S) : 0;
		t->value = x->time;
	}
	return true;
}

static void overtaken(struct sv_explorer *x, const struct sv_x_thread *t)
{
	/* A successful attempt has waited for nobody, and nobody need have waited for it. */
	if (!x->program->fifo || t->wants < 0)
		return;
	for (unsigned i = 0; i < x->threads; i++) {
		const struct sv_x_thread *other = &x->thread[i];

		if (other != t && other->wants == t->wants && other->arrival &&
			other->arrival < t->arrival)
			sv_x_fault(x, SV_FAULT_OVERTAKEN,
				"thread %u gets the lock before thread %u, who came first",
				t->number, i);
	}
}

static void enter(struct sv_explorer *x, struct sv_x_thread *t)
{
	uint64_t *holder = &x->holder[t->op.a];

	if (*holder)
		sv_x_fault(x, SV_FAULT_EXCLUSION, "thread %u gets the lock that thread %u holds",
			t->number, (unsigned)*holder - 1);
	*holder = t->number + 1;
	overtaken(x, t);
	t->wants = -1;
	t->changed = true;
	end_turn(t);
}

bool sv_x_perform(struct sv_x_thread *t, unsigned variant)
{
	struct sv_explorer *x = t->x;

	if (sv_x_is_rmw(t->op.kind))
		perform_rmw(t);
	else if (sv_x_is_read(t->op.kind))
		perform_read(t);
	else if (t->op.kind == SV_X_STORE)
		perform_store(t);
	else if (t->op.kind == SV_X_FENCE)
		sv_x_sync_fence(t);
	else if (t->op.kind == SV_X_RELAX)
		end_turn(t);
	else if (t->op.kind == X_ENTER)
		enter(x, t);
	else if (t->op.kind == X_LEAVE)
		x->holder[t->op.a] = 0;
	else
		return perform_kernel(x, t, variant);
	return true;
}
