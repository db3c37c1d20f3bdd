/*
 * sched_hooks.c - yields, moves and lone entities, for every scheduling policy
 */
#include "run_suite.h"
#include "sched_run.h"

static const struct sv_sched_info any = { 0 };

static const char *policy(size_t i)
{
	return sv_sched_kinds.at(i).name;
}

static struct host *with_spinners(size_t i, unsigned n)
{
	struct host *h = host_new(policy(i), "", 2);

	for (unsigned k = 0; k < n; k++)
		host_add(h, 0, any, SV_TIME_MAX, SV_TIME_MAX);
	return h;
}

START_TEST(a_lone_one_never_gives_way)
{
	for (size_t i = 0; policy(i); i++) {
		struct host *h = with_spinners(i, 1);
		struct host_cpu *c = &h->cpu[0];

		host_run(h, SV_S);
		ck_assert(!h->s->tick(c->queue, c->running->entity, h->now, 0));
		/* Xen's tick finds also who is alone, or it would not earn. */
		if (strcmp(policy(i), "credit") && h->s->timer)
			ck_assert_int_eq(h->s->timer(c->queue, c->running->entity), SV_TIME_MAX);
		host_free(h);
	}
}
END_TEST

START_TEST(a_preferred_one_may_move_away)
{
	for (size_t i = 0; policy(i); i++) {
		struct host *h = with_spinners(i, 3);
		int target = host_runs(h, 0) == 1 ? 2 : 1;

		h->s->prefer(h->cpu[0].queue, h->task[target].entity, h->now);
		host_migrate(h, (unsigned)target, 1);
		host_switch(h, &h->cpu[0]);
		ck_assert_int_ne(host_runs(h, 0), target);
		ck_assert_int_eq(host_runs(h, 1), target);
		host_free(h);
	}
}
END_TEST

START_TEST(of_those_who_came_at_once_the_lower_id_moves)
{
	for (size_t i = 0; policy(i); i++)
		for (unsigned low = 1; low < 3; low++) {
			struct host *h = with_spinners(i, 1);
			void *expected;

			host_run(h, SV_US);
			host_add(h, 0, (struct sv_sched_info){ .id = 9 - low }, SV_TIME_MAX, 0);
			host_add(h, 0, (struct sv_sched_info){ .id = 6 + low }, SV_TIME_MAX, 0);
			ck_assert_int_eq(host_runs(h, 0), 0);
			expected = strcmp(policy(i), "gang") ? h->task[3 - low].entity : NULL;
			ck_assert_ptr_eq(h->s->movable(h->cpu[0].queue, h->now), expected);
			host_free(h);
		}
}
END_TEST

/* A yield holds for one pick only. */
START_TEST(who_yielded_has_its_turn_again)
{
	for (size_t i = 0; policy(i); i++) {
		struct host *h = with_spinners(i, 2);
		struct host_cpu *c = &h->cpu[0];
		sv_time before;

		host_run(h, SV_S);
		h->s->yield(c->queue, c->running->entity, h->now);
		host_switch(h, c);
		before = h->task[0].total;
		host_run(h, 2 * SV_S);
		if (strcmp(policy(i), "fifo"))
			host_assert_got(h, 0, before + SV_S / 2, 110 * SV_MS);
		host_free(h);
	}
}
END_TEST

/* The clock of the CPU where it slept does not follow it. */
START_TEST(a_sleeper_may_wake_on_another_cpu)
{
	static const char *const policies[] = { "cfs", "eevdf", "credit", "rr" };

	for (size_t i = 0; i < 4; i++)
		for (unsigned from = 0; from < 2; from++) {
			struct host *h = host_new(policies[i], "", 2);
			sv_time before;

			/* It sleeps only when the virtual times of the CPUs are far apart. */
			host_add(h, from, any, (from ? 59 : 29) * SV_S, SV_TIME_MAX);
			host_add(h, 0, any, SV_TIME_MAX, SV_TIME_MAX);
			host_run(h, 60 * SV_S);
			if (from == 0)
				host_add(h, 1, any, SV_TIME_MAX, SV_TIME_MAX);
			h->task[0].burst = SV_TIME_MAX;
			before = h->task[0].total;
			host_wake(h, 0, !from);
			host_run(h, 64 * SV_S);
			host_assert_got(h, 0, before + 2 * SV_S, 110 * SV_MS);
			host_free(h);
		}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_lone_one_never_gives_way,
		a_preferred_one_may_move_away,
		of_those_who_came_at_once_the_lower_id_moves,
		who_yielded_has_its_turn_again,
		a_sleeper_may_wake_on_another_cpu,
		NULL,
	};

	return run_tests("sched_hooks", tests);
}
