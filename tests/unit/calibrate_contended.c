/*
 * calibrate_contended.c - what is told of a contended line, put back into the model
 *
 * `occupancy.write` and `retention` follow from the throughput of a line that cores want. The
 * model with these rows must reach that throughput again.
 */
#include "calibrate.h"
#include "run_suite.h"
#include "sim_host.h"
#include "test_machine.h"

/* Recorded in both regimes of a machine of two CPUs, and a machine that hands a line on after each
 * operation. */
static const struct line {
	unsigned cores;
	double addition, hit, rmw; /* ns */
} lines[] = { { 2, 11.44, 5.21, 157.7 }, { 2, 7.44, 5.04, 24.2 }, { 2, 9.74, 4.49, 122.8 },
	{ 4, 60, 6, 160 } };
#define MOST_CORES 4
#define LINES      (sizeof(lines) / sizeof(lines[0]))

static void put(struct sv_calibration *c, const char *name, double value)
{
	for (int i = 0; i < 5; i++)
		sv_samples_put(sv_probe_row(c, name, "recorded"), value, false);
}

struct adder {
	void *word;
	uint64_t count;
	sv_time end;
};

static void add(struct sv_sim_thread *t, void *arg)
{
	struct adder *a = arg;

	while (sv_now(t->process.lp) < a->end) {
		sv_sim_rmw(a->word, 8, SV_RMW_FAA, 1, 0);
		a->count++;
	}
}

/* The mean time of an addition by all cores of the machine. */
static double simulate(const struct sv_machine *machine)
{
	struct adder adder[MOST_CORES];
	struct sv_sim_thread thread[MOST_CORES];
	struct sim_host h;
	uint64_t count = 0;
	void *word;

	sim_host_init(&h, machine, false);
	word = sv_memory_alloc(h.memory, SV_LINE_BYTES, 0);
	for (unsigned i = 0; i < machine->pus; i++) {
		adder[i] = (struct adder){ .word = word, .end = 200 * SV_US };
		sim_host_thread(&h, &thread[i], add, &adder[i], (sv_time)i * 37 * SV_NS);
	}
	sim_host_run(&h, 201 * SV_US);
	for (unsigned i = 0; i < machine->pus; i++) {
		sv_sim_thread_fini(&thread[i]);
		count += adder[i].count;
	}
	sim_host_fini(&h);
	return 200e3 / (double)count;
}

static void finish(struct sv_calibration *c)
{
	for (size_t i = 0; sv_probes[i]; i++)
		if (!strcmp(sv_probes[i]->name, "contended"))
			sv_probes[i]->finish(c);
}

START_TEST(the_model_reaches_the_throughput_that_its_rows_were_told_by)
{
	const struct line *line = &lines[_i];
	struct sv_calibration *c = calloc(1, sizeof(*c));
	struct sv_machine *machine;
	char host[512];
	double mean;

	c->machine = make_well("machine: {base: toy-4, topology: \"l3:1 core:2 pu:1\"}\n");
	c->pus = 2;
	put(c, "hit.rmw", line->hit);
	put(c, "rmw.l3", line->rmw);
	put(c, "contended.faa.l3", line->addition);
	finish(c);
	snprintf(host, sizeof(host),
		"machine: {base: toy-4, topology: \"l3:1 core:%u pu:1\", costs: {hit.rmw: %.3fns, "
		"rmw.l3: "
		"%.3fns, occupancy.write.l3: %.3fns, retention: %.3fns}}\n",
		line->cores, line->hit, line->rmw, sv_probe_median(c, "occupancy.write.l3"),
		sv_probe_median(c, "retention"));
	machine = make_well(host);
	mean = simulate(machine);
	ck_assert_msg(mean > 0.85 * line->addition && mean < 1.15 * line->addition,
		"%.2f ns instead of %.2f: %s", mean, line->addition, host);
	sv_machine_free(machine);
	sv_calibration_free(c);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("calibrate_contended");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(
		tc, the_model_reaches_the_throughput_that_its_rows_were_told_by, 0, (int)LINES);
	return run_case("calibrate_contended", tc);
}
