/*
 * outside.c - doorbells, and the threads that virtual CPUs are while they are out of their guests
 */
#include "vm/outside.h"
#include "simulated_private.h"
#include "vm/content.h"
#include "vm/doorbell.h"
#include "vm/os.h"

static sv_time cost(const struct sv_cpu *c, enum sv_cost which)
{
	sv_time time = c->domain->machine->cost[which];

	return time > 0 ? time : 0;
}

void sv_outside_begin(struct sv_outside *o)
{
	struct sv_task *body = o->vcpu->body;

	sv_cpu_account(body->cpu);
	body->outside = &o->thread;
	sv_sim_continue(&o->thread, sv_now(o->thread.process.lp));
	sv_cpu_run_thread(body->cpu, &o->thread);
}

static void end(struct sv_outside *o)
{
	struct sv_task *body = o->vcpu->body;
	enum sv_exit_reason reason = o->bell->reason;

	sv_cpu_account(body->cpu);
	sv_sim_thread_stop(&o->thread);
	body->outside = NULL;
	o->bell = NULL;
	sv_vcpu_owe(o->vcpu, reason, o->rest);
	sv_vcpu_return(o->vcpu);
}

static void run(struct sv_process *process, void *arg)
{
	struct sv_outside *o = arg;

	(void)process;
	sv_sim_self = &o->thread;
	for (;;) {
		o->bell->rung(&o->thread, o->bell->arg);
		sv_sim_drain(&o->thread);
		end(o);
		sv_sim_block(&o->thread);
	}
}

int sv_outside_init(struct sv_outside *o, struct sv_cpu *vcpu, struct sv_memory *memory,
	struct sv_sim_team *host)
{
	struct sv_sim_thread *t = &o->thread;
	sv_time now = sv_now(memory->lp);

	*o = (struct sv_outside){ .vcpu = vcpu,
		.thread = { .memory = memory, .team = host, .task = vcpu->body } };
	host->os = &sv_scheduled_os;
	sv_meter_init(&t->meter, now, true);
	sv_meter_turn(&t->meter, now, SV_SLEEPS, SV_COMPUTES);
	if (sv_process_init(&t->process, memory->lp, run, o) < 0)
		return -1;
	t->process.suspended = true;
	vcpu->outside = o;
	return 0;
}

void sv_outside_fini(struct sv_outside *o)
{
	if (o->vcpu)
		sv_process_fini(&o->thread.process);
}

/* What the device sees of the exit is as far from its begin as from its end. */
void sv_vm_doorbell(struct sv_sim_thread *self, const struct sv_doorbell *bell)
{
	struct sv_cpu *c = self->task ? self->task->cpu : NULL;
	sv_time time;

	if (!c || !c->body) {
		sv_mmio_write(self);
		bell->rung(self, bell->arg);
		return;
	}
	SV_BUG_ON(!c->outside || c->outside->bell);
	sv_sim_drain(self);
	time = cost(c, bell->user ? SV_COST_VM_USER_EXIT : SV_COST_VM_IOEVENTFD);
	c->outside->bell = bell;
	c->outside->rest = time - time / 2;
	sv_vcpu_exit(c, bell->reason, time / 2);
	sv_sim_thread_work(self, 0);
}

static void access_register(struct sv_sim_thread *t, enum sv_cost which)
{
	sv_time time = sv_sim_cost(t, which);

	sv_sim_drain(t);
	if (time > 0)
		sv_sim_elapse(t, time);
}

void sv_mmio_write(struct sv_sim_thread *self)
{
	access_register(self, SV_COST_MMIO_WRITE);
}

void sv_mmio_read(struct sv_sim_thread *self)
{
	access_register(self, SV_COST_MMIO_READ);
}
