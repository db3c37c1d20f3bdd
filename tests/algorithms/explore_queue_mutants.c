/*
 * explore_queue_mutants.c - queues with a planted defect: the explorer finds each
 *
 * The edits are in tests/mutants/QUEUE. Each defect must show as what it is, by a schedule with no
 * more switches between threads than it takes; the queue without it passes in the same case.
 */
#include "explore/explore_queue.h"
#include "queue_cases.h"
#include "queue_mutants.h"
#include "run_suite.h"

#define X(queue, name) extern const struct sv_queue sv_queue_##queue##_##name##_explored;
QUEUE_MUTANTS(X)
#undef X

static const struct mutant {
	const char *name;
	const struct sv_queue *queue;
} mutants[] = {
#define X(queue, name) { #queue "_" #name, &sv_queue_##queue##_##name##_explored },
	QUEUE_MUTANTS(X)
#undef X
};
#define MUTANTS ((int)(sizeof(mutants) / sizeof(mutants[0])))

struct expectation {
	const char *mutant;
	enum sv_fault fault;
	unsigned switches; /* between threads, in the schedule that is shown */
	const char *options;
	unsigned requests, batch, size, served;
	bool not_in_sc; /* the defect shows only with store buffers */
};

static const struct expectation expected[] = {
	{ "vring_split_publish_no_fence", SV_FAULT_LOST, 2, "{}", 2, 1, 2, 0, true },
	{ "vring_split_flush_no_fence", SV_FAULT_LOST, 5, "{}", 2, 1, 2, 0, true },
	{ "vring_split_listen_no_fence", SV_FAULT_LOST, 6, "{}", 2, 1, 2, 0, true },
	{ "vring_split_device_listen_no_fence", SV_FAULT_LOST, 4, "{}", 2, 1, 2, 0, true },
	{ "vring_split_listen_no_look", SV_FAULT_LOST, 6, "{}", 2, 1, 2, 0, false },
	{ "vring_split_device_listen_no_look", SV_FAULT_LOST, 4, "{}", 2, 1, 2, 0, false },
	{ "vring_split_listen_inverted", SV_FAULT_REQUEST, 3, "{}", 2, 1, 2, 0, false },
	{ "vring_split_device_listen_inverted", SV_FAULT_LOST, 4, "{}", 2, 1, 2, 0, false },
	{ "vring_split_available_first", SV_FAULT_REQUEST, 3, "{}", 2, 2, 2, 0, false },
	{ "vring_split_used_first", SV_FAULT_REQUEST, 3, "{}", 2, 2, 2, 0, false },
	{ "vring_split_available_relaxed", SV_FAULT_RACE, 1, "{}", 2, 1, 2, 0, false },
	{ "vring_split_used_relaxed", SV_FAULT_RACE, 2, "{}", 2, 1, 2, 0, false },
	{ "vring_split_event_off_by_one", SV_FAULT_LOST, 3, "{}", 2, 1, 2, 0, false },
	{ "vring_split_event_unsigned", SV_FAULT_LOST, 3, "{}", 2, 1, 2, 65535, false },
	{ "vring_split_event_too_far", SV_FAULT_LOST, 3, "{}", 2, 1, 2, 0, false },
	{ "vring_split_index_unsigned", SV_FAULT_LOST, 3, "{}", 2, 1, 2, 65535, false },
	{ "vring_split_slot_not_masked", SV_FAULT_ADDRESS, 3, "{}", 3, 1, 2, 0, false },
	{ "vring_split_flags_kept", SV_FAULT_LOST, 3, "{event-idx: false}", 2, 1, 2, 0, false },
	{ "vring_packed_show_no_fence", SV_FAULT_LOST, 3, "{}", 2, 1, 2, 0, true },
	{ "vring_packed_wish_no_fence", SV_FAULT_LOST, 4, "{}", 2, 1, 2, 0, true },
	{ "vring_packed_listen_no_look", SV_FAULT_LOST, 7, "{}", 2, 1, 2, 0, false },
	{ "vring_packed_device_listen_no_look", SV_FAULT_LOST, 4, "{}", 2, 1, 2, 0, false },
	{ "vring_packed_listen_inverted", SV_FAULT_REQUEST, 2, "{}", 2, 1, 2, 0, false },
	{ "vring_packed_device_listen_inverted", SV_FAULT_LOST, 4, "{}", 2, 1, 2, 0, false },
	{ "vring_packed_head_first", SV_FAULT_LOST, 4, "{indirect: 0}", 1, 1, 2, 0, false },
	{ "vring_packed_show_relaxed", SV_FAULT_RACE, 2, "{}", 1, 1, 2, 0, false },
	{ "vring_packed_used_relaxed", SV_FAULT_RACE, 2, "{}", 1, 1, 2, 0, false },
	{ "vring_packed_used_first_lap", SV_FAULT_LOST, 5, "{}", 3, 1, 2, 0, false },
	{ "vring_packed_available_first_lap", SV_FAULT_LOST, 4, "{}", 3, 1, 2, 0, false },
	{ "vring_packed_event_lap", SV_FAULT_LOST, 2, "{}", 2, 1, 2, 0, false },
	{ "vring_packed_wish_no_lap", SV_FAULT_LOST, 2, "{}", 2, 1, 3, 0, false },
	{ "vring_packed_event_off_by_one", SV_FAULT_LOST, 2, "{}", 2, 1, 2, 0, false },
	{ "vring_packed_lap_too_long", SV_FAULT_ADDRESS, 2, "{}", 3, 1, 2, 0, false },
	{ "nvme_pair_phase_first", SV_FAULT_REQUEST, 2, "{}", 2, 1, 2, 0, false },
	{ "nvme_pair_phase_kept", SV_FAULT_LOST, 6, "{}", 3, 1, 2, 0, false },
	{ "nvme_pair_phase_relaxed", SV_FAULT_RACE, 2, "{}", 1, 1, 2, 0, false },
	{ "nvme_pair_doorbell_first", SV_FAULT_RACE, 2, "{}", 1, 1, 2, 0, false },
	{ "nvme_pair_shadow_no_fence", SV_FAULT_LOST, 4, "{shadow-doorbells: true}", 2, 1, 2, 0,
		true },
	{ "nvme_pair_device_listen_no_fence", SV_FAULT_LOST, 4, "{shadow-doorbells: true}", 2, 1, 2,
		0, true },
	{ "nvme_pair_device_listen_no_look", SV_FAULT_LOST, 4, "{shadow-doorbells: true}", 2, 1, 2,
		0, false },
	{ "nvme_pair_event_too_far", SV_FAULT_LOST, 3, "{shadow-doorbells: true}", 2, 1, 3, 0,
		false },
};
#define EXPECTED ((int)(sizeof(expected) / sizeof(expected[0])))

static const struct sv_queue *mutant(const char *name)
{
	for (int i = 0; i < MUTANTS; i++)
		if (!strcmp(mutants[i].name, name))
			return mutants[i].queue;
	ck_abort_msg("there is no mutant %s", name);
}

/* The queue that the mutant was made of. */
static const struct sv_queue *original(const struct expectation *e)
{
	return queue_find(sv_queues_explored, mutant(e->mutant)->name);
}

static void explore(const struct expectation *e, const struct sv_queue *queue,
	const struct sv_explore_options *options, struct sv_explore_result *result)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc;
	struct sv_explore_queue what = { .queue = queue,
		.config = queue_config(queue, e->options, &doc),
		.size = e->size,
		.requests = e->requests,
		.batch = e->batch,
		.buffers = 2,
		.served = e->served };

	ck_assert_int_eq(sv_explore_queue(&what, options, result, diag), 0);
	sv_doc_free(doc);
	sv_diag_free(diag);
}

static void print_schedule(const struct sv_explore_result *r)
{
	for (size_t i = 0; i < r->step_count && i < 90; i++)
		printf("  %u %s:%u %s\n", r->step[i].thread, r->step[i].file ? r->step[i].file : "",
			r->step[i].line, r->step[i].text);
}

START_TEST(is_found_as_what_it_is_by_a_short_schedule)
{
	const struct expectation *e = &expected[_i];
	struct sv_explore_result r;

	explore(e, mutant(e->mutant), &sv_explore_defaults, &r);
	if (r.fault != e->fault || r.switches > e->switches)
		print_schedule(&r);
	ck_assert_msg(r.fault == e->fault, "%s: %s, not %s (%s)", e->mutant, sv_fault_name[r.fault],
		sv_fault_name[e->fault], r.reason);
	ck_assert_msg(r.switches <= e->switches, "%s: a schedule of %u switches, not %u: %s",
		e->mutant, r.switches, e->switches, r.replay);
	sv_explore_result_fini(&r);
}
END_TEST

START_TEST(shows_again_when_its_schedule_is_replayed)
{
	const struct expectation *e = &expected[_i];
	struct sv_explore_options options = sv_explore_defaults;
	struct sv_explore_result r, again;

	explore(e, mutant(e->mutant), &options, &r);
	options.replay = r.replay;
	explore(e, mutant(e->mutant), &options, &again);
	ck_assert_int_eq(again.fault, r.fault);
	ck_assert_str_eq(again.reason, r.reason);
	ck_assert_str_eq(again.replay, r.replay);
	sv_explore_result_fini(&again);
	sv_explore_result_fini(&r);
}
END_TEST

START_TEST(needs_store_buffers_when_a_fence_is_what_is_missing)
{
	const struct expectation *e = &expected[_i];
	struct sv_explore_options options = sv_explore_defaults;
	struct sv_explore_result r;

	options.memory = SV_EXPLORE_SC;
	explore(e, mutant(e->mutant), &options, &r);
	ck_assert_msg((r.fault == SV_FAULT_NONE) == e->not_in_sc, "%s: %s", e->mutant,
		sv_fault_name[r.fault]);
	sv_explore_result_fini(&r);
}
END_TEST

START_TEST(has_no_fault_without_the_defect)
{
	const struct expectation *e = &expected[_i];
	struct sv_explore_result r;

	explore(e, original(e), &sv_explore_defaults, &r);
	ck_assert_msg(r.exhaustive, "%s without its defect: %s: %s", e->mutant,
		sv_fault_name[r.fault], r.reason);
	sv_explore_result_fini(&r);
}
END_TEST

START_TEST(every_mutant_is_expected)
{
	bool found = false;

	for (int i = 0; i < EXPECTED; i++)
		found |= !strcmp(expected[i].mutant, mutants[_i].name);
	ck_assert_msg(found, "nothing is expected of %s", mutants[_i].name);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each mutant");

	tcase_set_timeout(each, 60);
	tcase_add_loop_test(each, is_found_as_what_it_is_by_a_short_schedule, 0, EXPECTED);
	tcase_add_loop_test(each, shows_again_when_its_schedule_is_replayed, 0, EXPECTED);
	tcase_add_loop_test(each, needs_store_buffers_when_a_fence_is_what_is_missing, 0, EXPECTED);
	tcase_add_loop_test(each, has_no_fault_without_the_defect, 0, EXPECTED);
	tcase_add_loop_test(each, every_mutant_is_expected, 0, MUTANTS);
	return run_case("explore_queue_mutants", each);
}
