/*
 * lock_halt.c - locks that tell the host what their vCPU halts for
 *
 * Reference     Kashyap, Min and Kim, Opportunistic spinlocks: achieving virtual machine
 *               scalability in the clouds, ACM SIGOPS OSR 50(1), 2016 (oticket+).
 */
#include "vm/lock_halt.h"
#include "simulated_private.h"
#include "vm/directed.h"
#include "vm/halt.h"
#include "vm/irq.h"

static const char *const real_times[] = { "by-lock", "on", "off", NULL };
static const struct sv_option options[] = {
	{ .name = "pause-exit",
		.type = SV_BOOL,
		.offset = offsetof(struct sv_lock_yield, pause_exit),
		.def = "true",
		.help = "a halt that a lock asks for is a pause-loop exit by software: the vCPU "
			"goes back to spin if nobody else wants its CPU, else lends it to another "
			"vCPU of the VM, and halts only if there is none to help; false: it "
			"halts" },
	{ .name = "hints",
		.type = SV_BOOL,
		.offset = offsetof(struct sv_lock_yield, hints),
		.def = "true",
		.help = "such a yield uses the tickets that come with the halt: it goes to the "
			"vCPU that announced the holder's, and to none that waits behind" },
	{ .name = "aware",
		.type = SV_BOOL,
		.offset = offsetof(struct sv_lock_yield, aware),
		.def = "true",
		.help = "schedule awareness: the vCPU that a kick names as next holder is the "
			"first that directed yields go to, also those of pause-loop exits" },
	{ .name = "boost-others",
		.type = SV_BOOL,
		.offset = offsetof(struct sv_lock_yield, boost_others),
		.def = "false",
		.help = "with no vCPU of its own VM to help, a yield goes to one of another VM" },
	{ .name = "real-time",
		.type = SV_CHOICE,
		.offset = offsetof(struct sv_lock_yield, real_time),
		.def = "by-lock",
		.help = "whether the next holder runs before all others, fair or not, until it is "
			"next scheduled out; by-lock: as the lock asks (qspinlock+ does, oticket+ "
			"does not unless told)",
		.more = real_times },
	{ 0 },
};
const struct sv_table sv_lock_yield_table = SV_TABLE("lock-yield", struct sv_lock_yield, options);

void sv_vcpu_halt_for(struct sv_sim_thread *self, const struct sv_pv_hint *hint)
{
	struct sv_cpu *c = self->task->cpu;

	if (!c->body) {
		sv_pv_wait();
		return;
	}
	c->domain->lock.exits++;
	c->lock.hint = hint ? *hint : (struct sv_pv_hint){ 0 };
	if (!c->domain->lock.yield.pause_exit) {
		c->lock.waits = true;
		sv_pv_wait();
		return;
	}
	c->lock.asks = true;
	sv_vcpu_exit(c, SV_EXIT_HYPERCALL, c->domain->machine->cost[SV_COST_VM_HYPERCALL]);
	sv_sim_block(self);
	if (self->meter.activity == SV_WAKES)
		sv_meter_end(&self->meter, sv_now(self->process.lp), SV_WAKES);
	/* Whoever kicked it meanwhile has made it look at the lock again. */
	self->kicked = false;
}

/* The thread looks at its lock again as soon as its vCPU runs. */
static void let_go_on(struct sv_cpu *c)
{
	sv_sim_continue(sv_cpu_thread(c), sv_now(c->domain->lp));
}

void sv_vcpu_forget_halt(struct sv_cpu *c)
{
	if (!c->lock.asks)
		return;
	c->lock.asks = false;
	let_go_on(c);
}

static void halt(struct sv_cpu *c)
{
	struct sv_sim_thread *t = sv_cpu_thread(c);

	t->team->halts++;
	t->halted = true;
	sv_meter_begin(&t->meter, sv_now(c->domain->lp), SV_SLEEPS);
	sv_vcpu_halt_outside(c);
}

void sv_vcpu_decide_halt(struct sv_cpu *c)
{
	const struct sv_cpu *host = c->body->cpu;
	struct sv_cpu *helped;

	c->lock.asks = false;
	if (sv_cpu_thread(c)->kicked || host->domain->sched->length(host->queue) == 0) {
		let_go_on(c);
		sv_cpu_turn_on(c);
		return;
	}
	c->lock.waits = true;
	helped = sv_directed_choose(c, c->lock.hint.lock ? &c->lock.hint : NULL);
	if (!helped) {
		halt(c);
		return;
	}
	c->domain->lock.yields++;
	let_go_on(c);
	if (!sv_directed_yield(c, helped))
		sv_cpu_turn_on(c);
}

void sv_vcpu_holds_next(struct sv_cpu *c, bool urgent)
{
	const struct sv_lock_yield *how = &c->domain->lock.yield;

	c->lock.waits = false;
	c->lock.holds = how->aware && !c->on;
	if (how->real_time == SV_REAL_TIME_ON || (how->real_time == SV_REAL_TIME_BY_LOCK && urgent))
		sv_task_raise(c->body);
}
