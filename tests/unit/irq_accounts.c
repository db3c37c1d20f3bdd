/*
 * irq_accounts.c - whatever handlers interrupt, all time is accounted for, and nobody is lost
 *
 * Handlers come at random times to CPUs of the host and to vCPUs whose threads compute, sleep,
 * contend for a lock, ring doorbells and halt; the host polls for halted vCPUs, guests poll before
 * they halt, spinners exit.
 */
#include "run_suite.h"
#include "vm/doorbell.h"
#include "vm/irq.h"
#include "vm/outside.h"
#include "vm_stack.h"
#include "wait.h"

enum { EVENT_RAISE = 2000, IRQS = 6, THREADS = 4, ROUNDS = 60 };

struct scene {
	struct stack *s;
	struct sv_system host; /* for its handlers, and vCPUs outside */
	struct sv_irq irq[IRQS];
	struct sv_outside outside[MOST];
	struct sv_doorbell bell;
	struct sv_wait_queue queue;
	struct sv_stream random;
	const struct sv_lock *kind;
	struct sv_doc *doc;
	void *lock, *node[THREADS + IRQS], *percpu[MOST], *cfg;
	bool held;
	unsigned done, raised;
	uint64_t slept, woken;
};

/* Locks whose waiters spin, halt, or ask the host. */
static const struct {
	const char *name, *options;
} locks[] = { { "mcs", NULL }, { "pv-ticket", "{threshold: 1}" },
	{ "pv-qspinlock", "{threshold: 1}" }, { "oticket+", "{spinning: long, longest: 1}" },
	{ "qspinlock+", "{threshold: 1}" } };
#define LOCKS (sizeof(locks) / sizeof(locks[0]))

/* What to vary: one bit each. */
enum { POSTED = 1, HOST_POLLS = 2, GUEST_POLLS = 4, PAUSE_EXITS = 8, TICKS = 16, WAYS = 32 };

static void raise_next(struct scene *s)
{
	sv_schedule(s->s->host.lp,
		sv_now(s->s->host.lp) + (sv_time)(sv_stream_uniform(&s->random) * 400e6) + 1,
		EVENT_RAISE, (uintptr_t)s);
}

static void on_event(struct sv_lp *lp, const struct sv_event *event)
{
	struct scene *s = (struct scene *)(uintptr_t)event->arg;

	if (event->type != EVENT_RAISE) {
		handle(lp, event);
		return;
	}
	sv_irq_raise(&s->irq[(unsigned)(sv_stream_uniform(&s->random) * IRQS)], NULL);
	s->raised++;
	if (s->done < THREADS)
		raise_next(s);
}

static void section(struct scene *s, struct sv_sim_thread *self, unsigned node)
{
	sv_sim_preempt_off(self);
	sv_sim_irqs_off(self);
	self->percpu = s->percpu;
	s->kind->acquire(s->lock, s->node[node], s->cfg);
	ck_assert(!s->held);
	s->held = true;
	sv_sim_work(self, 8 * SV_US);
	s->held = false;
	s->kind->release(s->lock, s->node[node], s->cfg);
	sv_sim_irqs_on(self);
	sv_sim_preempt_on(self);
}

static void host_handler(struct sv_sim_thread *self, void *arg)
{
	(void)arg;
	sv_sim_work(self, 3 * SV_US);
}

static void guest_handler(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	for (unsigned i = 0; i < IRQS; i++)
		if (self == &s->irq[i].thread)
			section(s, self, THREADS + i);
	s->woken += sv_wait_wake(&s->queue, 1, self);
}

static void rung(struct sv_sim_thread *by, void *arg)
{
	struct scene *s = arg;

	sv_sim_work(by, 2 * SV_US);
	if (sv_stream_uniform(&s->random) < 0.3)
		sv_sim_sleep(by, 15 * SV_US);
}

static void live(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;
	unsigned me = (unsigned)(self - s->s->thread);

	for (int i = 0; i < ROUNDS; i++) {
		struct sv_waiter w;

		sv_sim_work(self, 20 * SV_US);
		section(s, self, me);
		sv_vm_doorbell(self, &s->bell);
		sv_sim_irqs_off(self);
		sv_sim_work(self, 4 * SV_US);
		sv_sim_irqs_on(self);
		sv_sim_sleep(self, 30 * SV_US);
		sv_wait_join(&s->queue, &w, self);
		sv_wait_sleep(&w);
		sv_wait_leave(&s->queue, &w);
		s->slept++;
	}
	s->done++;
	sv_sim_thread_end(self);
}

static void set_costs(sv_time *cost)
{
	cost[SV_COST_CONTEXT_SWITCH] = 700 * SV_NS;
	cost[SV_COST_WAKE_UP] = 2 * SV_US;
	cost[SV_COST_COLD_CACHE] = 3 * SV_US;
	cost[SV_COST_VM_EXIT] = 1 * SV_US;
	cost[SV_COST_VM_INJECT] = 800 * SV_NS;
	cost[SV_COST_VM_POSTED] = 300 * SV_NS;
	cost[SV_COST_VM_EOI] = 600 * SV_NS;
	cost[SV_COST_VM_IPI] = 900 * SV_NS;
	cost[SV_COST_TIMER_TICK] = 1500 * SV_NS;
	cost[SV_COST_IRQ_ENTRY] = 400 * SV_NS;
	cost[SV_COST_VM_IOEVENTFD] = 1300 * SV_NS;
	cost[SV_COST_VM_USER_EXIT] = 3 * SV_US;
}

static void make_lock(struct scene *s, unsigned number)
{
	struct sv_memory *m = s->s->host.memory;
	struct sv_diag *diag = sv_diag_new();

	for (int i = 0; sv_locks_simulated[i]; i++)
		if (!strcmp(sv_locks_simulated[i]->name, locks[number].name))
			s->kind = sv_locks_simulated[i];
	if (s->kind->options) {
		const char *text = locks[number].options;

		s->doc = sv_doc_parse("lock", text, strlen(text), diag);
		s->cfg = sv_doc_alloc(s->doc, s->kind->options->size);
		ck_assert_int_eq(
			sv_read(s->kind->options, sv_doc_root(s->doc), s->cfg, s->doc, diag), 0);
	}
	sv_diag_free(diag);
	s->lock = sv_memory_alloc(m, s->kind->lock_bytes, 0);
	s->kind->init(s->lock, s->cfg);
	for (unsigned i = 0; i < THREADS + IRQS; i++) {
		s->node[i] = sv_memory_alloc(m, s->kind->node_bytes + 1, 0);
		if (s->kind->node_init)
			s->kind->node_init(s->node[i], i);
	}
	for (int i = 0; i < MOST; i++)
		s->percpu[i] = sv_memory_alloc(m, s->kind->percpu_bytes + 1, 0);
}

/* Levels: host, and one or two of guests. Handlers 0 and 1 are the host's, the others of the
 * topmost guest. */
static struct scene *scene_new(unsigned ways, unsigned levels, bool no_run_ahead)
{
	static const unsigned cpus[] = { 2, 3, 4 };
	struct scene *s = calloc(1, sizeof(*s));
	struct sv_domain *top;

	s->s = stack_make(&sv_sched_rr, "{slice: 1ms}", cpus, levels, no_run_ahead);
	set_costs(s->s->toy.machine.cost);
	s->s->host.lp->handle = on_event;
	sv_stream_init(&s->random, ways + 1, levels, 0, 77);
	for (unsigned l = 1; l < levels; l++) {
		struct sv_domain *d = &s->s->level[l].domain;

		d->posted = ways & POSTED;
		d->poll_limit = ways & HOST_POLLS ? 50 * SV_US : 0;
		d->guest_poll = ways & GUEST_POLLS ? 40 * SV_US : 0;
		d->pause_window = ways & PAUSE_EXITS ? SV_US : 0;
		d->ticks = ways & TICKS;
	}
	top = &s->s->level[levels - 1].domain;
	ck_assert_int_eq(sv_system_init(&s->host, s->s->host.memory, 0, TOY_PUS), 0);
	s->host.domain = &s->s->level[0].domain;
	s->s->host.system.domain = top;
	for (unsigned i = 0; i < IRQS; i++)
		ck_assert_int_eq(sv_irq_init(&s->irq[i], i < 2 ? &s->host : &s->s->host.system,
					 i % (i < 2 ? 2 : top->cpus),
					 i < 2 ? host_handler : guest_handler, s),
			0);
	for (unsigned i = 0; i < top->cpus; i++)
		ck_assert_int_eq(sv_outside_init(&s->outside[i], &top->cpu[i], s->s->host.memory,
					 &s->host.team),
			0);
	s->bell = (struct sv_doorbell){ SV_EXIT_MMIO, ways & POSTED, rung, s };
	make_lock(s, ways % LOCKS);
	for (unsigned i = 0; i < THREADS; i++)
		add_thread(s->s, live, s);
	raise_next(s);
	return s;
}

static void scene_free(struct scene *s)
{
	for (unsigned i = 0; i < IRQS; i++)
		sv_irq_fini(&s->irq[i]);
	for (unsigned i = 0; i < MOST; i++)
		sv_outside_fini(&s->outside[i]);
	sv_system_fini(&s->host);
	sv_doc_free(s->doc);
	stack_free(s->s);
	free(s);
}

/* What a vCPU's task ran is what the vCPU did, and a physical CPU did something at all times. */
static void check_accounts(struct scene *s, unsigned levels)
{
	for (unsigned l = 0; l < levels; l++)
		for (unsigned i = 0; i < s->s->level[l].domain.cpus; i++) {
			struct sv_cpu *c = &s->s->level[l].domain.cpu[i];
			sv_time sum, passed = sv_now(s->s->host.lp);

			sv_cpu_account(c);
			sum = c->busy + c->switching + c->idled + c->handled;
			if (c->body) {
				sv_cpu_account(c->body->cpu);
				sum += c->polled;
				for (int r = 0; r < SV_ABSENCES; r++)
					sum += c->exits.time[r];
				passed = c->body->ran;
			}
			ck_assert_int_eq(sum, passed);
		}
}

static sv_time play(unsigned ways, unsigned levels, bool no_run_ahead, uint64_t *events)
{
	struct scene *s = scene_new(ways, levels, no_run_ahead);
	sv_time handled = 0;
	uint64_t runs = 0;

	sim_host_run(&s->s->host, SV_S);
	ck_assert_uint_eq(s->done, THREADS);
	ck_assert_uint_eq(s->slept, THREADS * ROUNDS);
	ck_assert_uint_eq(s->woken, s->slept);
	check_accounts(s, levels);
	if (locks[ways % LOCKS].options)
		ck_assert_uint_gt(s->s->host.system.team.halts, 0);
	for (unsigned i = 0; i < IRQS; i++) {
		ck_assert(!s->irq[i].raised);
		runs += s->irq[i].count;
		handled += s->irq[i].task.cpu->handled;
	}
	ck_assert_uint_le(runs, s->raised);
	ck_assert_uint_ge(runs, s->raised / 2);
	*events = sv_engine_events(s->s->host.engine);
	scene_free(s);
	return handled;
}

START_TEST(all_time_is_accounted_for_whatever_is_interrupted)
{
	for (unsigned levels = 2; levels <= 3; levels++) {
		uint64_t events[2];
		sv_time handled = play((unsigned)_i, levels, false, &events[0]);

		ck_assert_int_eq(play((unsigned)_i, levels, true, &events[1]), handled);
		ck_assert_uint_eq(events[0], events[1]);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("irq_accounts");
	TCase *tc = tcase_create("irq_accounts");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, all_time_is_accounted_for_whatever_is_interrupted, 0, WAYS);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
