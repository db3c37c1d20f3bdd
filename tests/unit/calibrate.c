/*
 * calibrate.c - what is written of a calibration, and what a host says about itself
 */
#include "calibrate.h"
#include "host.h"
#include "run_suite.h"
#include "test_machine.h"
#include <sys/stat.h>

/* A calibration of a host of two PUs that nobody has measured yet. */
struct bench {
	struct sv_calibration c;
	struct sv_machine *defaults;
};

static void set_up_bench(struct bench *b)
{
	*b = (struct bench){ .defaults = make_well("machine: xeon-8275cl-2s\n") };
	b->c.machine = make_well("machine: {base: toy-4, topology: \"l3:1 core:2 pu:1\"}\n");
	b->c.pus = 2;
}

static void put(struct bench *b, const char *name, const char *method, double first, double step)
{
	struct sv_samples *s = sv_probe_row(&b->c, name, method);

	for (int i = 0; i < 9; i++)
		sv_samples_put(s, first + i * step, false);
}

/* The machine of what is written. Frees the rest. */
static struct sv_machine *write_and_read(struct bench *b)
{
	char *text;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	sv_calibration_write(&b->c, "l3:1 core:2 pu:1", b->defaults, to);
	fclose(to);
	put_file("host.yaml", text);
	free(text);
	sv_machine_free(b->defaults);
	return make_well("machine: ./host.yaml\n");
}

static void tear_down_bench(struct bench *b)
{
	struct sv_calibration *c = malloc(sizeof(*c));

	*c = b->c;
	sv_calibration_free(c);
}

START_TEST(a_measured_cost_has_the_median_its_quartiles_and_its_worth)
{
	struct bench b;

	set_up_bench(&b);
	put(&b, "rmw.l3", "A walk over \"64\" lines", 20, 1);
	sv_samples_put(sv_probe_row(&b.c, "rmw.l3", ""), 1e6, true);
	struct sv_machine *m = write_and_read(&b);
	const struct sv_cost_row *row = &m->row[sv_cost_find("rmw.l3")];
	ck_assert_int_eq(row->value, 24 * SV_NS);
	ck_assert_int_eq(row->low, 22 * SV_NS);
	ck_assert_int_eq(row->high, 26 * SV_NS);
	ck_assert_str_eq(row->source, "A walk over \"64\" lines");
	ck_assert_str_eq(row->mark, "M");
	ck_assert_int_eq(row->worth.samples, 9);
	ck_assert_double_eq_tol(row->worth.discarded, 0.1, 1e-9);
	ck_assert_str_eq(row->worth.quality, "stable");
	sv_machine_free(m);
	tear_down_bench(&b);
}
END_TEST

START_TEST(a_cost_that_was_not_measured_says_why_and_whose_it_is)
{
	struct bench b;

	set_up_bench(&b);
	sv_probe_cannot(&b.c, "invalidate", "it takes %d cores", 3);
	sv_probe_cannot(&b.c, "invalidate", "a second reason");
	for (int i = 0; i < 3; i++)
		sv_samples_put(sv_probe_row(&b.c, "pause", "A loop"), 1, true);
	const struct sv_cost_row xeon = b.defaults->row[sv_cost_find("rmw.l3")];
	struct sv_machine *m = write_and_read(&b);
	const struct sv_cost_row *invalidate = &m->row[SV_COST_INVALIDATE];
	const struct sv_cost_row *rmw = &m->row[sv_cost_find("rmw.l3")];
	ck_assert_ptr_eq(strstr(invalidate->source, "Not measured: it takes 3 cores. Taken from "
						    "xeon-8275cl-2s, invalidate: "),
		invalidate->source);
	ck_assert_str_eq(invalidate->mark, "R");
	ck_assert_ptr_null(invalidate->worth.quality);
	/* Exact elsewhere is approximate here. */
	ck_assert_str_eq(xeon.mark, "E");
	ck_assert_str_eq(rmw->mark, "A");
	ck_assert_int_eq(rmw->value, xeon.value);
	ck_assert_int_eq(rmw->high, xeon.high);
	ck_assert_ptr_nonnull(strstr(m->row[SV_COST_PAUSE].source, "all samples were disturbed"));
	sv_machine_free(m);
	tear_down_bench(&b);
}
END_TEST

START_TEST(figures_transfers_and_notes_are_kept_beside_the_costs)
{
	struct bench b;

	set_up_bench(&b);
	put(&b, "slice.run", "Two spinners", 4e6, 0);
	put(&b, "pause", "A loop", 20, 0.5);
	sv_probe_note(&b.c, "a \"remark\" on %s", "this");
	sv_probe_note(&b.c, "a \"remark\" on this");
	b.c.transfer_pus = 2;
	b.c.transfer_pu = calloc(2, sizeof(*b.c.transfer_pu));
	b.c.transfer_pu[1] = 1;
	b.c.transfer = calloc(4, sizeof(*b.c.transfer));
	sv_samples_put(&b.c.transfer[1], 27.5, false);
	struct sv_machine *m = write_and_read(&b);
	ck_assert_uint_eq(m->measured->figures, 1);
	ck_assert_str_eq(m->measured->figure[0].name, "slice.run");
	ck_assert_int_eq(m->measured->figure[0].value, 4 * SV_MS);
	ck_assert_uint_eq(m->measured->notes, 1);
	ck_assert_str_eq(m->measured->note[0], "a \"remark\" on this");
	ck_assert_int_eq(m->measured->transfer[2], 27500);
	ck_assert_int_eq(m->cost[SV_COST_PAUSE], 22 * SV_NS);
	sv_machine_free(m);
	tear_down_bench(&b);
}
END_TEST

START_TEST(a_distance_that_the_defaults_lack_has_their_next_one)
{
	struct bench b;

	set_up_bench(&b);
	sv_machine_free(b.c.machine);
	b.c.machine = make_well("machine: {base: toy-4, topology: \"l3:1 l2:1 core:2 pu:1\"}\n");
	char *text;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);
	sv_calibration_write(&b.c, "l3:1 l2:1 core:2 pu:1", b.defaults, to);
	fclose(to);
	put_file("host.yaml", text);
	free(text);
	struct sv_machine *m = make_well("machine: ./host.yaml\n");
	ck_assert_int_eq(m->cost[sv_cost_find("rmw.l2")], b.defaults->cost[sv_cost_find("rmw.l3")]);
	ck_assert_ptr_nonnull(
		strstr(m->row[sv_cost_find("rmw.l2")].source, "xeon-8275cl-2s, rmw.l3:"));
	ck_assert_int_eq(m->cost[sv_cost_find("rmw.l3")], -1);
	sv_machine_free(m);
	sv_machine_free(b.defaults);
	tear_down_bench(&b);
}
END_TEST

static void put_state(int i, const char *name, const char *exit, const char *residency)
{
	const char *const key[] = { "name", "latency", "residency" };
	const char *const value[] = { name, exit, residency };
	char file[64], path[128];

	snprintf(path, sizeof(path), "%s/state%d", directory, i);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	for (int k = 0; k < 3; k++) {
		snprintf(file, sizeof(file), "state%d/%s", i, key[k]);
		put_file(file, value[k]);
	}
}

START_TEST(idle_states_come_from_the_kernel_without_polling_and_without_what_is_no_deeper)
{
	struct sv_host_idle state[SV_HOST_IDLE_STATES];

	put_state(0, "POLL\n", "0\n", "0\n");
	put_state(1, "C1\n", "2\n", "2\n");
	put_state(2, "C1E\n", "1\n", "20\n");
	put_state(3, "C6\n", "133\n", "600\n");
	ck_assert_uint_eq(sv_host_idle_states(directory, state), 2);
	ck_assert_str_eq(state[0].name, "C1");
	ck_assert_str_eq(state[1].name, "C6");
	ck_assert_uint_eq(state[1].exit_us, 133);
	ck_assert_uint_eq(state[1].residency_us, 600);
	ck_assert_uint_eq(sv_host_idle_states("/nonexistent", state), 0);
}
END_TEST

START_TEST(pairs_are_picked_evenly_from_all_of_a_distance)
{
	struct sv_calibration c = { .machine = make_well("machine: {base: toy-4, topology: "
							 "\"package:2 l3:1 core:8 pu:1\"}\n"),
		.pus = 16 };
	struct sv_pair pair[8];

	ck_assert_uint_eq(sv_probe_pairs(&c, SV_SMT, pair, 8), 0);
	ck_assert_uint_eq(sv_probe_pairs(&c, SV_HOP1, pair, 4), 4);
	for (int i = 0; i < 4; i++) {
		ck_assert_uint_eq(pair[i].a, 2 * i);
		ck_assert_uint_ge(pair[i].b, 8);
	}
	c.pus = 2;
	ck_assert_uint_eq(sv_probe_pairs(&c, SV_L3, pair, 8), 1);
	ck_assert_uint_eq(sv_probe_pairs(&c, SV_HOP1, pair, 8), 0);
	sv_machine_free(c.machine);
}
END_TEST

START_TEST(what_was_measured_in_the_rarer_regime_is_discarded_and_told)
{
	/* Recorded: the line's way, and an operation on lines, while virtual CPUs were moved. */
	const double way[] = { 163, 165, 161, 27, 28, 164, 162 };
	const double rmw[] = { 121, 124, 119, 24, 25, 122, 120 };
	struct sv_calibration c = { 0 };
	struct sv_samples *s = sv_probe_row(&c, "rmw.l3", "A walk");

	for (int i = 0; i < 7; i++) {
		sv_samples_put(&c.moment, way[i], false);
		sv_samples_put(s, rmw[i], false);
		sv_samples_tag(s, way[i]);
	}
	sv_calibration_settle(&c);
	ck_assert_uint_eq(s->n, 5);
	ck_assert_uint_eq(s->discarded, 2);
	ck_assert_double_eq(sv_samples_summary(s).median, 121);
	ck_assert_uint_eq(c.notes, 1);
	ck_assert_ptr_nonnull(
		strstr(c.note[0], "about 162 ns from the first PU to the last at most times, "
				  "but about 28 ns at 29 % of them; 2 samples"));
	struct bench b = { .c = c };
	tear_down_bench(&b);
}
END_TEST

START_TEST(one_regime_discards_nothing_and_has_no_note)
{
	struct sv_calibration c = { 0 };
	struct sv_samples *s = sv_probe_row(&c, "rmw.l3", "A walk");

	for (int i = 0; i < 7; i++) {
		sv_samples_put(&c.moment, 27 + i, false);
		sv_samples_put(s, i, false);
		sv_samples_tag(s, 27 + i);
	}
	sv_calibration_settle(&c);
	ck_assert_uint_eq(s->n, 7);
	ck_assert_uint_eq(c.notes, 0);
	struct bench b = { .c = c };
	tear_down_bench(&b);
}
END_TEST

START_TEST(a_recorded_profile_has_what_was_measured_on_a_machine_of_two_cpus)
{
	const char *const measured[] = { "load.modified.l3", "load.shared.l3", "rmw.l3",
		"occupancy.write.l3", "retention", "hit.rmw", "memory.local", "syscall",
		"context-switch", "futex.wake", "wake-up", "vm.exit", "vm.hypercall", "vm.ept" };
	struct sv_machine *m =
		make_well("machine: " SV_SOURCE_DIR "/tests/recorded/two-cpus-full.yaml\n");

	for (size_t i = 0; i < sizeof(measured) / sizeof(measured[0]); i++) {
		const struct sv_cost_row *row = &m->row[sv_cost_find(measured[i])];

		ck_assert_str_eq(row->mark, "M");
		ck_assert_str_ne(row->worth.quality, "unusable");
		ck_assert_int_gt(row->worth.samples, 100);
	}
	ck_assert_int_lt(m->cost[SV_COST_HIT_LOAD], m->cost[SV_COST_HIT_RMW]);
	ck_assert_int_lt(m->cost[SV_COST_HIT_RMW], m->cost[sv_cost_find("rmw.l3")]);
	ck_assert_int_lt(m->cost[SV_COST_SYSCALL], m->cost[SV_COST_WAKE_UP]);
	ck_assert_uint_gt(m->measured->figures, 30);
	ck_assert_uint_eq(m->measured->transfer_pus, 2);
	sv_machine_free(m);
}
END_TEST

START_TEST(without_a_pu_to_be_bound_to_one_thread_is_measured_and_nothing_between_pus)
{
	struct sv_diag *diag = sv_diag_new();
	const struct sv_calibrate_how how = { .seconds = 0.1 };
	struct sv_calibration *c = sv_calibration_new(&how, diag);

	ck_assert_ptr_nonnull(c);
	c->pus = 0;
	ck_assert_int_eq(sv_calibration_run(c, &how), 0);
	ck_assert_uint_eq(sv_diag_errors(diag), 0);
	ck_assert_uint_eq(c->transfer_pus, 0);
	for (size_t i = 0; i < c->rows; i++) {
		ck_assert_ptr_null(strstr(c->row[i]->name, "rmw."));
		ck_assert_ptr_null(strstr(c->row[i]->name, "wake"));
	}
	for (int i = 0; i < 2; i++) {
		const char *name = i ? "syscall" : "pause";
		const struct sv_samples *s = sv_probe_row(c, name, "");

		ck_assert_uint_gt(s->n + s->discarded, 0);
	}
	sv_calibration_free(c);
	sv_diag_free(diag);
}
END_TEST

START_TEST(packages_are_as_many_hops_apart_as_their_latencies_rank)
{
	/* Recorded: four packages in a square; then more ranks than there are hops. */
	const uint64_t square[] = { 10, 16, 16, 22, 16, 10, 22, 16, 16, 22, 10, 16, 22, 16, 16,
		10 };
	const uint8_t square_hops[] = { 0, 1, 1, 2, 1, 0, 2, 1, 1, 2, 0, 1, 2, 1, 1, 0 };
	const uint64_t line[] = { 10, 20, 30, 40, 50, 20, 10, 20, 30, 40, 30, 20, 10, 20, 30, 40,
		30, 20, 10, 20, 50, 40, 30, 20, 10 };
	const uint8_t line_hops[] = { 0, 1, 2, 3, 3, 1, 0, 1, 2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1, 3,
		3, 2, 1, 0 };
	uint8_t hops[25];

	sv_calibration_rank(square, 4, hops);
	ck_assert_mem_eq(hops, square_hops, sizeof(square_hops));
	sv_calibration_rank(line, 5, hops);
	ck_assert_mem_eq(hops, line_hops, sizeof(line_hops));
}
END_TEST

START_TEST(lists_of_cpus_are_counted)
{
	char path[128];

	put_file("online", "0-3,8,10-11\n");
	snprintf(path, sizeof(path), "%s/online", directory);
	ck_assert_int_eq(sv_host_cpus(path), 7);
	put_file("online", "nonsense\n");
	ck_assert_int_eq(sv_host_cpus(path), -1);
	ck_assert_int_eq(sv_host_cpus("/nonexistent"), -1);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("calibrate");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_measured_cost_has_the_median_its_quartiles_and_its_worth);
	tcase_add_test(tc, a_cost_that_was_not_measured_says_why_and_whose_it_is);
	tcase_add_test(tc, figures_transfers_and_notes_are_kept_beside_the_costs);
	tcase_add_test(tc, a_distance_that_the_defaults_lack_has_their_next_one);
	tcase_add_test(
		tc, idle_states_come_from_the_kernel_without_polling_and_without_what_is_no_deeper);
	tcase_add_test(tc, what_was_measured_in_the_rarer_regime_is_discarded_and_told);
	tcase_add_test(tc, one_regime_discards_nothing_and_has_no_note);
	tcase_add_test(tc, a_recorded_profile_has_what_was_measured_on_a_machine_of_two_cpus);
	tcase_add_test(
		tc, without_a_pu_to_be_bound_to_one_thread_is_measured_and_nothing_between_pus);
	tcase_add_test(tc, packages_are_as_many_hops_apart_as_their_latencies_rank);
	tcase_add_test(tc, lists_of_cpus_are_counted);
	tcase_add_test(tc, pairs_are_picked_evenly_from_all_of_a_distance);
	return run_case("calibrate", tc);
}
