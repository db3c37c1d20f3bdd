/*
 * run.c - one run of the program, step by step
 *
 * Threads are fibers. Each runs until its next operation, which it leaves as a record; a step
 * performs that operation and lets the fiber go on to the next. So what every thread is about
 * to do is known before it does.
 */
#include "bug.h"
#include "explore_private.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_BYTES SV_EXPLORE_BYTES
#define STACK_BYTES (64u << 10)

static _Thread_local struct sv_x_thread *self;

static void put_fault(struct sv_explorer *x, enum sv_fault fault, const char *format, va_list args)
{
	if (x->fault)
		return;
	x->fault = fault;
	vsnprintf(x->reason, sizeof(x->reason), format, args);
}

void sv_x_fault(struct sv_explorer *x, enum sv_fault fault, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_fault(x, fault, format, args);
	va_end(args);
}

/* Whether an operation touches one region of the program's memory and nothing beside it. */
static bool is_ours(const struct sv_explorer *x, const void *word, unsigned bytes)
{
	for (unsigned i = 0; i < x->regions; i++) {
		size_t offset = (size_t)((uintptr_t)word - (uintptr_t)x->region[i].start);

		if (offset < x->region[i].bytes && offset + bytes <= x->region[i].bytes)
			return (uintptr_t)word % bytes == 0;
	}
	return false;
}

/* The thread stops here for good. */
static _Noreturn void halt_on_fault(struct sv_x_thread *t)
{
	t->op.kind = SV_X_FENCE;
	sv_fiber_switch(&t->fiber, &t->x->main);
	SV_BUG_ON(1);
}

void sv_explore_fault(enum sv_fault fault, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_fault(self->x, fault, format, args);
	va_end(args);
	halt_on_fault(self);
}

/* In init(): nobody else is there. */
static uint64_t do_at_once(const struct sv_explored_op *op)
{
	uint64_t old = op->bytes ? sv_x_get(op->word, op->bytes) : 0, value = old;

	SV_BUG_ON(op->kind > SV_X_FENCE);
	if (op->kind == SV_X_STORE)
		value = op->a;
	else if (sv_x_is_rmw(op->kind))
		value = sv_x_rmw(op, old);
	if (value != old)
		memcpy(op->word, &value, op->bytes);
	return old;
}

uint64_t sv_explored_do(const struct sv_explored_op *op)
{
	struct sv_x_thread *t = self;
	struct sv_explorer *x;
	char place[64];

	if (!t)
		return do_at_once(op);
	x = t->x;
	if (op->bytes && !is_ours(x, op->word, op->bytes)) {
		sv_x_fault(x, SV_FAULT_ADDRESS,
			"thread %u uses memory that is not the program's, at %s (%s:%u)", t->number,
			sv_x_place_name(x, op->word, place), op->at.file, op->at.line);
		halt_on_fault(t);
	}
	if (op->kind == SV_X_KICK && op->a >= x->threads) {
		sv_x_fault(x, SV_FAULT_ADDRESS, "thread %u kicks CPU %llu of %u", t->number,
			(unsigned long long)op->a, x->threads);
		halt_on_fault(t);
	}
	t->op = *op;
	if (op->kind == SV_X_STORE && !sv_x_flushes(t) && t->stores < BUFFER) {
		sv_x_buffer(t, op);
		return 0;
	}
	sv_fiber_switch(&t->fiber, &x->main);
	return t->value;
}

void sv_explored_access(const void *at, size_t bytes, bool writes)
{
	struct sv_x_thread *t = self;

	if (!t || (size_t)((uintptr_t)at - (uintptr_t)t->x->arena) >= t->x->used)
		return;
	sv_x_sync_plain(t, at, bytes, writes);
	if (t->x->fault)
		halt_on_fault(t);
}

unsigned sv_explored_cpu(void)
{
	return self->number;
}

unsigned sv_explored_cpus(void)
{
	return self->x->threads;
}

void *sv_explored_percpu(unsigned cpu)
{
	struct sv_x_thread *t = self;

	if (cpu >= t->x->threads) {
		sv_x_fault(t->x, SV_FAULT_ADDRESS, "thread %u asks for the node of CPU %u of %u",
			t->number, cpu, t->x->threads);
		halt_on_fault(t);
	}
	return t->x->percpu[cpu];
}

uint64_t sv_explored_place(const void *p)
{
	return (uint64_t)((const char *)p - self->x->arena);
}

static void local(uint8_t kind, unsigned lock)
{
	sv_explored_do(&(struct sv_explored_op){ .kind = kind, .a = lock });
}

void sv_explore_want(unsigned lock)
{
	self->wants = (int)lock;
	self->arrival = 0;
}

void sv_explore_enter(unsigned lock)
{
	local(X_ENTER, lock);
}

void sv_explore_leave(unsigned lock)
{
	local(X_LEAVE, lock);
}

void sv_explore_touch(unsigned lock)
{
	struct sv_x_thread *t = self;

	sv_x_sync_data(t, lock);
	if (t->x->fault)
		halt_on_fault(t);
}

static void thread_main(void *arg)
{
	struct sv_x_thread *t = arg;
	struct sv_explorer *x = t->x;

	x->program->body(t->number, x->program->arg);
	t->ended = true;
	sv_fiber_exit(&t->fiber, &x->main);
}

static void resume(struct sv_explorer *x, struct sv_x_thread *t)
{
	self = t;
	sv_fiber_switch(&x->main, &t->fiber);
	self = NULL;
}

static void thread_start(struct sv_explorer *x, unsigned number)
{
	struct sv_x_thread *t = &x->thread[number];

	t->x = x;
	t->number = number;
	t->ended = t->seen_all = t->changed = t->wrote = false;
	t->stores = t->seen_count = t->turns = t->spurious = 0;
	t->now = t->released = t->loaded = (struct sv_x_sync){ { 0 } };
	t->now.at[number] = 1;
	t->wants = -1;
	t->kick = 0;
	SV_BUG_ON(sv_fiber_init(&t->fiber, STACK_BYTES, thread_main, t) < 0);
}

void sv_x_start(struct sv_explorer *x)
{
	memcpy(x->arena, x->initial, x->used);
	memset(x->clock, 0, sizeof(x->clock));
	memset(x->holder, 0, sizeof(x->holder));
	memset(x->data, 0, sizeof(x->data));
	x->run++;
	x->depth = 0;
	x->queue = x->sleepers = x->arrivals = 0;
	x->time = (uint64_t)SV_S;
	x->fault = SV_FAULT_NONE;
	for (unsigned i = 0; i < x->threads; i++)
		thread_start(x, i);
	for (unsigned i = 0; i < x->threads && !x->fault; i++)
		resume(x, &x->thread[i]);
}

void sv_x_end(struct sv_explorer *x)
{
	for (unsigned i = 0; i < x->threads; i++)
		sv_fiber_fini(&x->thread[i].fiber);
}

/* The event of a process, but for the order that others force on it. */
static void begin_event(struct sv_explorer *x, unsigned proc, unsigned variant)
{
	const struct sv_x_thread *t = sv_x_thread_of(x, proc);
	struct sv_x_event *e = &x->event[x->depth];

	e->proc = (uint8_t)proc;
	e->variant = (uint8_t)variant;
	e->accesses = (uint8_t)sv_x_accesses(x, proc, e->access);
	e->clock = x->clock[proc];
	if (sv_x_is_buffer(proc))
		sv_x_join(&e->clock, &t->buffer[0].issued);
	else if (sv_x_flushes(t) || t->op.kind == SV_X_STORE)
		sv_x_join(&e->clock, &x->clock[THREADS + proc]); /* it has waited for its buffer */
	e->index = ++e->clock.at[proc];
}

static void end_event(struct sv_explorer *x)
{
	x->depth++;
	if (x->depth == SV_EXPLORE_STEPS)
		sv_x_fault(x, SV_FAULT_ENDLESS, "the run has not ended after %u steps",
			SV_EXPLORE_STEPS);
}

void sv_x_step(struct sv_explorer *x, unsigned proc, unsigned variant)
{
	struct sv_x_thread *t = sv_x_thread_of(x, proc);
	struct sv_explored_op op = sv_x_is_buffer(proc) ? t->buffer[0].op : t->op;
	uint64_t old = op.bytes ? sv_x_get(op.word, op.bytes) : 0;
	/* In a run that begins as the one before, those events are the same. */
	bool known = x->searching && !sv_x_is_new(x), goes_on = false;

	if (!known)
		begin_event(x, proc, variant);
	if (sv_x_is_buffer(proc))
		sv_x_drain(t);
	else
		goes_on = sv_x_perform(t, variant);
	if (!known)
		sv_x_order(x);
	x->clock[proc] = x->event[x->depth].clock;
	if (x->recording)
		sv_x_describe(x, proc, &op, old);
	end_event(x);
	if (goes_on && !x->fault)
		resume(x, t);
	if (!x->fault)
		sv_x_order_waiting(x);
}

void sv_x_judge_end(struct sv_explorer *x)
{
	for (unsigned i = 0; i < x->threads; i++) {
		const struct sv_x_thread *t = &x->thread[i];

		if (!t->ended && (t->op.kind == X_HALTED || t->op.kind == X_ASLEEP))
			sv_x_fault(x, SV_FAULT_LOST,
				"nobody can go on, and nobody will wake thread %u", i);
	}
	for (unsigned i = 0; i < x->threads; i++)
		if (!x->thread[i].ended)
			sv_x_fault(x, SV_FAULT_DEADLOCK,
				"nobody can go on: thread %u waits for ever", i);
}

void *sv_explore_alloc(struct sv_explorer *x, size_t bytes, const char *what, int number)
{
	/* A line between two regions, so that no overrun goes unseen. */
	size_t start = (x->used / SV_LINE_BYTES + 2) * SV_LINE_BYTES;

	SV_BUG_ON(x->regions == REGIONS || start + bytes > ARENA_BYTES);
	x->region[x->regions++] = (struct sv_x_region){ x->arena + start, bytes, what, number };
	x->used = start + bytes;
	return x->arena + start;
}

void sv_explore_percpu(struct sv_explorer *x, unsigned cpu, void *node)
{
	x->percpu[cpu] = node;
}

int sv_x_new(struct sv_explorer *x, struct sv_diag *diag)
{
	x->arena = aligned_alloc(SV_LINE_BYTES, ARENA_BYTES);
	x->initial = malloc(ARENA_BYTES);
	x->message = calloc(ARENA_BYTES, sizeof(*x->message));
	x->plain = calloc(ARENA_BYTES, sizeof(*x->plain));
	x->event = calloc(SV_EXPLORE_STEPS + 1, sizeof(*x->event));
	x->node = calloc(SV_EXPLORE_STEPS + 1, sizeof(*x->node));
	if (!x->arena || !x->initial || !x->message || !x->plain || !x->event || !x->node) {
		sv_x_free(x);
		return sv_error(diag, NULL, "out of memory");
	}
	memset(x->arena, 0, ARENA_BYTES);
	x->threads = x->program->threads;
	x->program->init(x, x->program->arg);
	memcpy(x->initial, x->arena, x->used);
	sv_fiber_init_thread(&x->main);
	return 0;
}

void sv_x_free(struct sv_explorer *x)
{
	free(x->arena);
	free(x->initial);
	free(x->message);
	free(x->plain);
	free(x->event);
	free(x->node);
	sv_fiber_pool_drain();
}
