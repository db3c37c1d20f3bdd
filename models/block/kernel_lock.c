/*
 * kernel_lock.c - spinlocks of a kernel's block layer and drivers
 */
#include "block/kernel_lock.h"
#include "locks/locks.h"
#include <stdlib.h>

static int make_nodes(struct sv_lock_class *c, unsigned cpu)
{
	struct sv_memory *m = c->system->memory;
	unsigned node = m->machine->node_of[c->system->pu[cpu]];

	if (c->kind->percpu_bytes) {
		c->percpu[cpu] = sv_memory_alloc(m, c->kind->percpu_bytes, node);
		if (!c->percpu[cpu])
			return -1;
	}
	if (!c->kind->node_bytes)
		return 0;
	c->node[cpu] = sv_memory_alloc(m, c->kind->node_bytes, node);
	if (!c->node[cpu])
		return -1;
	if (c->kind->node_init)
		c->kind->node_init(c->node[cpu], cpu);
	return 0;
}

int sv_lock_class_init(struct sv_lock_class *c, struct sv_system *system,
	const struct sv_variant *lock, bool irqs_off, struct sv_diag *diag)
{
	const struct sv_variant *v = lock && lock->name ? lock : &system->spinlock;
	unsigned cpus = system->team.cpus;

	*c = (struct sv_lock_class){ .kind = v->object,
		.options = v->config,
		.system = system,
		.irqs_off = irqs_off,
		.percpu = calloc(cpus, sizeof(*c->percpu)),
		.node = calloc(cpus, sizeof(*c->node)) };
	if (!c->percpu || !c->node)
		return sv_error(diag, NULL, "out of memory");
	/* Paravirtual ones halt the CPU, with the thread on it. */
	if ((c->kind->traits & (SV_LOCK_BLOCKING | SV_LOCK_PARAVIRTUAL)) == SV_LOCK_BLOCKING)
		return sv_error(diag, NULL,
			"%s: its waiters sleep, which a kernel's queue lock must not",
			c->kind->name);
	for (unsigned cpu = 0; cpu < cpus; cpu++)
		if (make_nodes(c, cpu) < 0)
			return sv_error(diag, NULL, "out of simulated memory for locks");
	return 0;
}

void sv_lock_class_fini(struct sv_lock_class *c)
{
	free(c->percpu);
	free(c->node);
}

int sv_kernel_lock_init(
	struct sv_kernel_lock *l, struct sv_lock_class *c, unsigned node, struct sv_diag *diag)
{
	size_t data = sv_lock_data_offset(c->kind, SV_PADDED);

	*l = (struct sv_kernel_lock){ .class = c };
	l->lock = sv_memory_alloc(c->system->memory, data + SV_LINE_BYTES, node);
	if (!l->lock)
		return sv_error(diag, NULL, "out of simulated memory for locks");
	l->data = (char *)l->lock + data;
	c->kind->init(l->lock, c->options);
	return 0;
}

void sv_kernel_lock_acquire(
	struct sv_kernel_lock *l, struct sv_sim_thread *self, struct sv_request *request)
{
	struct sv_lock_class *c = l->class;
	struct sv_lp *lp = self->process.lp;
	enum sv_stage stage = request ? (enum sv_stage)request->stage : SV_STAGE_SUBMIT;
	bool nested = self->meter.phase != SV_LOCK_NONE;
	void **before = self->percpu;
	sv_time asked = sv_now(lp);

	sv_sim_preempt_off(self);
	if (c->irqs_off)
		sv_sim_irqs_off(self);
	if (request)
		sv_request_stage(request, asked, SV_STAGE_LOCK);
	self->percpu = c->percpu;
	sv_meter_enter(&self->meter, asked, nested ? SV_LOCK_NESTING : SV_LOCK_WAITING);
	c->kind->acquire(l->lock, c->node[self->cpu], c->options);
	sv_meter_enter(&self->meter, sv_now(lp), SV_LOCK_HOLDING);
	if (request)
		sv_request_stage(request, sv_now(lp), stage);
	l->broken |= l->held;
	l->held = true;
	l->nested = nested;
	l->percpu_before = before;
	l->acquired++;
	l->waited += sv_now(lp) - asked;
}

void sv_kernel_lock_touch(struct sv_kernel_lock *l)
{
	sv_sim_store(l->data, 8, sv_sim_load(l->data, 8) + 1, SV_RELAXED);
}

void sv_kernel_lock_release(struct sv_kernel_lock *l, struct sv_sim_thread *self)
{
	struct sv_lock_class *c = l->class;
	struct sv_lp *lp = self->process.lp;
	bool nested = l->nested;
	void **before = l->percpu_before;

	l->held = false;
	self->percpu = c->percpu;
	sv_meter_enter(&self->meter, sv_now(lp), SV_LOCK_RELEASING);
	c->kind->release(l->lock, c->node[self->cpu], c->options);
	sv_meter_enter(&self->meter, sv_now(lp), nested ? SV_LOCK_HOLDING : SV_LOCK_NONE);
	self->percpu = before;
	if (c->irqs_off)
		sv_sim_irqs_on(self);
	sv_sim_preempt_on(self);
}
