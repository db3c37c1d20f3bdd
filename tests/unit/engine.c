/*
 * engine.c - scheduling, channels, running ahead, stopping and continuing
 */
#include "engine.h"
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sv_diag *diag;
static struct sv_engine *engine;

/* What happened, in order. */
static struct {
	sv_time time;
	uint32_t lp, type;
	uint64_t arg;
} seen[4096];
static unsigned n_seen;

static void note(struct sv_lp *lp, const struct sv_event *e)
{
	if (n_seen < sizeof(seen) / sizeof(*seen)) {
		seen[n_seen].time = sv_now(lp);
		seen[n_seen].lp = lp->id;
		seen[n_seen].type = e->type;
		seen[n_seen].arg = e->arg;
		n_seen++;
	}
}

static void start(const struct sv_engine_config *config)
{
	diag = sv_diag_new();
	engine = sv_engine_new(config);
	ck_assert_ptr_nonnull(engine);
	n_seen = 0;
}

static void finish(void)
{
	sv_engine_free(engine);
	sv_diag_free(diag);
}

static const struct sv_engine_config serial = { .threads = 1 };

START_TEST(events_come_in_the_order_of_time_destination_and_tie)
{
	struct sv_lp *a, *b;

	start(&serial);
	a = sv_engine_add(engine, note, NULL, "a");
	b = sv_engine_add(engine, note, NULL, "b");
	sv_schedule(b, 5, 1, 0);
	sv_schedule(b, 3, 2, 0);
	sv_schedule(b, 3, 3, 0);
	sv_schedule(a, 3, 4, 0);
	sv_schedule(a, 0, 5, 0);
	ck_assert_int_eq(sv_engine_run(engine, SV_TIME_MAX, diag), 0);
	ck_assert_uint_eq(n_seen, 5);
	ck_assert_uint_eq(seen[0].type, 5);
	ck_assert_uint_eq(seen[1].type, 4);
	ck_assert_uint_eq(seen[2].type, 2);
	ck_assert_uint_eq(seen[3].type, 3);
	ck_assert_uint_eq(seen[4].type, 1);
	ck_assert_int_eq(seen[4].time, 5);
	ck_assert_int_eq(sv_now(a), 5);
	ck_assert_uint_eq(sv_engine_events(engine), 5);
	finish();
}
END_TEST

static void note_and_repeat(struct sv_lp *lp, const struct sv_event *e)
{
	note(lp, e);
	sv_schedule(lp, sv_now(lp) + 10, e->type, e->arg + 1);
}

START_TEST(events_at_or_after_until_wait_for_the_next_run)
{
	struct sv_lp *a;

	start(&serial);
	a = sv_engine_add(engine, note_and_repeat, NULL, "a");
	sv_schedule(a, 0, 0, 0);
	ck_assert_int_eq(sv_engine_run(engine, 30, diag), 0);
	ck_assert_uint_eq(n_seen, 3);
	ck_assert_int_eq(sv_now(a), 30);
	sv_schedule(a, 30, 9, 0);
	ck_assert_int_eq(sv_engine_run(engine, 30, diag), 0);
	ck_assert_uint_eq(n_seen, 3);
	ck_assert_int_eq(sv_engine_run(engine, 31, diag), 0);
	ck_assert_uint_eq(n_seen, 5);
	ck_assert_uint_eq(seen[3].arg, 3);
	ck_assert_uint_eq(seen[4].type, 9);
	ck_assert_int_eq(sv_engine_run(engine, 35, diag), 0);
	ck_assert_int_eq(sv_now(a), 35);
	finish();
}
END_TEST

static const struct sv_channel *channel;

static void ping(struct sv_lp *lp, const struct sv_event *e)
{
	note(lp, e);
	sv_send(lp, channel, e->arg & 1 ? 0 : 1, sv_now(lp) + 100, e->type, e->arg + 1);
}

START_TEST(a_message_arrives_at_its_time_on_another_thread)
{
	start(&(struct sv_engine_config){ .threads = (unsigned)_i });
	sv_engine_add(engine, ping, NULL, "a");
	sv_engine_add(engine, ping, NULL, "b");
	channel = sv_engine_channel(engine, NULL, NULL, 100);
	sv_schedule(sv_engine_lp(engine, 0), 7, 1, 0);
	ck_assert_int_eq(sv_engine_run(engine, 1000, diag), 0);
	ck_assert_uint_eq(n_seen, 10);
	for (unsigned i = 0; i < n_seen; i++) {
		ck_assert_uint_eq(seen[i].lp, i % 2);
		ck_assert_int_eq(seen[i].time, 7 + 100 * (sv_time)i);
	}
	ck_assert_int_eq(sv_now(sv_engine_lp(engine, 0)), 1000);
	ck_assert_int_eq(sv_now(sv_engine_lp(engine, 1)), 1000);
	finish();
}
END_TEST

static void send_across(struct sv_lp *lp, const struct sv_event *e)
{
	note(lp, e);
	if (e->type == 0)
		sv_send(lp, channel, 1 - lp->id, 100, 1, 0);
}

START_TEST(of_two_simultaneous_events_the_lower_destination_comes_first)
{
	start(&serial);
	sv_engine_add(engine, send_across, NULL, "a");
	sv_engine_add(engine, send_across, NULL, "b");
	channel = sv_engine_channel(engine, NULL, NULL, 1);
	sv_schedule(sv_engine_lp(engine, 0), 0, 0, 0);
	sv_schedule(sv_engine_lp(engine, 1), 0, 0, 0);
	ck_assert_int_eq(sv_engine_run(engine, 1000, diag), 0);
	ck_assert_uint_eq(n_seen, 4);
	/* Sent second, by the source with the higher tie. */
	ck_assert_uint_eq(seen[2].lp, 0);
	ck_assert_uint_eq(seen[3].lp, 1);
	finish();
}
END_TEST

static void send_too_close(struct sv_lp *lp, const struct sv_event *e)
{
	note(lp, e);
	if (e->arg == 3)
		sv_send(lp, channel, 1, sv_now(lp) + 99 * SV_NS, 0, 0);
	else
		sv_schedule(lp, sv_now(lp) + SV_US, 0, e->arg + 1);
}

static void expect_message(const char *expected)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *f = open_memstream(&text, &bytes);

	ck_assert_uint_eq(sv_diag_errors(diag), 1);
	sv_diag_print(diag, f);
	fclose(f);
	ck_assert_msg(strstr(text, expected), "%s", text);
	free(text);
}

START_TEST(sending_closer_than_the_lookahead_stops_the_run_and_is_named)
{
	start(&(struct sv_engine_config){ .threads = (unsigned)_i });
	sv_engine_add(engine, send_too_close, NULL, "disk");
	sv_engine_add(engine, note, NULL, "host");
	channel = sv_engine_channel(
		engine, sv_engine_lp(engine, 0), sv_engine_lp(engine, 1), 100 * SV_NS);
	sv_schedule(sv_engine_lp(engine, 0), 0, 0, 0);
	sv_schedule(sv_engine_lp(engine, 1), SV_S, 0, 0);
	ck_assert_int_eq(sv_engine_run(engine, 2 * SV_S, diag), -1);
	ck_assert_uint_eq(n_seen, 4);
	expect_message("at 3us, LP 0 (disk) sent to LP 1 (host) for 99ns later, sooner than the "
		       "latency 100ns of channel 0 (disk to host)");
	finish();
}
END_TEST

static atomic_bool cancel;

static void cancel_soon(struct sv_lp *lp, const struct sv_event *e)
{
	if (lp->id == 0 && e->arg == 100)
		atomic_store(&cancel, true);
	sv_schedule(lp, sv_now(lp) + 1, 0, e->arg + 1);
}

START_TEST(cancelling_stops_an_endless_run)
{
	start(&(struct sv_engine_config){ .threads = (unsigned)_i, .cancel = &cancel });
	for (int i = 0; i < 4; i++)
		sv_schedule(sv_engine_add(engine, cancel_soon, NULL, "endless"), 0, 0, 0);
	channel = sv_engine_channel(engine, NULL, NULL, SV_S);
	atomic_store(&cancel, false);
	ck_assert_int_eq(sv_engine_run(engine, SV_TIME_MAX, diag), -1);
	expect_message("cancelled");
	ck_assert_uint_gt(sv_engine_events(engine), 100);
	/* The flag withdrawn, the run goes on where it was. */
	atomic_store(&cancel, false);
	ck_assert_int_eq(sv_engine_run(engine, 1000000, diag), 0);
	ck_assert_uint_eq(sv_engine_events(engine), 4000000);
	finish();
}
END_TEST

static void run_ahead_for_ever(struct sv_lp *lp, const struct sv_event *e)
{
	for (uint64_t i = e->arg; sv_advance(lp, sv_now(lp) + SV_NS); i++)
		if (i == 10000)
			atomic_store(&cancel, true);
	sv_schedule(lp, sv_now(lp) + SV_NS, 0, 20000);
}

START_TEST(cancelling_stops_running_ahead)
{
	start(&(struct sv_engine_config){ .cancel = &cancel });
	sv_schedule(sv_engine_add(engine, run_ahead_for_ever, NULL, "endless"), 0, 0, 0);
	atomic_store(&cancel, false);
	ck_assert_int_eq(sv_engine_run(engine, SV_TIME_MAX, diag), -1);
	finish();
}
END_TEST

/* Advances by steps as long as it may; other events lie in between. */
static unsigned ahead, scheduled;
static sv_time last;

static void stepper(struct sv_lp *lp, const struct sv_event *e)
{
	sv_time *next = lp->state;

	ck_assert_int_le(last, sv_now(lp));
	last = sv_now(lp);
	if (e->type == 1)
		return;
	while (sv_advance(lp, sv_now(lp) + 10)) {
		ahead++;
		if (*next && sv_now(lp) >= *next) {
			/* From now on this event is in the way. */
			sv_schedule(lp, sv_now(lp) + 35, 1, 0);
			*next = 0;
		}
		ck_assert_int_lt(sv_now(lp), 1000);
	}
	last = sv_now(lp);
	scheduled++;
	sv_schedule(lp, sv_now(lp) + 10, 0, 0);
}

START_TEST(a_process_alone_runs_ahead_to_the_end)
{
	sv_time never = 0;

	start(&serial);
	ahead = scheduled = 0;
	last = 0;
	sv_schedule(sv_engine_add(engine, stepper, &never, "alone"), 0, 0, 0);
	ck_assert_int_eq(sv_engine_run(engine, 1000, diag), 0);
	ck_assert_uint_eq(ahead, 99);
	ck_assert_uint_eq(scheduled, 1);
	ck_assert_uint_eq(sv_engine_events(engine), 100);
	finish();
}
END_TEST

START_TEST(running_ahead_stops_before_what_was_scheduled_meanwhile)
{
	sv_time next = 500;

	start(&serial);
	ahead = scheduled = 0;
	last = 0;
	sv_schedule(sv_engine_add(engine, stepper, &next, "alone"), 0, 0, 0);
	ck_assert_int_eq(sv_engine_run(engine, 1000, diag), 0);
	/* 500 + 35 is met by the step from 530 to 540. */
	ck_assert_uint_eq(scheduled, 2);
	ck_assert_uint_eq(ahead, 98);
	ck_assert_uint_eq(sv_engine_events(engine), 101);
	finish();
}
END_TEST

START_TEST(running_ahead_is_refused_when_switched_off)
{
	sv_time next = 500;

	start(&(struct sv_engine_config){ .no_run_ahead = true });
	ahead = scheduled = 0;
	last = 0;
	sv_schedule(sv_engine_add(engine, stepper, &next, "alone"), 0, 0, 0);
	ck_assert_int_eq(sv_engine_run(engine, 1000, diag), 0);
	ck_assert_uint_eq(ahead, 0);
	ck_assert_uint_eq(sv_engine_events(engine), 100);
	finish();
}
END_TEST

START_TEST(running_ahead_yields_to_an_event_at_the_same_time)
{
	sv_time never = 0;
	struct sv_lp *a;

	start(&serial);
	ahead = scheduled = 0;
	last = 0;
	a = sv_engine_add(engine, stepper, &never, "alone");
	sv_schedule(a, 0, 0, 0);
	sv_schedule(a, 50, 1, 0);
	ck_assert_int_eq(sv_engine_run(engine, 60, diag), 0);
	ck_assert_uint_eq(ahead, 4);
	ck_assert_uint_eq(scheduled, 2); /* for 50, then for 60 */
	finish();
}
END_TEST

START_TEST(lps_joined_by_a_short_channel_share_a_thread)
{
	struct sv_lp *lp[8];

	start(&(struct sv_engine_config){ .threads = 4, .merge_below = SV_US });
	for (int i = 0; i < 8; i++)
		lp[i] = sv_engine_add(engine, note, NULL, "lp");
	sv_engine_channel(engine, lp[0], lp[5], SV_NS);
	sv_engine_channel(engine, lp[5], lp[7], SV_NS);
	sv_engine_channel(engine, NULL, NULL, SV_US);
	ck_assert_int_eq(sv_engine_run(engine, SV_US, diag), 0);
	ck_assert_ptr_eq(lp[0]->clock, lp[5]->clock);
	ck_assert_ptr_eq(lp[0]->clock, lp[7]->clock);
	ck_assert_ptr_ne(lp[0]->clock, lp[1]->clock);
	ck_assert_ptr_ne(lp[1]->clock, lp[6]->clock);
	finish();
}
END_TEST

START_TEST(a_short_channel_from_anybody_makes_the_run_serial)
{
	struct sv_lp *a, *b;

	start(&(struct sv_engine_config){ .threads = 4, .merge_below = SV_US });
	a = sv_engine_add(engine, note, NULL, "a");
	b = sv_engine_add(engine, note, NULL, "b");
	sv_engine_channel(engine, NULL, a, SV_NS);
	ck_assert_int_eq(sv_engine_run(engine, SV_US, diag), 0);
	ck_assert_ptr_eq(a->clock, b->clock);
	finish();
}
END_TEST

START_TEST(an_engine_without_lps_runs_to_its_end)
{
	start(&(struct sv_engine_config){ .threads = 4 });
	ck_assert_int_eq(sv_engine_run(engine, SV_US, diag), 0);
	ck_assert_uint_eq(sv_engine_events(engine), 0);
	finish();
}
END_TEST

START_TEST(a_time_in_the_past_is_a_defect)
{
	struct sv_lp *a;

	start(&serial);
	a = sv_engine_add(engine, note, NULL, "a");
	ck_assert_int_eq(sv_engine_run(engine, 100, diag), 0);
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	sv_schedule(a, 99, 0, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("engine");
	TCase *tc = tcase_create("engine");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, events_come_in_the_order_of_time_destination_and_tie);
	tcase_add_test(tc, of_two_simultaneous_events_the_lower_destination_comes_first);
	tcase_add_test(tc, events_at_or_after_until_wait_for_the_next_run);
	tcase_add_loop_test(tc, a_message_arrives_at_its_time_on_another_thread, 0, 4);
	tcase_add_loop_test(tc, sending_closer_than_the_lookahead_stops_the_run_and_is_named, 1, 3);
	tcase_add_loop_test(tc, cancelling_stops_an_endless_run, 1, 4);
	tcase_add_test(tc, cancelling_stops_running_ahead);
	tcase_add_test(tc, a_process_alone_runs_ahead_to_the_end);
	tcase_add_test(tc, running_ahead_stops_before_what_was_scheduled_meanwhile);
	tcase_add_test(tc, running_ahead_is_refused_when_switched_off);
	tcase_add_test(tc, running_ahead_yields_to_an_event_at_the_same_time);
	tcase_add_test(tc, lps_joined_by_a_short_channel_share_a_thread);
	tcase_add_test(tc, a_short_channel_from_anybody_makes_the_run_serial);
	tcase_add_test(tc, an_engine_without_lps_runs_to_its_end);
	if (srunner_fork_status(runner) == CK_FORK)
		tcase_add_test_raise_signal(tc, a_time_in_the_past_is_a_defect, SIGABRT);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
