/*
 * explore_private.h - what the files of the explorer share
 */
#ifndef SV_EXPLORE_PRIVATE_H
#define SV_EXPLORE_PRIVATE_H

#include "state_private.h"

/* run.c: one run. Each step is chosen by the caller. */
int sv_x_new(struct sv_explorer *x, struct sv_diag *diag);
void sv_x_free(struct sv_explorer *x);
void sv_x_start(struct sv_explorer *x);
void sv_x_end(struct sv_explorer *x);
/* The event of an enabled process, at x->depth, which grows. */
void sv_x_step(struct sv_explorer *x, unsigned proc, unsigned variant);
/* Judges a state in which no process can go on. */
void sv_x_judge_end(struct sv_explorer *x);
void sv_x_fault(struct sv_explorer *x, enum sv_fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* memory.c: what threads see, what they can do, and what that would touch. */
uint32_t sv_x_enabled(struct sv_explorer *x);
/* Only others can let it go on, by writing. */
bool sv_x_waits(const struct sv_x_thread *t);
/* How many outcomes the next step of a process has. */
unsigned sv_x_variants(const struct sv_explorer *x, unsigned proc);
unsigned sv_x_accesses(struct sv_explorer *x, unsigned proc, struct sv_x_access *out);
bool sv_x_flushes(const struct sv_x_thread *t);
bool sv_x_is_rmw(unsigned kind);
bool sv_x_is_read(unsigned kind);
bool sv_x_holds(const struct sv_explored_op *op, uint64_t value);
uint64_t sv_x_rmw(const struct sv_explored_op *op, uint64_t old);
uint64_t sv_x_get(const void *word, unsigned bytes);
uint64_t sv_x_see(const struct sv_x_thread *t, const void *word, unsigned bytes);
/* The youngest store of a thread's own that overlaps a word, or NULL. */
const struct sv_x_buffered *sv_x_own_store(
	const struct sv_x_thread *t, const void *word, unsigned bytes);
bool sv_x_overlap(uintptr_t a, unsigned a_bytes, uintptr_t b, unsigned b_bytes);
unsigned sv_x_access_word(
	struct sv_x_access *out, unsigned n, const void *word, unsigned bytes, bool write);

/* perform.c: what they do. */
void sv_x_drain(struct sv_x_thread *t);
void sv_x_buffer(struct sv_x_thread *t, const struct sv_explored_op *op);
/* True when the thread goes on. */
bool sv_x_perform(struct sv_x_thread *t, unsigned variant);

/* sync.c: what C11 orders. */
void sv_x_sync_load(struct sv_x_thread *t, const struct sv_explored_op *op);
struct sv_x_sync sv_x_sync_issue(struct sv_x_thread *t, enum sv_order order);
void sv_x_sync_store(
	struct sv_explorer *x, const struct sv_explored_op *op, const struct sv_x_sync *message);
void sv_x_sync_rmw(struct sv_x_thread *t, const struct sv_explored_op *op, bool wrote);
void sv_x_sync_fence(struct sv_x_thread *t);
void sv_x_sync_data(struct sv_x_thread *t, unsigned lock);
/* A plain access to bytes of the arena. */
void sv_x_sync_plain(struct sv_x_thread *t, const void *at, size_t bytes, bool writes);
bool sv_x_acquires(enum sv_order order);
bool sv_x_releases(enum sv_order order);

/* order.c: the order of the last event; while searching, adds what must be tried to nodes before
 * it. */
void sv_x_order(struct sv_explorer *x);
/* The same for threads that wait, and might have gone on had they come before the last event. */
void sv_x_order_waiting(struct sv_explorer *x);
bool sv_x_dependent(const struct sv_x_event *a, const struct sv_x_event *b);
/* What is about to happen has not happened in the run before. */
bool sv_x_is_new(const struct sv_explorer *x);

/* search.c: all runs that matter. */
void sv_x_search(struct sv_explorer *x);
/* random.c: so many runs by random priorities. */
void sv_x_random(struct sv_explorer *x);
/* explore.c: counts a run; false when it was the last. */
bool sv_x_counted(struct sv_explorer *x);

/* schedule.c: schedules as text and as runs. */
char *sv_x_write(const struct sv_x_choice *choice, size_t n);
/* Returns NULL after reporting. */
struct sv_x_choice *sv_x_read(const char *text, size_t *n, struct sv_diag *diag);
/* Runs a schedule, leaving out what is not possible, then on to an end. */
void sv_x_play(struct sv_explorer *x, const struct sv_x_choice *choice, size_t n);
/* What the last run did: x->depth choices. NULL: no memory. */
struct sv_x_choice *sv_x_taken(const struct sv_explorer *x);
unsigned sv_x_switches(const struct sv_x_choice *choice, size_t n);

/* shrink.c: a shorter schedule with the same fault, in place; returns its length. */
size_t sv_x_shrink(struct sv_explorer *x, struct sv_x_choice *choice, size_t n);

/* describe.c: keeps in words what a process did: `op` as it was before, on `old`. */
void sv_x_describe(
	struct sv_explorer *x, unsigned proc, const struct sv_explored_op *op, uint64_t old);
/* "node 1 + 8"; buf holds 64 bytes; returned. */
char *sv_x_place_name(const struct sv_explorer *x, const void *word, char *buf);
/* The same for a store that goes into its thread's buffer. */
void sv_x_describe_buffered(const struct sv_x_thread *t, const struct sv_explored_op *op);

static inline bool sv_x_is_buffer(unsigned proc)
{
	return proc >= THREADS;
}

static inline struct sv_x_thread *sv_x_thread_of(struct sv_explorer *x, unsigned proc)
{
	return &x->thread[proc % THREADS];
}

static inline uint32_t sv_x_bit(unsigned proc)
{
	return (uint32_t)1 << proc;
}

static inline void sv_x_join(struct sv_x_clock *to, const struct sv_x_clock *from)
{
	for (unsigned i = 0; i < PROCS; i++)
		if (to->at[i] < from->at[i])
			to->at[i] = from->at[i];
}

#endif
