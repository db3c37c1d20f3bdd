/*
 * sched.c - what holds for every scheduling policy, or for all that share a CPU
 */
#include "run_suite.h"
#include "sched_run.h"

static const char *const preemptive[] = { "cfs", "eevdf", "credit", "rr", NULL };
static const char *const weighted[] = { "cfs", "eevdf", NULL };

/* Computes for ever. */
static unsigned spinner(struct host *h, unsigned cpu, uint32_t weight)
{
	return host_add(h, cpu, (struct sv_sched_info){ .weight = weight }, SV_TIME_MAX, 0);
}

static const struct sv_sched *policy(size_t i)
{
	return sv_sched_kinds.at(i).object;
}

START_TEST(every_policy_is_whole)
{
	size_t n = 0;

	for (; policy(n); n++) {
		const struct sv_sched *s = policy(n);

		ck_assert_str_eq(sv_sched_kinds.at(n).name, s->name);
		ck_assert(s->help && s->domain_bytes && s->queue_bytes && s->entity_bytes);
		ck_assert(s->domain_init && s->queue_init && s->entity_init && s->enqueue);
		ck_assert(s->dequeue && s->pick && s->put && s->yield && s->prefer && s->charge);
		ck_assert(s->tick && s->preempts && s->length && s->movable && s->tick_time);
		ck_assert(s->period && s->account);
	}
	ck_assert_uint_eq(n, 6);
}
END_TEST

START_TEST(equals_get_equal_shares)
{
	for (size_t i = 0; preemptive[i]; i++)
		for (unsigned n = 1; n <= 7; n += 2) {
			struct host *h = host_new(preemptive[i], "", 1);

			for (unsigned k = 0; k < n; k++)
				spinner(h, 0, 1024);
			host_run(h, 100 * SV_S);
			for (unsigned k = 0; k < n; k++)
				host_assert_got(h, k, 100 * SV_S / n, 100 * SV_MS);
			host_free(h);
		}
}
END_TEST

START_TEST(shares_follow_weights)
{
	static const uint32_t weights[] = { 335, 1024, 1024, 3121 }; /* nice 5, 0, 0, -5 */

	for (size_t i = 0; weighted[i]; i++) {
		struct host *h = host_new(weighted[i], "", 1);

		for (unsigned k = 0; k < 4; k++)
			spinner(h, 0, weights[k]);
		host_run(h, 100 * SV_S);
		for (unsigned k = 0; k < 4; k++)
			host_assert_got(h, k, 100 * SV_S * weights[k] / 5504, 60 * SV_MS);
		host_free(h);
	}
}
END_TEST

/* Two on one CPU take turns there; the others' CPUs are theirs alone. */
START_TEST(a_cpu_is_never_idle_while_somebody_waits)
{
	for (size_t i = 0; policy(i); i++) {
		struct host *h = host_new(policy(i)->name, "", 3);
		sv_time total = 0;

		for (unsigned k = 0; k < 4; k++)
			spinner(h, k % 3, 1024);
		host_run(h, SV_S);
		for (unsigned k = 0; k < 4; k++)
			total += h->task[k].total;
		ck_assert_int_eq(total, 3 * SV_S);
		host_free(h);
	}
}
END_TEST

START_TEST(nobody_starves_beside_sleepers)
{
	for (size_t i = 0; preemptive[i]; i++) {
		struct host *h = host_new(preemptive[i], "", 1);
		unsigned victim = spinner(h, 0, 1024);

		for (unsigned k = 1; k < 20; k++)
			host_add(h, 0, (struct sv_sched_info){ 0 }, (k % 7 + 1) * 300 * SV_US,
				(k % 5 + 1) * 700 * SV_US);
		host_run(h, 20 * SV_S);
		/* More than half of an equal share, and never kept waiting for a second. */
		ck_assert_int_gt(h->task[victim].total, 20 * SV_S / 40);
		ck_assert_int_lt(host_longest_gap(h, victim, 0), SV_S);
		host_free(h);
	}
}
END_TEST

static void mix(struct host *h)
{
	for (unsigned k = 0; k < 12; k++)
		host_add(h, k % 2, (struct sv_sched_info){ .weight = 512 + 256 * (k % 4) },
			k % 3 ? (k + 1) * 900 * SV_US : SV_TIME_MAX, (k + 1) * 1100 * SV_US);
	host_run(h, 3 * SV_S);
}

START_TEST(the_same_again_gives_the_same)
{
	for (size_t i = 0; policy(i); i++) {
		struct host *a = host_new(policy(i)->name, "", 2);
		struct host *b = host_new(policy(i)->name, "", 2);

		mix(a);
		mix(b);
		ck_assert_uint_eq(a->slices, b->slices);
		ck_assert_int_eq(memcmp(a->slice, b->slice, a->slices * sizeof(*a->slice)), 0);
		host_free(a);
		host_free(b);
	}
}
END_TEST

START_TEST(the_length_counts_who_waits)
{
	for (size_t i = 0; policy(i); i++) {
		struct host *h = host_new(policy(i)->name, "", 2);

		ck_assert_uint_eq(h->s->length(h->cpu[0].queue), 0);
		for (unsigned k = 0; k < 3; k++)
			spinner(h, 0, 1024);
		ck_assert_uint_eq(h->s->length(h->cpu[0].queue), 2);
		host_migrate(h, host_runs(h, 0) == 1 ? 2 : 1, 1);
		ck_assert_uint_eq(h->s->length(h->cpu[0].queue), 1);
		ck_assert_uint_eq(h->s->length(h->cpu[1].queue), 0);
		host_free(h);
	}
}
END_TEST

static int queued_number(struct host *h, void *entity)
{
	for (unsigned k = 0; entity && k < h->tasks; k++)
		if (h->task[k].entity == entity)
			return (int)k;
	return -1;
}

START_TEST(who_waits_longest_moves)
{
	for (size_t i = 0; policy(i); i++) {
		struct host *h = host_new(policy(i)->name, "", 1);
		bool strict = !strcmp(policy(i)->name, "gang");

		ck_assert_ptr_null(h->s->movable(h->cpu[0].queue, 0));
		spinner(h, 0, 1024);
		ck_assert_ptr_null(h->s->movable(h->cpu[0].queue, 0));
		host_run(h, SV_US);
		spinner(h, 0, 1024);
		host_run(h, 2 * SV_US);
		spinner(h, 0, 1024);
		ck_assert_int_eq(host_runs(h, 0), 0);
		ck_assert_int_eq(
			queued_number(h, h->s->movable(h->cpu[0].queue, h->now)), strict ? -1 : 1);
		host_free(h);
	}
}
END_TEST

/* Three on two CPUs: each moves in its turn, as soon as it waits, and gets two thirds of a CPU. */
START_TEST(migration_keeps_shares_fair)
{
	for (size_t i = 0; preemptive[i]; i++) {
		struct host *h = host_new(preemptive[i], "", 2);
		unsigned turn = 0;
		sv_time t = 0;

		for (unsigned k = 0; k < 3; k++)
			spinner(h, k % 2, 1024);
		while (t < 90 * SV_S) {
			t += 19260 * SV_US; /* in no step with ticks and slices */
			host_run(h, t);
			if (host_runs(h, h->task[turn].cpu) == (int)turn)
				continue;
			host_migrate(h, turn, !h->task[turn].cpu);
			turn = (turn + 1) % 3;
		}
		for (unsigned k = 0; k < 3; k++)
			host_assert_got(h, k, 60 * SV_S, 600 * SV_MS);
		host_free(h);
	}
}
END_TEST

/* A CPU that has run for a minute and a new one have virtual times of their own. */
START_TEST(a_migrant_neither_gains_nor_loses_by_the_clock_of_its_cpu)
{
	for (size_t i = 0; preemptive[i]; i++)
		for (unsigned from = 0; from < 2; from++) {
			struct host *h = host_new(preemptive[i], "", 2);
			unsigned mover, other;
			sv_time before;

			for (unsigned k = 0; k < 2; k++)
				spinner(h, 0, 1024);
			host_run(h, 60 * SV_S);
			spinner(h, 1, 1024);
			spinner(h, 1, 1024);
			host_run(h, 61 * SV_S);
			other = !from;
			mover = from * 2 + ((unsigned)host_runs(h, from) == from * 2);
			before = h->task[mover].total;
			host_migrate(h, mover, other);
			host_run(h, 64 * SV_S);
			host_assert_got(h, mover, before + SV_S, 100 * SV_MS);
			host_free(h);
		}
}
END_TEST

/* Wakes n tasks at once, in falling order of their ids, on a CPU that is idle. */
static void wake_at_once(struct host *h, unsigned n)
{
	for (unsigned k = n; k-- > 0;) {
		struct sv_sched_info info = { .id = k, .weight = 1024 };
		struct host_task *t = &h->task[k];

		*t = (struct host_task){ .entity = calloc(1, h->s->entity_bytes),
			.burst = SV_TIME_MAX,
			.sleep = SV_TIME_MAX,
			.left = SV_TIME_MAX,
			.wakes = SV_TIME_MAX };
		h->s->entity_init(t->entity, h->domain, &info);
		h->s->enqueue(h->cpu[0].queue, t->entity, 0, SV_SCHED_WAKE);
	}
	h->tasks = n;
	host_switch(h, &h->cpu[0]);
}

START_TEST(the_lower_id_goes_first)
{
	for (size_t i = 0; policy(i); i++) {
		struct host *h = host_new(policy(i)->name, "", 1);

		wake_at_once(h, 5);
		for (int k = 0; k < 5; k++) {
			ck_assert_int_eq(host_runs(h, 0), k);
			h->cpu[0].running->left = 0;
			host_switch(h, &h->cpu[0]);
		}
		ck_assert_int_eq(host_runs(h, 0), -1);
		host_free(h);
	}
}
END_TEST

/* Nobody has run yet, so that without the yield the lower id would run on. */
START_TEST(who_yields_lets_another_run)
{
	for (size_t i = 0; policy(i); i++) {
		struct host *h = host_new(policy(i)->name, "", 1);
		struct host_cpu *c = &h->cpu[0];

		wake_at_once(h, 3);
		h->now = c->charged = 1;
		h->s->yield(c->queue, c->running->entity, h->now);
		host_switch(h, c);
		ck_assert_int_eq(host_runs(h, 0), 1);
		/* That was it: all have the same virtual time, so that its id counts again. */
		host_switch(h, c);
		if (!strcmp(policy(i)->name, "cfs"))
			ck_assert_int_eq(host_runs(h, 0), 0);
		host_free(h);
	}
}
END_TEST

START_TEST(who_is_preferred_runs_next)
{
	for (size_t i = 0; policy(i); i++)
		for (int target = 1; target < 5; target++) {
			struct host *h = host_new(policy(i)->name, "", 1);
			struct host_cpu *c = &h->cpu[0];

			wake_at_once(h, 5);
			h->s->yield(c->queue, c->running->entity, h->now);
			h->s->prefer(c->queue, h->task[target].entity, h->now);
			host_switch(h, c);
			ck_assert_int_eq(host_runs(h, 0), target);
			host_free(h);
		}
}
END_TEST

/* One that is far ahead of its share, unless the policy knows no shares. */
START_TEST(who_is_raised_runs_next_fair_or_not)
{
	for (size_t i = 0; policy(i); i++) {
		struct host *h = host_new(policy(i)->name, "", 1);
		struct host_cpu *c = &h->cpu[0];
		int first;

		if (!h->s->raise) {
			host_free(h);
			continue;
		}
		wake_at_once(h, 3);
		first = (int)(c->running - h->task);
		h->now += 50 * SV_MS;
		host_switch(h, c);
		ck_assert_int_eq(host_runs(h, 0) == first, 0);
		h->s->raise(c->queue, h->task[first].entity, h->now);
		host_switch(h, c);
		ck_assert_int_eq(host_runs(h, 0), first);
		/* Once only. */
		h->now += 50 * SV_MS;
		host_switch(h, c);
		ck_assert_int_eq(host_runs(h, 0) == first, 0);
		host_free(h);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		every_policy_is_whole,
		equals_get_equal_shares,
		shares_follow_weights,
		a_cpu_is_never_idle_while_somebody_waits,
		nobody_starves_beside_sleepers,
		the_lower_id_goes_first,
		the_same_again_gives_the_same,
		the_length_counts_who_waits,
		who_waits_longest_moves,
		migration_keeps_shares_fair,
		a_migrant_neither_gains_nor_loses_by_the_clock_of_its_cpu,
		who_yields_lets_another_run,
		who_is_preferred_runs_next,
		who_is_raised_runs_next_fair_or_not,
		NULL,
	};

	return run_tests("sched", tests);
}
