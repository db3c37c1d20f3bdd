/*
 * profile_optional.c - what a machine may have: optional costs, factors, idle states
 */
#include "test_machine.h"
#include <math.h>

/* A profile of its own, with what every machine must have and nothing more. */
static struct sv_machine *make_plain(const char *more)
{
	char text[4096];
	int used = snprintf(text, sizeof(text), "topology: \"pu:2\"\n%scosts:\n", more);

	for (int c = 0; c < SV_COST_OPTIONALS_FIRST; c++)
		used += snprintf(text + used, sizeof(text) - (size_t)used, "  %s: 1ns\n",
			sv_cost_name((enum sv_cost)c));
	ck_assert_uint_lt((size_t)used, sizeof(text));
	put_file("plain.yaml", text);
	return make_well("machine: ./plain.yaml\n");
}

START_TEST(what_only_some_models_need_may_be_left_out)
{
	struct sv_machine *m = make_plain("");

	for (int c = SV_COST_OPTIONALS_FIRST; c < SV_COSTS; c++)
		ck_assert_int_eq(m->cost[c], -1);
	for (int f = 0; f < SV_FACTORS; f++)
		ck_assert(isnan(m->factor[f]));
	ck_assert_uint_eq(m->idle_states, 0);
	sv_machine_free(m);
}
END_TEST

START_TEST(factors_come_plain_or_with_bounds)
{
	struct sv_machine *m =
		make_plain("sources: {a: \"Said somewhere\"}\n"
			   "factors:\n"
			   "  smt: {throughput: 0.65}\n"
			   "  nested-paging: {value: 1.05, low: 1.02, source: a, mark: A}\n");
	const struct sv_factor_row *smt = &m->factor_row[SV_FACTOR_SMT_THROUGHPUT];
	const struct sv_factor_row *ept = &m->factor_row[SV_FACTOR_NESTED_PAGING];

	ck_assert_double_eq(m->factor[SV_FACTOR_SMT_THROUGHPUT], 0.65);
	ck_assert_str_eq(smt->mark, "U");
	ck_assert_ptr_nonnull(strstr(smt->source, "plain.yaml:4"));
	ck_assert_double_eq(smt->low, 0.65);
	ck_assert_double_eq(smt->high, 0.65);
	ck_assert_double_eq(m->factor[SV_FACTOR_NESTED_PAGING], 1.05);
	ck_assert_double_eq(ept->low, 1.02);
	ck_assert_double_eq(ept->high, 1.05);
	ck_assert_str_eq(ept->source, "Said somewhere");
	ck_assert_str_eq(ept->mark, "A");
	sv_machine_free(m);
}
END_TEST

START_TEST(idle_states_are_kept_in_order_with_their_source)
{
	struct sv_machine *m =
		make_plain("sources: {a: \"Said somewhere\"}\n"
			   "idle-states:\n"
			   "  - {name: C1, exit: 3us, residency: 6us, source: a, mark: E}\n"
			   "  - {name: C6, exit: 200us, residency: 800us}\n");

	ck_assert_uint_eq(m->idle_states, 2);
	ck_assert_str_eq(m->idle_state[0].name, "C1");
	ck_assert_int_eq(m->idle_state[0].exit, 3 * SV_US);
	ck_assert_int_eq(m->idle_state[0].residency, 6 * SV_US);
	ck_assert_str_eq(m->idle_state[0].source, "Said somewhere");
	ck_assert_str_eq(m->idle_state[0].mark, "E");
	ck_assert_str_eq(m->idle_state[1].name, "C6");
	ck_assert_int_eq(m->idle_state[1].exit, 200 * SV_US);
	ck_assert_ptr_nonnull(strstr(m->idle_state[1].source, "plain.yaml:5"));
	ck_assert_str_eq(m->idle_state[1].mark, "U");
	sv_machine_free(m);
}
END_TEST

START_TEST(factors_are_inherited_one_by_one_and_idle_states_as_a_whole)
{
	struct sv_machine *toy = make_well("machine: toy-4\n");
	struct sv_machine *same =
		make_well("machine: {base: toy-4, factors: {nested-paging: 1.5}}\n");
	struct sv_machine *one =
		make_well("machine: {base: toy-4, idle-states: "
			  "[{name: C1, exit: 1us, residency: 1us, source: toy, mark: A}]}\n");
	struct sv_machine *none = make_well("machine: {base: toy-4, idle-states: []}\n");

	ck_assert_double_eq(same->factor[SV_FACTOR_NESTED_PAGING], 1.5);
	ck_assert_double_eq(
		same->factor[SV_FACTOR_SMT_THROUGHPUT], toy->factor[SV_FACTOR_SMT_THROUGHPUT]);
	ck_assert_uint_eq(toy->idle_states, 2);
	ck_assert_uint_eq(same->idle_states, 2);
	ck_assert_str_eq(same->idle_state[1].name, toy->idle_state[1].name);
	ck_assert_uint_eq(one->idle_states, 1);
	ck_assert_int_eq(one->idle_state[0].residency, SV_US);
	ck_assert_ptr_nonnull(strstr(one->idle_state[0].source, "Invented"));
	ck_assert_uint_eq(none->idle_states, 0);
	sv_machine_free(none);
	sv_machine_free(one);
	sv_machine_free(same);
	sv_machine_free(toy);
}
END_TEST

START_TEST(printing_shows_factors_and_idle_states)
{
	struct sv_machine *m = make_well("machine: toy-4\n");
	char *text = NULL;
	size_t text_bytes;
	FILE *to = open_memstream(&text, &text_bytes);

	ck_assert_int_eq(sv_machine_print(m, to), 0);
	fclose(to);
	ck_assert_ptr_nonnull(strstr(text, "\nsmt.throughput    0.6  0.6 .. 0.6     U     Inv"));
	ck_assert_ptr_nonnull(strstr(text, "\nC6              100 us      500 us  U     Inv"));
	free(text);
	sv_machine_free(m);
	m = make_plain("");
	to = open_memstream(&text, &text_bytes);
	ck_assert_int_eq(sv_machine_print(m, to), 0);
	fclose(to);
	ck_assert_ptr_null(strstr(text, "factor"));
	ck_assert_ptr_null(strstr(text, "idle"));
	free(text);
	sv_machine_free(m);
}
END_TEST

START_TEST(a_scenario_replaces_single_factors)
{
	struct sv_machine *m = make_well("machine: toy-4\nfactors: {smt: {throughput: 0.7}}\n");

	ck_assert_double_eq(m->factor[SV_FACTOR_SMT_THROUGHPUT], 0.7);
	ck_assert_str_eq(m->factor_row[SV_FACTOR_SMT_THROUGHPUT].mark, "U");
	ck_assert_double_eq(m->factor[SV_FACTOR_NESTED_PAGING], 1.1);
	sv_machine_free(m);
}
END_TEST

#define MEASURED                                                                                   \
	"sources: {pp: \"A ping-pong\"}\n"                                                         \
	"costs: {pause: {value: 5ns, low: 4ns, high: 6ns, source: pp, mark: M, samples: 12,"       \
	" discarded: 0.25, quality: stable}}\n"                                                    \
	"measured:\n"                                                                              \
	"  host: A toy\n"                                                                          \
	"  notes: [first, second]\n"                                                               \
	"  figures: {slice.run: 4ms, eventfd: {value: 880ns, source: pp, mark: M}}\n"              \
	"  transfers: {pus: [0, 3], matrix: [[0ns, 27ns], [28.5ns, 0ns]]}\n"

START_TEST(what_was_measured_is_kept_with_its_worth)
{
	put_file("own.yaml", "base: toy-4\n" MEASURED);
	struct sv_machine *m = make_well("machine: ./own.yaml\n");
	const struct sv_cost_row *pause = &m->row[SV_COST_PAUSE];
	const struct sv_measured *x = m->measured;

	ck_assert_int_eq(pause->worth.samples, 12);
	ck_assert_double_eq(pause->worth.discarded, 0.25);
	ck_assert_str_eq(pause->worth.quality, "stable");
	ck_assert_ptr_null(m->row[SV_COST_FENCE].worth.quality);
	ck_assert_ptr_nonnull(x);
	ck_assert_str_eq(x->host, "A toy");
	ck_assert_uint_eq(x->notes, 2);
	ck_assert_str_eq(x->note[1], "second");
	ck_assert_uint_eq(x->figures, 2);
	ck_assert_str_eq(x->figure[1].name, "eventfd");
	ck_assert_str_eq(x->figure[1].source, "A ping-pong");
	ck_assert_int_eq(x->figure[0].value, 4 * SV_MS);
	ck_assert_uint_eq(x->transfer_pus, 2);
	ck_assert_uint_eq(x->transfer_pu[1], 3);
	ck_assert_int_eq(x->transfer[2], 28500);
	sv_machine_free(m);
}
END_TEST

START_TEST(what_a_base_measured_is_not_this_machines)
{
	put_file("own.yaml", "base: toy-4\n" MEASURED);
	struct sv_machine *m = make_well("machine: {base: ./own.yaml, costs: {fence: 1ns}}\n");

	ck_assert_ptr_null(m->measured);
	ck_assert_int_eq(m->cost[SV_COST_PAUSE], 5 * SV_NS);
	sv_machine_free(m);
}
END_TEST

START_TEST(printing_shows_what_was_measured)
{
	char text[1 << 14] = "";
	FILE *to = fmemopen(text, sizeof(text), "w");

	put_file("own.yaml", "base: toy-4\n" MEASURED);
	struct sv_machine *m = make_well("machine: ./own.yaml\n");
	ck_assert_int_eq(sv_machine_print(m, to), 0);
	fclose(to);
	ck_assert_ptr_nonnull(strstr(text, "A ping-pong (stable: 12 samples, 25 % discarded)\n"));
	ck_assert_ptr_nonnull(strstr(text, "measured on A toy\nnote: first\nnote: second\n"));
	ck_assert_ptr_nonnull(strstr(text, "slice.run"));
	ck_assert_ptr_nonnull(strstr(text, "    3   28.5      -\n"));
	sv_machine_free(m);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("profile_optional");
	TCase *tc = tcase_create("profile_optional");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	suite_add_tcase(suite, tc);
	tcase_add_test(tc, what_only_some_models_need_may_be_left_out);
	tcase_add_test(tc, factors_come_plain_or_with_bounds);
	tcase_add_test(tc, a_scenario_replaces_single_factors);
	tcase_add_test(tc, idle_states_are_kept_in_order_with_their_source);
	tcase_add_test(tc, factors_are_inherited_one_by_one_and_idle_states_as_a_whole);
	tcase_add_test(tc, printing_shows_factors_and_idle_states);
	tcase_add_test(tc, what_was_measured_is_kept_with_its_worth);
	tcase_add_test(tc, what_a_base_measured_is_not_this_machines);
	tcase_add_test(tc, printing_shows_what_was_measured);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
