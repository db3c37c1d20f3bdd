/*
 * ssd.c - drives: the way of a command, arbitration, interrupts
 */
#include "ssd_script.h"

START_TEST(a_read_takes_the_sum_of_its_parts)
{
	ck_assert_int_eq(alone("{" UNITS "}", SV_IO_READ, 0, 4096), 17596 * SV_NS);
	/* Fetched over the link, there and back, before the medium has it. */
	ck_assert_int_eq(alone("{" UNITS "}", SV_IO_WRITE, 0, 4096), 28596 * SV_NS);
	/* A page's 4 KiB cross a channel of 1 GB/s, too. */
	ck_assert_int_eq(alone("{" FLASH "}", SV_IO_READ, 0, 4096), 61692 * SV_NS);
	ck_assert_int_eq(alone("{" FLASH "}", SV_IO_FLUSH, 0, 0), 3500 * SV_NS);
}
END_TEST

START_TEST(parts_of_a_large_read_overlap)
{
	/* Four units read at once, then 16 KiB cross the link. */
	ck_assert_int_eq(alone("{" UNITS "}", SV_IO_READ, 0, 16384), 29884 * SV_NS);
	/* One page holds it all: one read of a die, and one way over the channel. */
	ck_assert_int_eq(alone("{" FLASH "}", SV_IO_READ, 0, 16384), 86268 * SV_NS);
}
END_TEST

START_TEST(what_lies_outside_the_drive_fails_without_being_served)
{
	struct ssd_run r;
	struct script s;

	ck_assert_int_eq(ssd_run_init(&r, "{" UNITS "}"), 0);
	script_init(&s, &r, false);
	script_io(&s, SV_IO_READ, (1u << 30) - 2048, 4096);
	script_io(&s, SV_IO_READ, 0, 256 << 10);
	script_io(&s, SV_IO_READ, (1u << 30) - 4096, 4096);
	script_ring(&s, &r);
	ssd_run_until(&r, SV_MS);
	ck_assert_uint_eq(s.posted, 3);
	ck_assert(s.io[0].failed && s.io[1].failed && !s.io[2].failed);
	ssd_run_finish(&r, SV_MS);
	ck_assert_double_eq(ssd_run_metric(&r, "failed"), 2);
	ssd_run_fini(&r);
}
END_TEST

/* Two queues of different depth on one core; the share of commands that the first one has. */
static double share_of_first(const char *device, unsigned first, unsigned second)
{
	static const unsigned rounds = 40;
	struct ssd_run r;
	struct script s[2];
	unsigned both;

	ck_assert_int_eq(ssd_run_init(&r, device), 0);
	for (int i = 0; i < 2; i++)
		script_init(&s[i], &r, false);
	s[0].port.priority = (uint8_t)first;
	s[1].port.priority = (uint8_t)second;
	for (int i = 0; i < 2; i++)
		for (unsigned k = 0; k < 64; k++)
			script_io(&s[i], SV_IO_FLUSH, 0, 0);
	script_ring(&s[1], &r);
	script_ring(&s[0], &r);
	for (sv_time t = 0; (both = s[0].posted + s[1].posted) < rounds; t += SV_US)
		ssd_run_until(&r, t);
	double share = (double)s[0].posted / both;

	ssd_run_fini(&r);
	return share;
}

#define ONE_CORE UNITS ", cores: 1, commands: 1, burst: 0"

START_TEST(queues_are_served_by_turns)
{
	ck_assert_double_eq_tol(share_of_first("{" ONE_CORE "}", 0, 0), 0.5, 0.03);
	ck_assert_double_eq_tol(share_of_first("{" ONE_CORE "}", 3, 1), 0.5, 0.03);
}
END_TEST

START_TEST(a_queue_is_not_forgotten_while_the_controller_is_full)
{
	struct ssd_run r;
	struct script s;

	ck_assert_int_eq(ssd_run_init(&r, "{" UNITS ", cores: 1, commands: 2, burst: 7}"), 0);
	script_init(&s, &r, false);
	for (unsigned k = 0; k < 10; k++)
		script_io(&s, SV_IO_READ, k * 4096, 4096);
	script_ring(&s, &r);
	ssd_run_until(&r, SV_MS);
	ck_assert_uint_eq(s.posted, 10);
	ssd_run_finish(&r, SV_MS);
	ssd_run_fini(&r);
}
END_TEST

START_TEST(urgent_queues_come_first_and_others_by_weight)
{
	const char *weighted =
		"{" ONE_CORE ", arbitration: weighted, weight-high: 6, weight-medium: 3, "
		"weight-low: 2}";

	ck_assert_double_gt(share_of_first(weighted, 0, 1), 0.95);
	ck_assert_double_eq_tol(share_of_first(weighted, 1, 2), 6.0 / 9, 0.06);
	ck_assert_double_eq_tol(share_of_first(weighted, 1, 3), 6.0 / 8, 0.06);
	ck_assert_double_eq_tol(share_of_first(weighted, 2, 2), 0.5, 0.06);
}
END_TEST

/* Interrupts for so many reads at once. */
static unsigned interrupts_for(const char *device, unsigned reads, bool prompt)
{
	struct ssd_run r;
	struct script s;

	ck_assert_int_eq(ssd_run_init(&r, device), 0);
	script_init(&s, &r, true);
	s.port.prompt = prompt;
	for (unsigned i = 0; i < reads; i++)
		script_io(&s, SV_IO_READ, i * 4096, 4096);
	script_ring(&s, &r);
	ssd_run_until(&r, 90 * SV_US);
	ck_assert_uint_eq(s.posted, reads);
	if (!prompt)
		ck_assert_uint_eq(s.interrupts, reads / 4);
	ssd_run_until(&r, 10 * SV_MS);
	ssd_run_fini(&r);
	return s.interrupts;
}

START_TEST(interrupts_wait_for_their_number_or_their_time)
{
	const char *four = "{" UNITS ", coalesce: 4, coalesce-time: 100us}";

	ck_assert_uint_eq(interrupts_for(four, 8, false), 2);
	ck_assert_uint_eq(interrupts_for(four, 9, false), 3);
	ck_assert_uint_eq(interrupts_for(four, 1, false), 1);
	ck_assert_uint_eq(interrupts_for(four, 8, true), 8);
}
END_TEST

START_TEST(what_does_not_fit_together_is_refused)
{
	static const char *const wrong[] = { "{kind: nvme, page: 5000B}",
		"{kind: nvme, channels: 256, dies: 256}", "{kind: nvme, capacity: 64MiB}",
		"{kind: nvme, cache: 64KiB}", "{kind: nvme, spare: 0.02}",
		"{kind: nvme, coalesce: 8, coalesce-time: 0us}", "{kind: sata, queues: 2}" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct ssd_run r;

		ck_assert_msg(ssd_run_init(&r, wrong[i]) < 0, "%s", wrong[i]);
		ck_assert_uint_eq(sv_diag_errors(r.diag), 1);
		ssd_run_fini(&r);
	}
}
END_TEST

START_TEST(a_port_without_a_queue_is_refused)
{
	static const char *const devices[] = { "{kind: nvme, queues: 2}",
		"{kind: null, queues: 2}" };

	for (int i = 0; i < 2; i++) {
		struct ssd_run r;
		struct script s[2];
		struct sv_device_port more = { 0 };

		ck_assert_int_eq(ssd_run_init(&r, devices[i]), 0);
		script_init(&s[0], &r, false);
		script_init(&s[1], &r, false);
		ck_assert_int_eq(r.kind->attach(r.device, &more), -1);
		ssd_run_fini(&r);
	}
}
END_TEST

START_TEST(a_sata_drive_takes_32_commands_and_shares_its_link)
{
	const struct sv_load_config reads = {
		.queues = 1, .depth = 64, .bytes = 131072, .reads = 1, .seed = 1
	};
	struct sv_load_config mixed = reads;
	struct ssd_run r;

	ck_assert_int_eq(ssd_run_init(&r, "{kind: sata}"), 0);
	ssd_run_load(&r, &reads, 10 * SV_MS, 100 * SV_MS);
	ck_assert_double_le(ssd_run_metric(&r, "held"), 32);
	ck_assert_double_le(ssd_run_metric(&r, "bandwidth"), 600e6);
	ck_assert_double_ge(ssd_run_metric(&r, "bandwidth"), 570e6);
	ssd_run_fini(&r);
	/* Both directions at once have no more. */
	mixed.reads = 0.7;
	ck_assert_int_eq(ssd_run_init(&r, "{kind: sata, cores: 32}"), 0);
	ssd_run_load(&r, &mixed, 10 * SV_MS, 100 * SV_MS);
	ck_assert_double_le(ssd_run_metric(&r, "bandwidth"), 600e6);
	ssd_run_fini(&r);
}
END_TEST

START_TEST(a_run_is_the_same_twice)
{
	const struct sv_load_config load = {
		.queues = 2, .depth = 8, .bytes = 4096, .reads = 0.5, .seed = 3, .interrupts = true
	};
	double rate[2];
	uint64_t events[2];

	for (int i = 0; i < 2; i++) {
		struct ssd_run r;

		ck_assert_int_eq(ssd_run_init(&r, "{" FLASH ", state: random, spare: 0.3}"), 0);
		ssd_run_load(&r, &load, 10 * SV_MS, 200 * SV_MS);
		ck_assert_double_gt(ssd_run_metric(&r, "erases"), 0);
		rate[i] = r.rate;
		events[i] = r.events;
		ssd_run_fini(&r);
	}
	ck_assert_double_eq(rate[0], rate[1]);
	ck_assert_uint_eq(events[0], events[1]);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_read_takes_the_sum_of_its_parts,
		parts_of_a_large_read_overlap,
		what_lies_outside_the_drive_fails_without_being_served, queues_are_served_by_turns,
		a_queue_is_not_forgotten_while_the_controller_is_full,
		urgent_queues_come_first_and_others_by_weight,
		interrupts_wait_for_their_number_or_their_time,
		what_does_not_fit_together_is_refused, a_port_without_a_queue_is_refused,
		a_sata_drive_takes_32_commands_and_shares_its_link, a_run_is_the_same_twice, NULL };

	return run_tests("ssd", tests);
}
