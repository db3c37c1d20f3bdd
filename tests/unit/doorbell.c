/*
 * doorbell.c - exits to code of the host, and eventfds
 */
#include "vm/doorbell.h"
#include "host/eventfd.h"
#include "run_suite.h"
#include "vm/irq.h"
#include "vm/outside.h"
#include "vm_stack.h"
#include "wait.h"

enum { ENTRY = 2, KICK = 8, USER = 20, INJECT = 3, EOI = 1, SIGNAL = 1, SYSCALL = 2 }; /* us */
#define START ((INJECT + EOI) * SV_US)

struct scene {
	struct stack *s;
	struct sv_sim_team host; /* of threads that are vCPUs outside, and of I/O threads */
	struct sv_sim_thread *by_cpu[TOY_PUS], server;
	struct sv_task task;
	struct sv_outside outside[2];
	struct sv_doorbell bell;
	struct sv_eventfd efd;
	struct sv_wait_queue queue;
	struct sv_irq irq;
	sv_time rung, served, after, handled;
	sv_time sleep;
	unsigned pu;
};

/* vcpus vCPUs on pcpus CPUs, whose doorbells lead to a team of the host's. */
static struct scene *scene_new(unsigned pcpus, unsigned vcpus, bool no_run_ahead)
{
	struct scene *s = calloc(1, sizeof(*s));
	sv_time *cost;

	s->s = stack_make(
		&sv_sched_rr, "{slice: 1ms}", (const unsigned[]){ pcpus, vcpus }, 2, no_run_ahead);
	cost = s->s->toy.machine.cost;
	cost[SV_COST_CONTEXT_SWITCH] = 0;
	cost[SV_COST_SYSCALL] = SYSCALL * SV_US;
	cost[SV_COST_FUTEX_WAKE] = 0;
	cost[SV_COST_VM_INJECT] = INJECT * SV_US;
	cost[SV_COST_VM_EOI] = EOI * SV_US;
	cost[SV_COST_IRQ_ENTRY] = ENTRY * SV_US;
	cost[SV_COST_VM_IOEVENTFD] = KICK * SV_US;
	cost[SV_COST_VM_USER_EXIT] = USER * SV_US;
	cost[SV_COST_EVENTFD] = SIGNAL * SV_US;
	s->host =
		(struct sv_sim_team){ .os = &sv_scheduled_os, .cpus = pcpus, .thread = s->by_cpu };
	sv_hist_init(&s->host.wake_up);
	for (unsigned i = 0; i < vcpus; i++)
		ck_assert_int_eq(sv_outside_init(&s->outside[i], &s->s->level[1].domain.cpu[i],
					 s->s->host.memory, &s->host),
			0);
	return s;
}

static void scene_free(struct scene *s)
{
	for (int i = 0; i < 2; i++)
		sv_outside_fini(&s->outside[i]);
	if (s->task.entity) {
		sv_sim_thread_fini(&s->server);
		sv_task_fini(&s->task);
	}
	sv_irq_fini(&s->irq);
	sv_hist_fini(&s->host.wake_up);
	stack_free(s->s);
	free(s);
}

static const struct sv_exits *exits(struct scene *s, unsigned i)
{
	struct sv_cpu *c = &s->s->level[1].domain.cpu[i];

	sv_cpu_account(c);
	sv_cpu_account(c->body->cpu);
	return &c->exits;
}

static void ring(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_work(self, 100 * SV_US);
	sv_vm_doorbell(self, &s->bell);
	s->after = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

/* What a device model does: works, and perhaps sleeps. */
static void emulate(struct sv_sim_thread *by, void *arg)
{
	struct scene *s = arg;

	s->rung = sv_now(by->process.lp);
	s->pu = by->pu;
	sv_sim_work(by, 30 * SV_US);
	if (s->sleep)
		sv_sim_sleep(by, s->sleep);
}

START_TEST(a_doorbell_runs_code_of_the_host_in_the_midst_of_an_exit)
{
	struct scene *s = scene_new(1, 1, _i % 2);
	sv_time exit = _i < 2 ? KICK * SV_US : USER * SV_US;

	s->bell = (struct sv_doorbell){ SV_EXIT_MMIO, _i >= 2, emulate, s };
	add_thread(s->s, ring, s);
	sim_host_run(&s->s->host, SV_S);
	ck_assert_int_eq(s->rung, START + 100 * SV_US + exit / 2);
	ck_assert_int_eq(s->after, START + 130 * SV_US + exit);
	ck_assert_uint_eq(exits(s, 0)->count[SV_EXIT_MMIO], 1);
	ck_assert_int_eq(exits(s, 0)->time[SV_EXIT_MMIO], 30 * SV_US + exit);
	ck_assert_int_eq(s->s->level[1].body[0].ran, s->after);
	scene_free(s);
}
END_TEST

static void compute(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_work(self, SV_MS);
	s->s->finished[self - s->s->thread] = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

/* While the vCPU sleeps outside, the other one has the CPU. */
START_TEST(a_vcpu_outside_may_sleep_and_leaves_its_cpu_to_others)
{
	struct scene *s = scene_new(1, 2, _i);

	s->bell = (struct sv_doorbell){ SV_EXIT_IO, true, emulate, s };
	s->sleep = 400 * SV_US;
	add_thread(s->s, ring, s);
	add_thread(s->s, compute, s);
	sim_host_run(&s->s->host, SV_S);
	ck_assert_int_ge(s->after, START + (130 + 400 + USER) * SV_US);
	ck_assert_int_le(s->after, SV_MS + START + (130 + USER + SYSCALL) * SV_US);
	ck_assert_int_eq(exits(s, 0)->time[SV_EXIT_IO], (30 + SYSCALL + USER) * SV_US);
	/* It ran while the first one slept. */
	ck_assert_int_lt(s->s->finished[1], (1000 + 130 + USER + 3 * SYSCALL) * SV_US + 2 * START);
	scene_free(s);
}
END_TEST

static void wake_server(struct sv_eventfd *efd, struct sv_sim_thread *by)
{
	struct scene *s = efd->owner;

	sv_wait_wake(&s->queue, 1, by);
}

static void signal_it(struct sv_sim_thread *by, void *arg)
{
	struct scene *s = arg;

	s->rung = sv_now(by->process.lp);
	sv_eventfd_signal(&s->efd, by);
}

static void serve(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;
	struct sv_waiter w;

	sv_wait_join(&s->queue, &w, self);
	sv_wait_sleep(&w);
	sv_wait_leave(&s->queue, &w);
	ck_assert(sv_eventfd_read(&s->efd, self));
	ck_assert(!s->efd.set);
	s->served = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

static void add_server(struct scene *s)
{
	ck_assert_int_eq(
		sv_task_init(&s->task, &s->s->level[0].domain, &s->s->level[0].domain.cpu[1],
			&(struct sv_sched_info){ .id = 7, .weight = 1024 }),
		0);
	s->server = (struct sv_sim_thread){ .memory = s->s->host.memory, .team = &s->host };
	sv_task_be_thread(&s->task, &s->server);
	ck_assert_int_eq(sv_sim_thread_start(&s->server, serve, s, 0), 0);
}

START_TEST(a_kick_wakes_a_thread_of_the_host)
{
	struct scene *s = scene_new(2, 1, _i);

	s->s->toy.machine.cost[SV_COST_WAKE_UP] = 5 * SV_US;
	s->efd = (struct sv_eventfd){ .notify = wake_server, .owner = s };
	s->bell = (struct sv_doorbell){ SV_EXIT_MMIO, false, signal_it, s };
	add_thread(s->s, ring, s);
	add_server(s);
	sim_host_run(&s->s->host, SV_S);
	ck_assert_int_eq(s->rung, START + 5 * SV_US + (100 + KICK / 2) * SV_US);
	ck_assert_int_eq(s->served, s->rung + (SIGNAL + 5 + SYSCALL + SIGNAL) * SV_US);
	/* The signal is the exit's, the wake-up the server's. */
	ck_assert_int_eq(s->after, s->rung + (SIGNAL + KICK / 2) * SV_US);
	ck_assert_uint_eq(s->efd.signals, 1);
	scene_free(s);
}
END_TEST

static void handle_irq(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	s->handled = sv_now(self->process.lp);
}

static void write_it(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_work(self, 200 * SV_US);
	sv_eventfd_write(&s->efd, self);
	s->after = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

START_TEST(an_irqfd_injects_what_it_is_signalled)
{
	struct scene *s = scene_new(2, 1, _i);

	s->s->host.system.domain = &s->s->level[1].domain;
	ck_assert_int_eq(sv_irq_init(&s->irq, &s->s->host.system, 0, handle_irq, s), 0);
	sv_eventfd_be_irqfd(&s->efd, &s->irq);
	add_thread(s->s, compute, s);
	add_server(s);
	s->server.body = write_it;
	sim_host_run(&s->s->host, SV_S);
	ck_assert_int_eq(s->after, (200 + SYSCALL + SIGNAL) * SV_US);
	ck_assert_int_eq(s->handled, s->after + (INJECT + ENTRY) * SV_US);
	ck_assert_int_eq(s->s->finished[0], START + SV_MS + (INJECT + ENTRY + EOI) * SV_US);
	scene_free(s);
}
END_TEST

static void write_register(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;
	sv_time start = sv_now(self->process.lp);

	sv_vm_doorbell(self, &s->bell);
	s->after = sv_now(self->process.lp) - start;
	sv_mmio_read(self);
	s->served = sv_now(self->process.lp) - start - s->after;
}

static void rung_by_itself(struct sv_sim_thread *by, void *arg)
{
	struct scene *s = arg;

	ck_assert_ptr_eq(by, &s->server);
}

START_TEST(outside_of_guests_a_doorbell_is_a_posted_write)
{
	struct scene s = { 0 };
	struct toy_machine toy;
	struct sim_host host;

	toy_machine_init(&toy);
	toy.machine.cost[SV_COST_MMIO_WRITE] = 100 * SV_NS;
	toy.machine.cost[SV_COST_MMIO_READ] = 800 * SV_NS;
	sim_host_init(&host, &toy.machine, false);
	s.bell = (struct sv_doorbell){ SV_EXIT_MMIO, false, rung_by_itself, &s };
	sim_host_thread(&host, &s.server, write_register, &s, 0);
	sim_host_run(&host, SV_MS);
	ck_assert_int_eq(s.after, 100 * SV_NS);
	ck_assert_int_eq(s.served, 800 * SV_NS);
	sv_sim_thread_fini(&s.server);
	sim_host_fini(&host);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("doorbell");
	TCase *tc = tcase_create("doorbell");

	tcase_add_loop_test(tc, a_doorbell_runs_code_of_the_host_in_the_midst_of_an_exit, 0, 4);
	tcase_add_loop_test(tc, a_vcpu_outside_may_sleep_and_leaves_its_cpu_to_others, 0, 2);
	tcase_add_loop_test(tc, a_kick_wakes_a_thread_of_the_host, 0, 2);
	tcase_add_loop_test(tc, an_irqfd_injects_what_it_is_signalled, 0, 2);
	tcase_add_test(tc, outside_of_guests_a_doorbell_is_a_posted_write);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
