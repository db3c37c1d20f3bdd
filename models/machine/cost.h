/*
 * cost.h - the rows of a cost profile
 *
 * One line a cost: enum, name in profiles, what it is. A cost by distance is a family:
 * its name in a profile is "family.distance" ("load.modified.l3"). A machine may lack the
 * optional ones (its cost is then -1): who charges one checks first that it is there.
 */
#ifndef SV_COST_H
#define SV_COST_H

#include "machine/cost_io.h"
#include "simtime.h"

/* Families that have one row for each distance from SV_SMT to SV_HOP3. X(ENUM, name, help) */
#define SV_COST_FAMILIES(X)                                                                        \
	X(LOAD_MODIFIED, "load.modified",                                                          \
		"latency of a load of a line that another core has modified")                      \
	X(LOAD_SHARED, "load.shared", "latency of a load of a line that other cores only share")   \
	X(RMW, "rmw",                                                                              \
		"latency of gaining a line for writing (store, compare-and-swap, fetch-and-add, "  \
		"swap)")                                                                           \
	X(OCCUPY_READ, "occupancy.read",                                                           \
		"time for which serving a load keeps the line's home from the next request")       \
	X(OCCUPY_WRITE, "occupancy.write", "the same for a request that moves ownership")

/* Single costs. X(ENUM, name, help) */
#define SV_COST_SINGLES(X)                                                                         \
	X(HIT_LOAD, "hit.load", "a load that hits the core's own cache")                           \
	X(HIT_STORE, "hit.store", "a plain store: the time it keeps its core")                     \
	X(HIT_RMW, "hit.rmw", "an atomic read-modify-write of a line the core owns")               \
	X(FENCE, "fence", "a full fence with an empty store buffer")                               \
	X(MEMORY_LOCAL, "memory.local", "a load from the memory of the same NUMA node")            \
	X(MEMORY_REMOTE, "memory.remote", "a load from the memory of another NUMA node")           \
	X(INVALIDATE, "invalidate",                                                                \
		"added to a write for each further sharer that must give up its copy")             \
	X(RETENTION, "retention",                                                                  \
		"time for which a new owner keeps a contended line before it is taken away")       \
	X(PAUSE, "pause", "one pause instruction in a spin loop")                                  \
	X(SYSCALL, "syscall", "entry to and return from the kernel")                               \
	X(CONTEXT_SWITCH, "context-switch", "switching a CPU from one task to another")            \
	X(FUTEX_WAKE, "futex.wake",                                                                \
		"the waker's side of waking one sleeper, beyond the system call")                  \
	X(WAKE_UP, "wake-up", "from the wake of a sleeper on an idle CPU to its first instruction")

/* Single costs that only some models need. X(ENUM, name, help) */
#define SV_COST_OPTIONALS(X)                                                                       \
	X(COLD_CACHE, "cold-cache",                                                                \
		"refilling the caches after a CPU ran another task in between")                    \
	X(EMULATED_EXIT, "emulated.exit",                                                          \
		"leaving the translated code of an emulated guest, for whatever reason")           \
	X(VM_EXIT, "vm.exit",                                                                      \
		"an exit to the hypervisor in the kernel and the entry again, nothing done "       \
		"between")                                                                         \
	X(VM_HYPERCALL, "vm.hypercall",                                                            \
		"an exit that the host kernel handles, such as a kick or a halt request, with "    \
		"its "                                                                             \
		"exit and entry")                                                                  \
	X(VM_INJECT, "vm.inject", "delivering an interrupt to a running vCPU by an exit of it")    \
	X(VM_POSTED, "vm.posted",                                                                  \
		"delivering an interrupt to a running vCPU by posting, without an exit")           \
	X(VM_IPI, "vm.ipi",                                                                        \
		"sending a virtual interrupt to another vCPU: the sender's exit, without the "     \
		"delivery")                                                                        \
	X(VM_EOI, "vm.eoi", "the end of an interrupt, with its exit; posted interrupts need none") \
	X(TIMER_TICK, "timer.tick",                                                                \
		"a kernel's handler of its timer tick, of guests and hosts, without exits")        \
	X(VM_EPT, "vm.ept",                                                                        \
		"a violation of the nested page tables, with its exit and the page found in "      \
		"memory")                                                                          \
	SV_COST_IO(X)

#define SV_COST_BY_DISTANCE 7 /* SV_SMT .. SV_HOP3 */

enum sv_cost {
#define X(id, name, help)                                                                          \
	SV_COST_##id, SV_COST_##id##_LAST = SV_COST_##id + SV_COST_BY_DISTANCE - 1,
	SV_COST_FAMILIES(X)
#undef X
		SV_COST_SINGLES_FIRST,
	SV_COST_BEFORE_SINGLES = SV_COST_SINGLES_FIRST - 1,
#define X(id, name, help) SV_COST_##id,
	SV_COST_SINGLES(X)
#undef X
		SV_COST_OPTIONALS_FIRST,
	SV_COST_BEFORE_OPTIONALS = SV_COST_OPTIONALS_FIRST - 1,
#define X(id, name, help) SV_COST_##id,
	SV_COST_OPTIONALS(X)
#undef X
		SV_COSTS
};

/*
 * How far a figure can be trusted: E exact, read in the primary source; E2 exact, but quoted
 * by a secondary one; A approximate; R remembered, nobody checked; M measured on this very
 * machine; U stated by the user without a source.
 */
#define SV_MARKS "E", "E2", "A", "R", "M", "U"

/* What is said of a figure that was measured in many samples. */
#define SV_QUALITIES "stable", "noisy", "unusable"
struct sv_worth {
	int64_t samples;     /* that were kept; 0: the profile does not say */
	double discarded;    /* share that was left out, because something disturbed them */
	const char *quality; /* one of SV_QUALITIES, or NULL: the profile does not say */
};

/* One row as the profile gives it. */
struct sv_cost_row {
	const char *name;
	sv_time value, low, high;
	const char *source; /* where the figure was published or how it was measured */
	const char *mark;   /* one of SV_MARKS; NULL: the profile has no such row */
	struct sv_worth worth;
};

/* "load.modified.l3" of a cost. */
const char *sv_cost_name(enum sv_cost cost);
const char *sv_cost_help(enum sv_cost cost);
/* All names in order, NULL behind the last. */
const char *const *sv_cost_names(void);
/* The cost of a name, or -1. */
int sv_cost_find(const char *name);

#endif
