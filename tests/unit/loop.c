/*
 * loop.c - event loops that sleep, poll and spin
 */
#include "host/loop.h"
#include "agent.h"
#include "run_suite.h"
#include "vm_stack.h"

enum { SYSCALL = 2, PPOLL = 1, SIGNAL = 3, WAKE_UP = 5 }; /* us */
enum { EVENT_PUT = 3000, ROUNDS = 64 };

struct scene {
	struct stack *s;
	struct sv_loop *loop;
	struct sv_loop_source source;
	struct sv_sim_thread agent;
	uint64_t *count; /* in simulated memory: how many were put */
	uint64_t taken;
	bool wanted; /* to be notified */
	bool late;   /* something comes just before it listens */
	sv_time put[ROUNDS], served[ROUNDS];
	unsigned rounds, n_put, n_served, quiets, listens;
	sv_time gap, pause; /* the latter: after each 16 */
};

static void put(struct scene *s)
{
	struct sv_sim_thread *before = sv_sim_act_as(&s->agent);

	sv_sim_rmw(s->count, 8, SV_RMW_FAA, 1, 0);
	sv_sim_act_as(before);
	s->put[s->n_put++] = sv_now(s->s->host.lp);
	sv_loop_hint(&s->source);
	if (s->wanted)
		sv_eventfd_signal(&s->source.efd, NULL);
}

static void on_event(struct sv_lp *lp, const struct sv_event *event)
{
	struct scene *s = (struct scene *)(uintptr_t)event->arg;

	if (event->type != EVENT_PUT) {
		handle(lp, event);
		return;
	}
	put(s);
	if (s->n_put < s->rounds)
		sv_schedule(lp, sv_now(lp) + (s->n_put % 16 ? s->gap : s->pause), EVENT_PUT,
			event->arg);
}

static bool ready(struct sv_loop_source *source)
{
	struct scene *s = source->owner;

	return sv_sim_load(s->count, 8) != s->taken;
}

static void serve(struct sv_loop_source *source, struct sv_sim_thread *self)
{
	struct scene *s = source->owner;
	uint64_t n = sv_sim_load(s->count, 8);

	for (; s->taken < n; s->taken++)
		s->served[s->n_served++] = sv_now(self->process.lp);
}

static void quiet(struct sv_loop_source *source)
{
	struct scene *s = source->owner;

	s->wanted = false;
	s->quiets++;
}

static bool listen(struct sv_loop_source *source)
{
	struct scene *s = source->owner;

	if (s->late && s->n_put == s->rounds) {
		s->late = false;
		put(s);
	}
	s->wanted = true;
	s->listens++;
	return sv_sim_load(s->count, 8) != s->taken;
}

static struct scene *scene_new(const struct sv_loop_config *config, bool no_run_ahead)
{
	struct scene *s = calloc(1, sizeof(*s));
	struct sv_system *host;
	sv_time *cost;

	s->s = stack_make(&sv_sched_rr, "{slice: 1ms}", (const unsigned[]){ 2 }, 1, no_run_ahead);
	host = &s->s->host.system;
	host->domain = &s->s->level[0].domain;
	cost = s->s->toy.machine.cost;
	cost[SV_COST_SYSCALL] = SYSCALL * SV_US;
	cost[SV_COST_PPOLL] = PPOLL * SV_US;
	cost[SV_COST_EVENTFD] = SIGNAL * SV_US;
	cost[SV_COST_WAKE_UP] = WAKE_UP * SV_US;
	s->s->host.lp->handle = on_event;
	sv_sim_agent_init(&s->agent, s->s->host.memory, &host->team);
	s->count = sv_memory_alloc(s->s->host.memory, SV_LINE_BYTES, 0);
	s->loop = sv_loop_new(host, config);
	ck_assert_ptr_nonnull(s->loop);
	s->source = (struct sv_loop_source){
		.ready = ready, .serve = serve, .quiet = quiet, .listen = listen, .owner = s
	};
	sv_loop_add(s->loop, &s->source);
	s->wanted = true;
	return s;
}

static void play(struct scene *s, unsigned rounds, sv_time gap)
{
	s->rounds = rounds;
	s->gap = gap;
	s->pause = s->pause ? s->pause : gap;
	sv_schedule(s->s->host.lp, gap, EVENT_PUT, (uintptr_t)s);
	sim_host_run(&s->s->host, 100 * SV_MS);
	ck_assert_uint_eq(s->n_served, s->n_put);
}

static struct sv_loop_stats stats(struct scene *s)
{
	struct sv_loop_stats stats = { 0 };

	sv_loop_read(s->loop, sv_now(s->s->host.lp), &stats);
	return stats;
}

static void scene_free(struct scene *s)
{
	sv_loop_free(s->loop);
	stack_free(s->s);
	free(s);
}

static const struct sv_loop_config sleeps = { .cpu = -1 };
static const struct sv_loop_config polls = {
	.poll_max = 32 * SV_US, .poll_start = 4 * SV_US, .poll_grow = 2, .cpu = 1
};
static const struct sv_loop_config spins = { .spin = true, .cpu = 0 };

START_TEST(a_loop_sleeps_until_it_is_told)
{
	struct scene *s = scene_new(&sleeps, _i);

	play(s, 3, SV_MS);
	/* Woken, it reads the eventfd, then the memory. */
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(s->served[i],
			s->put[i] + (WAKE_UP + SYSCALL + SIGNAL) * SV_US + 90 * SV_NS);
	ck_assert_uint_eq(stats(s).wake_ups, 3);
	ck_assert_int_eq(stats(s).polled, 0);
	ck_assert_uint_eq(s->quiets, 0);
	ck_assert_int_eq(stats(s).slept + stats(s).served, 100 * SV_MS);
	scene_free(s);
}
END_TEST

/* 20 us apart: it waits 20 us, then polls for 4, 8, 16 and 32 at most. */
START_TEST(a_loop_polls_longer_until_that_is_enough)
{
	struct scene *s = scene_new(&polls, _i);

	play(s, ROUNDS, 20 * SV_US);
	/* The wake-ups fall into the gaps: so the fifth or sixth is found by polling. */
	ck_assert_uint_ge(stats(s).polls_won, ROUNDS - 6);
	ck_assert_uint_ge(stats(s).wake_ups, 3);
	ck_assert_uint_le(stats(s).wake_ups, 6);
	/* It notices within a turn, and fetches the line. */
	for (int i = 10; i < ROUNDS; i++) {
		ck_assert_int_ge(s->served[i], s->put[i] + 90 * SV_NS);
		ck_assert_int_le(s->served[i], s->put[i] + 100 * SV_NS);
	}
	/* It stopped at the end, as nothing came any more. */
	ck_assert(s->wanted);
	ck_assert_uint_ge(stats(s).polls_lost, 3);
	ck_assert_int_gt(stats(s).slept, 90 * SV_MS);
	scene_free(s);
}
END_TEST

/* Further apart than the limit: it does not even begin to. */
START_TEST(a_loop_does_not_poll_for_what_comes_rarely)
{
	struct scene *s = scene_new(&polls, false);

	play(s, ROUNDS, 100 * SV_US);
	ck_assert_uint_eq(stats(s).wake_ups, ROUNDS);
	ck_assert_int_eq(stats(s).polled, 0);
	scene_free(s);
}
END_TEST

/* 60 us is too long with a limit of 32: it does not poll, or half as long, until it knows better.
 */
START_TEST(a_loop_polls_shorter_by_the_factor_that_it_is_given)
{
	struct sv_loop_config config = polls;
	uint64_t wake_ups[2];

	for (int i = 0; i < 2; i++) {
		struct scene *s;

		config.poll_shrink = i ? 2 : 0;
		s = scene_new(&config, false);
		s->pause = 60 * SV_US;
		play(s, ROUNDS, 20 * SV_US);
		wake_ups[i] = stats(s).wake_ups;
		scene_free(s);
	}
	/* After each of three pauses one that was too short, not three or four. */
	ck_assert_uint_ge(wake_ups[0], wake_ups[1] + 6);
	ck_assert_uint_ge(wake_ups[1], 3 + 3);
}
END_TEST

START_TEST(what_comes_before_a_loop_listens_is_served_at_once)
{
	struct scene *s = scene_new(&polls, false);

	s->late = true;
	play(s, 12, 20 * SV_US);
	ck_assert(!s->late);
	ck_assert_uint_eq(s->n_put, 13);
	/* Nobody told it: it looked when it listened, and asked ppoll() for no time. */
	ck_assert_int_ge(s->served[12] - s->put[12], (SYSCALL + PPOLL) * SV_US);
	ck_assert_int_le(s->served[12] - s->put[12], (SYSCALL + PPOLL + 1) * SV_US);
	scene_free(s);
}
END_TEST

START_TEST(a_spinning_loop_costs_no_events_and_all_of_its_cpu)
{
	struct scene *s = scene_new(&spins, _i);
	struct sv_cpu *c = &s->s->level[0].domain.cpu[0];

	play(s, 20, 50 * SV_US);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_ge(s->served[i], s->put[i] + 90 * SV_NS);
		ck_assert_int_le(s->served[i], s->put[i] + 200 * SV_NS);
	}
	ck_assert_uint_le(sv_engine_events(s->s->host.engine), 600);
	sv_cpu_account(c);
	ck_assert_int_eq(c->idled, 0);
	ck_assert_int_ge(c->busy, 99 * SV_MS);
	ck_assert_uint_eq(stats(s).wake_ups, 0);
	ck_assert_int_ge(stats(s).polled, 99 * SV_MS);
	scene_free(s);
}
END_TEST

static void compute(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	sv_sim_work(self, 20 * SV_MS);
	s->s->finished[0] = sv_now(self->process.lp);
	sv_sim_thread_end(self);
}

/* They take turns by the millisecond. What comes while the loop does not run is served after. */
START_TEST(a_spinning_loop_shares_its_cpu)
{
	struct scene *s = scene_new(&spins, _i);
	sv_time longest = 0;

	add_thread(s->s, compute, s);
	s->s->task[0].pinned = true;
	s->s->task[0].cpu = &s->s->level[0].domain.cpu[0];
	play(s, ROUNDS, 300 * SV_US);
	for (int i = 0; i < ROUNDS; i++)
		if (s->served[i] - s->put[i] > longest)
			longest = s->served[i] - s->put[i];
	ck_assert_int_ge(s->s->finished[0], 38 * SV_MS);
	ck_assert_int_ge(longest, 500 * SV_US);
	ck_assert_int_le(longest, SV_MS + 10 * SV_US);
	scene_free(s);
}
END_TEST

START_TEST(a_source_that_cannot_be_looked_at_keeps_its_loop_from_polling)
{
	struct scene *s = scene_new(&polls, false);
	struct sv_loop_source blind = { .serve = serve, .owner = s };

	sv_loop_add(s->loop, &blind);
	play(s, ROUNDS, 20 * SV_US);
	ck_assert_int_eq(stats(s).polled, 0);
	ck_assert_uint_ge(stats(s).wake_ups, ROUNDS / 2);
	scene_free(s);
}
END_TEST

static bool take_long(struct sv_loop_source *source)
{
	(void)source;
	sv_sim_work(sv_sim_self, 10 * SV_US);
	return false;
}

/* The first turn takes from 5 to 15 us. */
START_TEST(what_comes_behind_the_back_of_a_turn_is_seen_by_the_next)
{
	struct scene *s = scene_new(&spins, false);
	struct sv_loop_source slow = { .ready = take_long, .serve = serve, .owner = s };

	sv_loop_add(s->loop, &slow);
	play(s, 1, 10 * SV_US);
	ck_assert_int_ge(s->served[0], 15 * SV_US);
	ck_assert_int_le(s->served[0], 26 * SV_US);
	scene_free(s);
}
END_TEST

/* Each of 20 finds the loop somewhere else in its turn of 10 us. */
START_TEST(a_loop_notices_at_a_random_point_of_its_turn)
{
	struct scene *s = scene_new(&spins, _i);
	struct sv_loop_source slow = { .ready = take_long, .serve = serve, .owner = s };
	sv_time least = SV_TIME_MAX, most = 0;

	sv_loop_add(s->loop, &slow);
	play(s, 20, 100 * SV_US);
	for (int i = 0; i < 20; i++) {
		sv_time took = s->served[i] - s->put[i];

		least = took < least ? took : least;
		most = took > most ? took : most;
	}
	ck_assert_int_ge(least, 10 * SV_US);
	ck_assert_int_le(most, 21 * SV_US);
	ck_assert_int_ge(most - least, 6 * SV_US);
	scene_free(s);
}
END_TEST

/* At all distances: whatever the loop does when something comes, it is served. */
START_TEST(nothing_is_lost_between_looking_and_sleeping)
{
	for (sv_time gap = SV_US; gap < 60 * SV_US; gap += 700 * SV_NS) {
		struct scene *s = scene_new(_i ? &polls : &sleeps, false);

		play(s, ROUNDS, gap);
		for (int i = 0; i < ROUNDS; i++)
			ck_assert_int_le(s->served[i] - s->put[i], 30 * SV_US);
		scene_free(s);
	}
}
END_TEST

START_TEST(a_loop_does_the_same_without_run_ahead)
{
	static const struct sv_loop_config *const configs[] = { &sleeps, &polls, &spins };
	struct scene *s[2];

	for (int i = 0; i < 2; i++) {
		s[i] = scene_new(configs[_i], i);
		play(s[i], ROUNDS, 17 * SV_US);
	}
	for (int i = 0; i < ROUNDS; i++)
		ck_assert_int_eq(s[0]->served[i], s[1]->served[i]);
	ck_assert_uint_eq(
		sv_engine_events(s[0]->s->host.engine), sv_engine_events(s[1]->s->host.engine));
	scene_free(s[0]);
	scene_free(s[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("loop");
	TCase *tc = tcase_create("loop");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, a_loop_sleeps_until_it_is_told, 0, 2);
	tcase_add_loop_test(tc, a_loop_polls_longer_until_that_is_enough, 0, 2);
	tcase_add_test(tc, a_loop_does_not_poll_for_what_comes_rarely);
	tcase_add_test(tc, a_loop_polls_shorter_by_the_factor_that_it_is_given);
	tcase_add_test(tc, what_comes_before_a_loop_listens_is_served_at_once);
	tcase_add_loop_test(tc, a_spinning_loop_costs_no_events_and_all_of_its_cpu, 0, 2);
	tcase_add_loop_test(tc, a_spinning_loop_shares_its_cpu, 0, 2);
	tcase_add_test(tc, a_source_that_cannot_be_looked_at_keeps_its_loop_from_polling);
	tcase_add_test(tc, what_comes_behind_the_back_of_a_turn_is_seen_by_the_next);
	tcase_add_loop_test(tc, a_loop_notices_at_a_random_point_of_its_turn, 0, 2);
	tcase_add_loop_test(tc, nothing_is_lost_between_looking_and_sleeping, 0, 2);
	tcase_add_loop_test(tc, a_loop_does_the_same_without_run_ahead, 0, 3);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
