/*
 * process.c - processes on one and on several LPs
 */
#include "process.h"
#include "random.h"
#include "run_suite.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every allocation of the program is counted, where no sanitizer has its own allocator. */
static unsigned long allocations;

#if !defined(SV_FIBER_ASAN) && !defined(SV_FIBER_TSAN)
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t n, size_t bytes);
void *__libc_realloc(void *p, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);

void *malloc(size_t bytes)
{
	allocations++;
	return __libc_malloc(bytes);
}

void *calloc(size_t n, size_t bytes)
{
	allocations++;
	return __libc_calloc(n, bytes);
}

void *realloc(void *p, size_t bytes)
{
	allocations++;
	return __libc_realloc(p, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
	allocations++;
	return __libc_memalign(alignment, bytes);
}
#endif

static void handle_processes_only(struct sv_lp *lp, const struct sv_event *event)
{
	(void)lp;
	SV_BUG_ON(!sv_process_handle(event));
}

static struct sv_engine *engine_of(unsigned threads, bool no_run_ahead)
{
	return sv_engine_new(
		&(struct sv_engine_config){ .threads = threads, .no_run_ahead = no_run_ahead });
}

static void run(struct sv_engine *e, sv_time until)
{
	struct sv_diag *diag = sv_diag_new();

	ck_assert_int_eq(sv_engine_run(e, until, diag), 0);
	sv_diag_free(diag);
}

/* What happened, as "NAME@TIME " for each step. */
static char trace[512];

static void note(const char *name, const struct sv_process *p)
{
	size_t n = strlen(trace);

	snprintf(trace + n, sizeof(trace) - n, "%s@%lld ", name, (long long)sv_now(p->lp));
}

struct stepper {
	struct sv_process p;
	const char *name;
	sv_time step;
	unsigned steps;
};

static void step(struct sv_process *self, void *arg)
{
	struct stepper *s = arg;

	for (unsigned i = 0; i < s->steps; i++) {
		note(s->name, self);
		sv_hold(self, s->step);
	}
}

START_TEST(processes_interleave_in_the_order_of_time)
{
	struct sv_engine *e = engine_of(1, _i);
	struct sv_lp *lp = sv_engine_add(e, handle_processes_only, NULL, "lp");
	struct stepper a = { .name = "a", .step = 10, .steps = 4 },
		       b = { .name = "b", .step = 15, .steps = 3 },
		       c = { .name = "c", .step = 0, .steps = 2 };

	trace[0] = '\0';
	ck_assert_int_eq(sv_process_init(&a.p, lp, step, &a), 0);
	ck_assert_int_eq(sv_process_init(&b.p, lp, step, &b), 0);
	ck_assert_int_eq(sv_process_init(&c.p, lp, step, &c), 0);
	sv_process_start(&a.p, 0);
	sv_process_start(&b.p, 0);
	sv_process_start(&c.p, 30);
	run(e, 1000);
	/* Those at one time follow in the order in which their events were made: c's start came
	 * first, a's hold from 20 before c's hold of 0, and b's hold from 15 before both. */
	ck_assert_str_eq(trace, "a@0 b@0 a@10 b@15 a@20 c@30 b@30 a@30 c@30 ");
	ck_assert(a.p.done && b.p.done && c.p.done);
	/* Starts and holds. */
	ck_assert_uint_eq(sv_engine_events(e), 3 + 9);
	sv_process_fini(&a.p);
	sv_process_fini(&b.p);
	sv_process_fini(&c.p);
	sv_engine_free(e);
}
END_TEST

static struct sv_process sleeper, waker;

static void sleep_twice(struct sv_process *self, void *arg)
{
	(void)arg;
	sv_suspend(self);
	note("woken", self);
	sv_suspend(self);
	note("again", self);
}

static void wake_twice(struct sv_process *self, void *arg)
{
	(void)arg;
	sv_hold(self, 10);
	ck_assert(sleeper.suspended);
	sv_resume(&sleeper, sv_now(self->lp) + 5);
	ck_assert(!sleeper.suspended);
	note("resumed", self);
	sv_hold(self, 20);
	note("later", self);
	sv_resume(&sleeper, sv_now(self->lp));
	note("goes on", self);
}

START_TEST(a_suspended_process_goes_on_when_resumed)
{
	struct sv_engine *e = engine_of(1, _i);
	struct sv_lp *lp = sv_engine_add(e, handle_processes_only, NULL, "lp");

	trace[0] = '\0';
	ck_assert_int_eq(sv_process_init(&sleeper, lp, sleep_twice, NULL), 0);
	ck_assert_int_eq(sv_process_init(&waker, lp, wake_twice, NULL), 0);
	sv_process_start(&sleeper, 0);
	sv_process_start(&waker, 0);
	run(e, 1000);
	ck_assert_str_eq(trace, "resumed@10 woken@15 later@30 goes on@30 again@30 ");
	sv_process_fini(&sleeper);
	sv_process_fini(&waker);
	sv_engine_free(e);
}
END_TEST

START_TEST(a_later_run_goes_on_in_the_middle_of_a_hold)
{
	struct sv_engine *e = engine_of(1, _i);
	struct sv_lp *lp = sv_engine_add(e, handle_processes_only, NULL, "lp");
	struct stepper a = { .name = "a", .step = 10, .steps = 100 };

	trace[0] = '\0';
	ck_assert_int_eq(sv_process_init(&a.p, lp, step, &a), 0);
	sv_process_start(&a.p, 0);
	run(e, 20); /* what happens at 20 stays */
	ck_assert_str_eq(trace, "a@0 a@10 ");
	run(e, 21);
	run(e, 25);
	ck_assert_str_eq(trace, "a@0 a@10 a@20 ");
	run(e, 31);
	ck_assert_str_eq(trace, "a@0 a@10 a@20 a@30 ");
	ck_assert(!a.p.done);
	sv_process_fini(&a.p);
	sv_engine_free(e);
}
END_TEST

START_TEST(a_hold_allocates_nothing)
{
	enum { WARM = 2000, N = 200 };
	struct sv_engine *e = engine_of(1, _i);
	struct sv_lp *lp = sv_engine_add(e, handle_processes_only, NULL, "lp");
	static struct stepper s[N];
	unsigned long before;

	for (int i = 0; i < N; i++) {
		s[i] = (struct stepper){ .name = "", .step = 10 + i, .steps = 1000000 };
		ck_assert_int_eq(sv_process_init(&s[i].p, lp, step, &s[i]), 0);
		sv_process_start(&s[i].p, i);
	}
	trace[0] = '\0';
	run(e, WARM);
	before = allocations;
	run(e, 20 * WARM);
	/* One diag for the second run, with what it holds. */
	ck_assert_uint_le(allocations - before, 20);
	ck_assert_uint_gt(sv_engine_events(e), 20000);
	for (int i = 0; i < N; i++)
		sv_process_fini(&s[i].p);
	sv_engine_free(e);
}
END_TEST

/*
 * A city: LPs with processes that hold, suspend, wake each other and send over channels. Each
 * LP folds what it sees, with times, into a number that depends on the order.
 */
enum { HOSTS = 6, PER_HOST = 8, MESSAGE = 1, LATENCY = 500, UNTIL = 200000 };

struct host {
	struct sv_lp *lp;
	const struct sv_channel *out;
	uint32_t next;
	unsigned awake;
	uint64_t seen;
	struct resident {
		struct sv_process p;
		struct sv_stream random;
		struct host *home;
	} resident[PER_HOST];
};

static void see(struct host *h, uint64_t what)
{
	h->seen = (h->seen ^ what ^ (uint64_t)sv_now(h->lp) << 8) * 0x9e3779b97f4a7c15u;
	h->seen ^= h->seen >> 29;
}

static void wake_somebody(struct host *h, sv_time delay)
{
	for (unsigned i = 0; i < PER_HOST; i++)
		if (h->resident[i].p.suspended) {
			h->awake++;
			sv_resume(&h->resident[i].p, sv_now(h->lp) + delay);
			return;
		}
}

static void live(struct sv_process *self, void *arg)
{
	struct resident *r = arg;
	struct host *h = r->home;

	for (;;) {
		uint64_t dice = sv_stream_next(&r->random);

		/* Short holds often run ahead, zero ones never may. */
		sv_hold(self, (sv_time)(dice >> 8 & 0x3f) * (dice >> 14 & 3));
		see(h, (uint64_t)(r - h->resident));
		if ((dice & 7) == 0 && h->awake > 1) {
			h->awake--;
			sv_suspend(self);
			see(h, 77);
		} else if ((dice & 7) == 1) {
			wake_somebody(h, (sv_time)(dice >> 20 & 0xf));
		} else if ((dice & 7) == 2) {
			sv_send(h->lp, h->out, h->next,
				sv_now(h->lp) + LATENCY + (sv_time)(dice >> 20 & 0xff), MESSAGE,
				dice);
		}
	}
}

static void handle_host(struct sv_lp *lp, const struct sv_event *event)
{
	struct host *h = lp->state;

	if (sv_process_handle(event))
		return;
	SV_BUG_ON(event->type != MESSAGE); /* Check's assertions are for one thread */
	see(h, event->arg);
	wake_somebody(h, 0);
}

static void host_start(struct host *h, uint32_t id)
{
	h->awake = PER_HOST;
	for (uint32_t i = 0; i < PER_HOST; i++) {
		struct resident *r = &h->resident[i];

		r->home = h;
		sv_stream_init(&r->random, 1, 0, id, i);
		ck_assert_int_eq(sv_process_init(&r->p, h->lp, live, r), 0);
		sv_process_start(&r->p, i);
	}
}

struct outcome {
	uint64_t seen[HOSTS], events;
};

static struct outcome city(unsigned threads, bool no_run_ahead, bool in_two_runs)
{
	static struct host host[HOSTS];
	struct sv_engine *e = engine_of(threads, no_run_ahead);
	struct outcome o;

	memset(host, 0, sizeof(host));
	for (int i = 0; i < HOSTS; i++)
		host[i].lp = sv_engine_add(e, handle_host, &host[i], "host");
	for (uint32_t i = 0; i < HOSTS; i++) {
		host[i].next = (i + 1) % HOSTS;
		host[i].out = sv_engine_channel(e, host[i].lp, host[host[i].next].lp, LATENCY);
		host_start(&host[i], i);
	}
	if (in_two_runs)
		run(e, UNTIL / 3);
	run(e, UNTIL);
	o.events = sv_engine_events(e);
	for (int i = 0; i < HOSTS; i++) {
		o.seen[i] = host[i].seen;
		for (int j = 0; j < PER_HOST; j++)
			sv_process_fini(&host[i].resident[j].p);
	}
	sv_engine_free(e);
	return o;
}

START_TEST(threads_and_run_ahead_change_nothing)
{
	const struct outcome oracle = city(1, true, false);

	ck_assert_uint_gt(oracle.events, 50000);
	for (unsigned threads = 1; threads <= 4; threads *= 2)
		for (int no_run_ahead = 0; no_run_ahead <= 1; no_run_ahead++)
			for (int twice = 0; twice <= 1; twice++) {
				struct outcome o = city(threads, no_run_ahead, twice);

				ck_assert_uint_eq(o.events, oracle.events);
				ck_assert_mem_eq(o.seen, oracle.seen, sizeof(o.seen));
			}
}
END_TEST

struct walker {
	struct sv_process p;
	unsigned id;
	sv_time end;
};

static void walk(struct sv_process *self, void *arg)
{
	struct walker *w = arg;

	for (sv_time i = 1; i <= 20; i++)
		sv_hold(self, i * (w->id % 17 + 1));
	w->end = sv_now(self->lp);
}

START_TEST(a_thousand_processes_finish_on_time)
{
	enum { N = 1000 };
	static struct walker w[N];
	struct sv_engine *e = engine_of(1, _i);
	struct sv_lp *lp = sv_engine_add(e, handle_processes_only, NULL, "lp");

	for (unsigned i = 0; i < N; i++) {
		w[i].id = i;
		ck_assert_int_eq(sv_process_init(&w[i].p, lp, walk, &w[i]), 0);
		sv_process_start(&w[i].p, i);
	}
	run(e, SV_S);
	for (unsigned i = 0; i < N; i++) {
		ck_assert(w[i].p.done);
		ck_assert_int_eq(w[i].end, i + 210 * (i % 17 + 1));
		sv_process_fini(&w[i].p);
	}
	ck_assert_uint_eq(sv_engine_events(e), N * 21);
	sv_engine_free(e);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("process");

	tcase_set_timeout(tc, 60);
	/* Loops run once with run-ahead and once without. */
	tcase_add_loop_test(tc, processes_interleave_in_the_order_of_time, 0, 2);
	tcase_add_loop_test(tc, a_suspended_process_goes_on_when_resumed, 0, 2);
	tcase_add_loop_test(tc, a_later_run_goes_on_in_the_middle_of_a_hold, 0, 2);
	tcase_add_loop_test(tc, a_hold_allocates_nothing, 0, 2);
	tcase_add_test(tc, threads_and_run_ahead_change_nothing);
	tcase_add_loop_test(tc, a_thousand_processes_finish_on_time, 0, 2);
	return run_case("process", tc);
}
