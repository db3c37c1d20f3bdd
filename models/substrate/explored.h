/*
 * explored.h - the substrate under the checker of interleavings
 *
 * Every operation becomes a record that says what is to be done and where it stands in the
 * source. The checker (models/explore) decides when it happens and what it returns. Included
 * by substrate.h.
 */
#ifndef SV_EXPLORED_H
#define SV_EXPLORED_H

#include "simtime.h"
#include "words.h"
#include <string.h>

enum sv_explored_kind {
	SV_X_LOAD,
	SV_X_STORE,
	SV_X_XCHG,
	SV_X_CAS,
	SV_X_FAA,
	SV_X_AND,
	SV_X_OR,
	SV_X_FENCE,
	SV_X_AWAIT,     /* until (word & a) == b */
	SV_X_AWAIT_NE,  /* until word != a */
	SV_X_AWAIT_FOR, /* as AWAIT, and may give up at any time */
	SV_X_RELAX,
	SV_X_FUTEX_WAIT,
	SV_X_FUTEX_WAKE,
	SV_X_HALT,
	SV_X_KICK,
	SV_X_CLOCK,
	SV_X_KINDS
};

/* Where an operation stands, and its order. */
struct sv_explored_at {
	const char *file;
	unsigned line;
	enum sv_order order;
};
#define SV_PLACED(order) ((struct sv_explored_at){ __FILE__, __LINE__, order })
#define SV_PLACE         SV_PLACED(SV_RELAXED)

struct sv_explored_op {
	struct sv_explored_at at;
	uint8_t kind, bytes;
	void *word;
	uint64_t a, b; /* operands, as the kind needs them */
};

/* Returns the old value, or what the operation found. */
uint64_t sv_explored_do(const struct sv_explored_op *op);

/* Plain C has used memory. */
void sv_explored_access(const void *at, size_t bytes, bool writes);

unsigned sv_explored_cpu(void);
unsigned sv_explored_cpus(void);
void *sv_explored_percpu(unsigned cpu);
uint64_t sv_explored_place(const void *p);

#define SV_EXPLORED static inline __attribute__((unused))

SV_EXPLORED unsigned sv_cpu(void)
{
	return sv_explored_cpu();
}

SV_EXPLORED unsigned sv_cpus(void)
{
	return sv_explored_cpus();
}

/* Two, so that neighbours are of different ones. */
SV_EXPLORED unsigned sv_numa_node(void)
{
	return sv_explored_cpu() % 2;
}

SV_EXPLORED void *sv_percpu(unsigned cpu)
{
	return sv_explored_percpu(cpu);
}

SV_EXPLORED uint64_t sv_place(const void *p)
{
	return sv_explored_place(p);
}

SV_EXPLORED uint64_t sv_explored_plain(uint8_t kind, uint64_t a, struct sv_explored_at at)
{
	return sv_explored_do(&(struct sv_explored_op){ .at = at, .kind = kind, .a = a });
}

SV_EXPLORED uint64_t sv_explored_futex(
	uint8_t kind, sv_u32 *word, uint64_t a, struct sv_explored_at at)
{
	return sv_explored_do(&(struct sv_explored_op){
		.at = at, .kind = kind, .bytes = sizeof(uint32_t), .word = word, .a = a });
}

SV_EXPLORED unsigned sv_explored_wake(sv_u32 *word, unsigned n, struct sv_explored_at at)
{
	return (unsigned)sv_explored_futex(SV_X_FUTEX_WAKE, word, n, at);
}

/* Functions as well, for those who hand them on; only the macros know their place. */
SV_EXPLORED void sv_pv_wait(void)
{
	sv_explored_plain(SV_X_HALT, 0, SV_PLACE);
}

SV_EXPLORED void sv_pv_wait_for(const struct sv_pv_hint *hint)
{
	(void)hint;
	sv_explored_plain(SV_X_HALT, 0, SV_PLACE);
}

SV_EXPLORED void sv_pv_kick(unsigned cpu)
{
	sv_explored_plain(SV_X_KICK, cpu, SV_PLACE);
}

SV_EXPLORED void sv_pv_kick_holder(unsigned cpu, bool urgent)
{
	(void)urgent;
	sv_explored_plain(SV_X_KICK, cpu, SV_PLACE);
}

#define sv_fence()          ((void)sv_explored_plain(SV_X_FENCE, 0, SV_PLACED(SV_SEQ_CST)))
#define sv_relax(n)         ((void)sv_explored_plain(SV_X_RELAX, n, SV_PLACE))
#define sv_clock()          ((sv_time)sv_explored_plain(SV_X_CLOCK, 0, SV_PLACE))
#define sv_pv_wait()        ((void)sv_explored_plain(SV_X_HALT, 0, SV_PLACE))
#define sv_pv_wait_for(...) ((void)(__VA_ARGS__), (void)sv_explored_plain(SV_X_HALT, 0, SV_PLACE))
#define sv_pv_kick(cpu)     ((void)sv_explored_plain(SV_X_KICK, cpu, SV_PLACE))
#define sv_pv_kick_holder(cpu, urgent)                                                             \
	((void)(urgent), (void)sv_explored_plain(SV_X_KICK, cpu, SV_PLACE))
#define sv_futex_wait(word, expected)                                                              \
	((void)sv_explored_futex(SV_X_FUTEX_WAIT, word, expected, SV_PLACE))
#define sv_futex_wake(word, n) sv_explored_wake(word, n, SV_PLACE)

#include "explored_words.h"

#define sv_doorbell(word, value) sv_store_u32(word, value, SV_PLACED(SV_RELEASE))

#endif
