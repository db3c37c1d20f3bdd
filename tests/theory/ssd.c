/*
 * ssd.c - drives: what queueing theory, arithmetic and publications say of them
 */
#include "ssd_run.h"

static struct ssd_run run(
	const char *device, const struct sv_load_config *load, sv_time warmup, sv_time window)
{
	struct ssd_run r;

	ck_assert_int_eq(ssd_run_init(&r, device), 0);
	ssd_run_load(&r, load, warmup, window);
	return r;
}

static double rate(const char *device, unsigned depth, uint32_t bytes, double reads)
{
	struct ssd_run r = run(device,
		&(struct sv_load_config){
			.queues = 1, .depth = depth, .bytes = bytes, .reads = reads, .seed = 1 },
		10 * SV_MS, 100 * SV_MS);
	double value = r.rate;

	ck_assert_double_le(ssd_run_metric(&r, "media.utilisation"), 1);
	ck_assert_double_le(ssd_run_metric(&r, "controller.utilisation"), 1);
	ck_assert_double_le(ssd_run_metric(&r, "link.utilisation"), 1);
	ssd_run_fini(&r);
	return value;
}

/* By how much two rates over rate()'s window may differ by chance: their times vary as much as
 * exponential ones at most. */
static double chance(double rate)
{
	return isinf(rate) ? 1 : 1 + 5 / sqrt(rate * 0.1);
}

static void near(double value, double published, const char *what)
{
	printf("%-22s %9.1f predicted, %9.1f published: %+.1f %%\n", what, value, published,
		100 * (value / published - 1));
	ck_assert_msg(fabs(value / published - 1) <= 0.1, "%s", what);
}

/* The host's part of what a program measures: 2.2 us, and doorbell and interrupt of the models. */
#define HOST (2850 * SV_NS)

static void compare(const char *device, unsigned depth, double published_rate, double published_us)
{
	struct ssd_run r = run(device,
		&(struct sv_load_config){ .queues = 1,
			.depth = depth,
			.bytes = 4096,
			.reads = 1,
			.host = HOST,
			.seed = 1 },
		20 * SV_MS, 500 * SV_MS);
	char what[64];

	snprintf(what, sizeof(what), "%s %u rate", device, depth);
	near(r.rate, published_rate, what);
	snprintf(what, sizeof(what), "%s %u us", device, depth);
	near(r.latency, published_us, what);
	ssd_run_fini(&r);
}

/* Latencies at depth 1 are inputs of the models; all else is predicted. */
START_TEST(models_meet_the_published_points)
{
	compare("{model: p4800x}", 1, 108300, 8.9);
	compare("{model: p4800x}", 16, 584800, 25.5);
	compare("{model: p3700}", 1, 12800, 77.9);
	compare("{model: p3700}", 16, 167200, 93.9);
}
END_TEST

static const char *const drives[] = { "{model: p4800x}", "{model: p3700}", "{model: p5800x}",
	"{model: p4510}",
	"{kind: nvme, channels: 2, dies: 1, capacity: 16GiB, read-time: exponential(50us)}",
	"{kind: nvme, medium: units, units: 3, read-time: exponential(10us)}", "{kind: sata}" };

START_TEST(more_depth_never_lowers_throughput)
{
	for (size_t d = 0; d < sizeof(drives) / sizeof(drives[0]); d++)
		for (uint32_t bytes = 4096; bytes <= 65536; bytes *= 16) {
			double before = 0;

			for (unsigned depth = 1; depth <= 64; depth *= 2) {
				double now = rate(drives[d], depth, bytes, 1);

				ck_assert_msg(now * chance(now) >= before,
					"%s, %u B, depth %u: %g < %g", drives[d], bytes, depth, now,
					before);
				before = now;
			}
		}
}
END_TEST

START_TEST(small_reads_are_never_slower_than_large_ones)
{
	for (size_t d = 0; d < sizeof(drives) / sizeof(drives[0]); d++)
		for (unsigned depth = 1; depth <= 64; depth *= 8) {
			double before = INFINITY;

			for (uint32_t bytes = 512; bytes <= 131072; bytes *= 4) {
				double now = rate(drives[d], depth, bytes, 1);

				ck_assert_msg(now <= before * chance(before),
					"%s, depth %u, %u B: %g > %g", drives[d], depth, bytes, now,
					before);
				before = now;
			}
		}
}
END_TEST

/*
 * One exponential server and a delay: the machine-repair model. With all else in no time, n
 * commands under way find the server's rate times the probability that it is not idle.
 */
START_TEST(a_single_unit_is_the_machine_repair_model)
{
	const double service = 10, delay = 40;
	double p = 1, sum = 1;

	for (unsigned n = 1; n <= 8; n++) {
		struct ssd_run r = run("{kind: nvme, medium: units, units: 1, read-time: "
				       "exponential(10us), fetch-time: 0ns, command-time: 0ns, "
				       "link-latency: 0ns, link-read: 1TB/s, cores: 64}",
			&(struct sv_load_config){ .queues = 1,
				.depth = n,
				.bytes = 4096,
				.reads = 1,
				.host = (sv_time)(delay * SV_US),
				.seed = n },
			0, 2 * SV_S);

		/* Insensitive to the delay's distribution (BCMP). p: n at the server, by none. */
		sum = p = 1;
		for (unsigned k = 1; k <= n; k++) {
			p *= (n - k + 1) * service / delay;
			sum += p;
		}
		ck_assert_double_eq_tol(r.rate * service * 1e-6, 1 - 1 / sum, 0.01);
		ssd_run_fini(&r);
	}
}
END_TEST

/* The p of u = (p - 1) / ln p; write amplification is 1 / (1 - p). */
static double theory_amplification(double spare)
{
	double low = 1e-9, high = 1 - 1e-9, u = 1 / (1 + spare);

	for (int i = 0; i < 60; i++) {
		double p = (low + high) / 2;

		if ((p - 1) / log(p) < u)
			low = p;
		else
			high = p;
	}
	return 1 / (1 - low);
}

static double amplification(double spare, unsigned blocks, sv_time warmup)
{
	char device[256];
	struct ssd_run r;
	double value;

	snprintf(device, sizeof(device),
		"{kind: nvme, channels: 2, dies: 2, pages: 64, capacity: 64GiB, state: random, "
		"spare: %g, simulated-blocks: %u}",
		spare, blocks);
	r = run(device,
		&(struct sv_load_config){ .queues = 1, .depth = 32, .bytes = 4096, .seed = 1 },
		warmup, 8 * SV_S);
	ck_assert_double_gt(ssd_run_metric(&r, "media.utilisation"), 0.99);
	value = ssd_run_metric(&r, "write-amplification");
	ssd_run_fini(&r);
	return value;
}

START_TEST(random_writes_amplify_as_theory_has_it)
{
	static const double spare[] = { 0.1, 0.28, 0.5 };

	for (int i = 0; i < 3; i++) {
		double theory = theory_amplification(spare[i]);

		ck_assert_double_eq_tol(amplification(spare[i], 100, SV_S) / theory, 1, 0.04);
		/* Fewer blocks, as large drives are simulated with: lower, but not by much. */
		ck_assert_double_eq_tol(amplification(spare[i], 32, SV_S) / theory, 0.94, 0.07);
	}
}
END_TEST

/* The state before the run is the one that a long run would lead to. */
START_TEST(the_random_state_is_steady)
{
	double early = amplification(0.28, 32, SV_S / 10),
	       late = amplification(0.28, 32, 60 * SV_S);

	ck_assert_double_eq_tol(early / late, 1, 0.03);
}
END_TEST

START_TEST(sequential_writes_do_not_amplify)
{
	struct ssd_run r = run(
		"{kind: nvme, channels: 2, dies: 2, pages: 16, capacity: 4GiB, spare: "
		"0.2}",
		&(struct sv_load_config){
			.queues = 1, .depth = 8, .bytes = 131072, .sequential = true, .seed = 1 },
		5 * SV_S, 20 * SV_S);

	ck_assert_double_gt(ssd_run_metric(&r, "erases"), 1);
	ck_assert_double_le(ssd_run_metric(&r, "write-amplification"), 1.05);
	ssd_run_fini(&r);
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("ssd");

	tcase_set_timeout(all, 120);
	tcase_add_test(all, models_meet_the_published_points);
	tcase_add_test(all, more_depth_never_lowers_throughput);
	tcase_add_test(all, small_reads_are_never_slower_than_large_ones);
	tcase_add_test(all, a_single_unit_is_the_machine_repair_model);
	tcase_add_test(all, random_writes_amplify_as_theory_has_it);
	tcase_add_test(all, the_random_state_is_steady);
	tcase_add_test(all, sequential_writes_do_not_amplify);
	return run_case("ssd", all);
}
