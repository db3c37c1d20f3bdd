/*
 * kernel_lock.h - spinlocks of a kernel's block layer and drivers
 *
 * The locks are of the kernel's kind and run on the simulated substrate: what they cost, and
 * how they contend, is not stated anywhere but happens.
 *
 *	sv_lock_class_init(&class, system, NULL, true);
 *	sv_kernel_lock_init(&lock, &class, node, diag);
 *	sv_kernel_lock_acquire(&lock, self, request);	its stage is LOCK meanwhile
 *	sv_kernel_lock_touch(&lock);			reads and writes what it guards
 *	sv_kernel_lock_release(&lock, self);
 *
 * Rules. Locks of one class never nest, and either no interrupt handler takes them or they are
 * taken with interrupts off: a CPU has one node for all of them. Their holders are not preempted
 * by their own scheduler. The caller owns class and lock.
 */
#ifndef SV_KERNEL_LOCK_H
#define SV_KERNEL_LOCK_H

#include "block/request.h"
#include "world/system.h"

struct sv_lock;
struct sv_lock_class {
	const struct sv_lock *kind;
	const void *options; /* of the kind */
	struct sv_system *system;
	bool irqs_off;
	void **percpu, **node; /* by CPU */
};

struct sv_kernel_lock {
	struct sv_lock_class *class;
	void *lock;
	char *data; /* a line that moves with the lock */
	void **percpu_before;
	bool held, nested, broken;
	/* Since the start of the window. */
	uint64_t acquired;
	sv_time waited;
};

/* lock: NULL or without a name: the kernel's spinlock. Returns -1 after reporting. */
int sv_lock_class_init(struct sv_lock_class *c, struct sv_system *system,
	const struct sv_variant *lock, bool irqs_off, struct sv_diag *diag);
void sv_lock_class_fini(struct sv_lock_class *c);

/* Its memory is on a NUMA node, and lives as long as the host's. Returns -1 after reporting. */
int sv_kernel_lock_init(
	struct sv_kernel_lock *l, struct sv_lock_class *c, unsigned node, struct sv_diag *diag);

/* request: who waits; may be NULL. */
void sv_kernel_lock_acquire(
	struct sv_kernel_lock *l, struct sv_sim_thread *self, struct sv_request *request);
void sv_kernel_lock_touch(struct sv_kernel_lock *l);
void sv_kernel_lock_release(struct sv_kernel_lock *l, struct sv_sim_thread *self);

/* Looks at what it guards without taking it. */
static inline void sv_kernel_lock_look(const struct sv_kernel_lock *l)
{
	sv_sim_load(l->data, 8);
}

static inline void sv_kernel_lock_reset(struct sv_kernel_lock *l)
{
	l->acquired = 0;
	l->waited = 0;
}

#endif
