/*
 * queues_native.c - every queue of the list between two threads of this machine
 */
#define SV_SUBSTRATE_native 1
#include "pinned.h"
#include "queue_cases.h"
#include "queue_talk.h"
#include "run_suite.h"
#include "sanitized.h"
#include <sched.h>

static const struct sv_native_team team = { .cpus = 2 };

static void yield(void)
{
	sched_yield();
}

static void talk(unsigned thread, void *arg)
{
	sv_native_enter(&team, thread, 0);
	(thread == 0 ? talk_drive : talk_serve)(arg);
}

static void pass(struct queue_case what, uint32_t size, uint64_t requests, bool polls)
{
	struct sv_diag *diag = sv_diag_new();
	struct talk *t = queue_lines(sizeof(*t));
	sv_u32 *bells = queue_lines(2 * SV_LINE_BYTES);
	struct queue_pair p;

	queue_pair_init(&p, what, size);
	*t = (struct talk){ .queue = p.kind,
		.driver = p.driver,
		.device = p.device,
		.driver_bell = bells,
		.device_bell = bells + SV_LINE_BYTES / sizeof(*bells),
		.requests = requests,
		.polls = polls,
		.reverses = size % 2,
		.idle = yield };
	ck_assert_int_eq(sv_pinned_run(2, talk, t, diag), 0);
	ck_assert_uint_eq(t->driver_wrong + t->device_wrong, 0);
	ck_assert_uint_eq(t->taken, requests);
	ck_assert_uint_eq(t->sum, requests * (requests + 1) / 2);
	queue_not_broken(&p);
	queue_pair_fini(&p);
	free(bells);
	free(t);
	sv_diag_free(diag);
}

START_TEST(passes_requests_to_a_thread_that_polls)
{
	pass(queue_cases[_i], 2, SANITIZED_ROUNDS(3000), true);
	pass(queue_cases[_i], 65, SANITIZED_ROUNDS(50000), true);
}
END_TEST

START_TEST(passes_requests_to_a_thread_that_sleeps)
{
	pass(queue_cases[_i], 2, SANITIZED_ROUNDS(3000), false);
	pass(queue_cases[_i], 65, SANITIZED_ROUNDS(50000), false);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each queue");

	tcase_set_timeout(each, 120);
	tcase_add_loop_test(each, passes_requests_to_a_thread_that_polls, 0, QUEUE_CASES);
	tcase_add_loop_test(each, passes_requests_to_a_thread_that_sleeps, 0, QUEUE_CASES);
	return run_case("queues_native", each);
}
