/*
 * disk.c - the block layer over a driver
 */
#include "disk_program.h"
#include "fake_disk.h"
#include "run_suite.h"

static void start(
	struct fake_disk *f, struct program *p, unsigned threads, unsigned depth, unsigned rounds)
{
	for (unsigned i = 0; i < threads; i++) {
		p[i] = (struct program){ .disk = f->disk,
			.depth = depth,
			.rounds = rounds,
			.bytes = 4096,
			.step = 8192,
			.offset = i * (uint64_t)(1 << 24) };
		sim_host_thread(&f->host, &p[i].thread, program_run, &p[i], i * 13 * SV_NS);
	}
}

static void check_ended(struct program *p, unsigned threads)
{
	for (unsigned i = 0; i < threads; i++) {
		ck_assert_uint_eq(p[i].ended, p[i].depth * p[i].rounds);
		ck_assert_uint_eq(p[i].wrong, 0);
		sv_sim_thread_fini(&p[i].thread);
	}
}

static const char *const layers[] = { "{}", "{scheduler: deadline}", "{layer: sq}",
	"{layer: sq, scheduler: deadline}", "{plug: 0}", "{poll: iopoll}",
	"{poll: iopoll, scheduler: deadline}", "{poll: hybrid, poll-window: 100us}" };
enum { LAYERS = sizeof(layers) / sizeof(layers[0]) };

START_TEST(every_request_ends_once_and_its_stages_add_up_to_its_latency)
{
	struct fake_disk f;
	struct program p[3];

	fake_disk_init(&f, layers[_i], 2, 64, false);
	start(&f, p, 3, 8, 20);
	sim_host_run(&f.host, 10 * SV_MS);
	check_ended(p, 3);
	ck_assert_uint_eq(f.n, 3 * 8 * 20);
	ck_assert_uint_eq(f.refused, 0);
	fake_disk_finish(&f, "iops");
	fake_disk_fini(&f);
}
END_TEST

START_TEST(what_a_full_driver_refuses_is_issued_when_a_request_has_ended)
{
	struct fake_disk f;
	struct program p[3];

	fake_disk_init(&f, layers[_i], 2, 64, false);
	f.depth = 3;
	start(&f, p, 3, 16, 20);
	sim_host_run(&f.host, 10 * SV_MS);
	check_ended(p, 3);
	ck_assert_uint_eq(f.most, 3);
	ck_assert_uint_gt(f.refused, 20);
	fake_disk_finish(&f, "iops");
	fake_disk_fini(&f);
}
END_TEST

START_TEST(who_finds_no_tag_sleeps_and_the_driver_never_has_more_than_there_are)
{
	struct fake_disk f;
	struct program p[3];

	fake_disk_init(&f, layers[_i], 2, 4, false);
	f.depth = 64;
	start(&f, p, 3, 16, 10);
	sim_host_run(&f.host, 10 * SV_MS);
	check_ended(p, 3);
	ck_assert_uint_le(f.most, 4);
	ck_assert_double_gt(fake_disk_finish(&f, "tag-waits"), 0.1);
	fake_disk_fini(&f);
}
END_TEST

START_TEST(results_are_the_same_without_run_ahead)
{
	sv_time done[2], latency[2];

	for (int i = 0; i < 2; i++) {
		struct fake_disk f;
		struct program p[3];

		fake_disk_init(&f, layers[_i], 2, 8, i == 1);
		f.depth = 5;
		start(&f, p, 3, 16, 5);
		sim_host_run(&f.host, 10 * SV_MS);
		done[i] = p[2].done;
		latency[i] = p[0].latency + p[1].latency + p[2].latency;
		check_ended(p, 3);
		fake_disk_fini(&f);
	}
	ck_assert_int_eq(done[0], done[1]);
	ck_assert_int_eq(latency[0], latency[1]);
}
END_TEST

START_TEST(adjacent_requests_of_a_batch_become_one_of_at_most_the_limit)
{
	struct fake_disk f;
	struct program p;

	fake_disk_init(&f, "{merge: 32KiB}", 1, 64, false);
	start(&f, &p, 1, 16, 1);
	p.step = 4096;
	sim_host_run(&f.host, 10 * SV_MS);
	check_ended(&p, 1);
	ck_assert_uint_eq(f.n, 2);
	ck_assert_uint_eq(f.bytes[0], 32768);
	ck_assert_uint_eq(f.bytes[1], 32768);
	ck_assert_uint_eq(f.offset[1], 32768);
	ck_assert_double_eq_tol(fake_disk_finish(&f, "merged"), 14. / 16, 1e-9);
	fake_disk_fini(&f);
}
END_TEST

START_TEST(a_request_larger_than_the_driver_takes_goes_in_parts_and_ends_with_the_last)
{
	struct fake_disk f;
	struct program p[2];

	fake_disk_init(&f, layers[_i], 2, 4, false);
	f.disk->config.max_bytes = 16384;
	f.disk->options.merge_bytes = 1 << 20;
	start(&f, p, 2, 4, 5);
	for (unsigned i = 0; i < 2; i++) {
		p[i].bytes = 40960;
		p[i].step = 1 << 20;
	}
	sim_host_run(&f.host, 10 * SV_MS);
	check_ended(p, 2);
	/* 16, 16 and 8 KiB, which are not merged again beyond the limit. */
	ck_assert_uint_eq(f.n, 2 * 4 * 5 * 3);
	for (unsigned i = 0; i < f.n; i++)
		ck_assert_uint_le(f.bytes[i], 16384);
	fake_disk_finish(&f, "iops");
	fake_disk_fini(&f);
}
END_TEST

START_TEST(nothing_is_merged_without_a_plug_and_when_told_not_to)
{
	static const char *const options[] = { "{merge: 0B}", "{plug: 0}" };
	struct fake_disk f;
	struct program p;

	fake_disk_init(&f, options[_i], 1, 64, false);
	start(&f, &p, 1, 16, 1);
	p.step = 4096;
	sim_host_run(&f.host, 10 * SV_MS);
	check_ended(&p, 1);
	ck_assert_uint_eq(f.n, 16);
	fake_disk_fini(&f);
}
END_TEST

START_TEST(a_batch_notifies_once)
{
	struct fake_disk f;
	struct program p;

	fake_disk_init(&f, "{}", 1, 64, false);
	start(&f, &p, 1, 16, 1);
	sim_host_run(&f.host, 10 * SV_MS);
	check_ended(&p, 1);
	/* All but the last one said that another one follows. */
	ck_assert_uint_eq(f.n, 16);
	ck_assert_uint_eq(f.unnotified, 0);
	ck_assert_uint_eq(f.commits, 0);
	fake_disk_fini(&f);
}
END_TEST

START_TEST(what_the_driver_has_taken_of_a_refused_batch_is_told_at_once)
{
	struct fake_disk f;
	struct program p;

	fake_disk_init(&f, layers[_i], 1, 64, false);
	f.depth = 3;
	f.latency = SV_MS;
	start(&f, &p, 1, 5, 1);
	sim_host_run(&f.host, 100 * SV_US);
	ck_assert_uint_eq(f.n, 3);
	ck_assert_uint_eq(f.commits, 1);
	ck_assert_uint_eq(f.unnotified, 0);
	sim_host_run(&f.host, 10 * SV_MS);
	check_ended(&p, 1);
	fake_disk_fini(&f);
}
END_TEST

START_TEST(who_is_refused_while_the_last_request_ends_is_not_forgotten)
{
	struct fake_disk f;
	struct program p[2];

	fake_disk_init(&f, layers[_i], 1, 64, false);
	f.depth = 1;
	f.latency = 5 * SV_US;
	f.dawdle = 20 * SV_US;
	start(&f, p, 2, 1, 1);
	sim_host_run(&f.host, 100 * SV_US);
	/* Nothing came behind it that could have started it. */
	ck_assert_uint_ge(f.refused, 1);
	check_ended(p, 2);
	fake_disk_fini(&f);
}
END_TEST

START_TEST(cpus_use_their_own_queues)
{
	struct fake_disk f;
	struct program p[3];
	unsigned used[FAKE_QUEUES] = { 0 };

	fake_disk_init(&f, "{}", 4, 64, false);
	start(&f, p, 3, 4, 5);
	sim_host_run(&f.host, 10 * SV_MS);
	check_ended(p, 3);
	for (unsigned i = 0; i < f.n; i++)
		used[f.queue[i]]++;
	for (unsigned i = 0; i < 3; i++)
		ck_assert_uint_eq(used[i], 20);
	ck_assert_uint_eq(used[3], 0);
	fake_disk_fini(&f);
}
END_TEST

START_TEST(queues_share_cpus_evenly_and_have_their_interrupts_on_one_of_them)
{
	struct fake_disk f;

	fake_disk_init(&f, "{}", (unsigned)_i, 64, false);
	for (unsigned q = 0; q < (unsigned)_i; q++)
		ck_assert_uint_eq(sv_disk_cpu_queue(f.disk, sv_disk_queue_cpu(f.disk, q)), q);
	ck_assert_uint_eq(sv_disk_cpu_queue(f.disk, TOY_PUS - 1), (unsigned)_i - 1);
	fake_disk_fini(&f);
}
END_TEST

static double time_of(const char *options, const char *metric)
{
	struct fake_disk f;
	struct program p[3];
	double value;

	fake_disk_init(&f, options, 4, 64, false);
	/* Long enough that programs meet, short enough that the way down matters. */
	f.latency = 100 * SV_NS;
	start(&f, p, 3, 8, 100);
	sim_host_run(&f.host, 10 * SV_MS);
	check_ended(p, 3);
	value = fake_disk_finish(&f, metric);
	fake_disk_fini(&f);
	return value;
}

START_TEST(one_lock_for_all_is_waited_for_longer_than_locks_of_queues)
{
	ck_assert_double_gt(time_of("{layer: sq}", "lock-wait"), 2 * time_of("{}", "lock-wait"));
}
END_TEST

START_TEST(the_wait_for_a_lock_is_a_stage_of_the_request)
{
	struct fake_disk f;
	struct program p[3];
	sv_time locked = 0;

	fake_disk_init(&f, "{layer: sq}", 1, 64, false);
	start(&f, p, 3, 1, 1);
	sim_host_run(&f.host, 10 * SV_MS);
	for (unsigned i = 0; i < 3; i++)
		locked += p[i].request[0].spent[SV_STAGE_LOCK];
	ck_assert_int_gt(locked, 3 * 5 * SV_NS);
	check_ended(p, 3);
	fake_disk_fini(&f);
}
END_TEST

START_TEST(hybrid_polling_sleeps_for_half_of_the_mean_once_it_knows_one)
{
	struct fake_disk f;
	struct program p;
	sv_time spent[SV_PARTS];

	fake_disk_init(&f, "{poll: hybrid, poll-window: 200us}", 1, 64, false);
	f.latency = 40 * SV_US;
	start(&f, &p, 1, 1, 100);
	sim_host_run(&f.host, 10 * SV_MS);
	sv_meter_read(&p.thread.meter, p.thread.meter.since);
	memcpy(spent, p.thread.meter.spent, sizeof(spent));
	/* Half of 40 us of all but the first requests; its own wake-up of 5 us comes on top. */
	ck_assert_int_ge(spent[SV_PART_OFF], 90 * 19 * SV_US);
	ck_assert_int_le(spent[SV_PART_OFF], 100 * 27 * SV_US);
	/* And nothing is late for that. */
	ck_assert_int_le(p.done, 100 * (42 * SV_US));
	check_ended(&p, 1);
	fake_disk_fini(&f);
}
END_TEST

START_TEST(a_single_queue_does_not_poll)
{
	struct fake_disk f;
	struct sv_disk_config config;
	struct sv_layer_options options;

	fake_disk_init(&f, "{}", 1, 64, false);
	options = f.options;
	options.layer = SV_LAYER_SQ;
	options.poll = SV_POLL_IOPOLL;
	config = (struct sv_disk_config){
		.owner = "vdb", .system = &f.host.system, .layer = &options, .queues = 1, .depth = 1
	};
	ck_assert_ptr_null(sv_disk_new(&config, f.host.diag));
	fake_disk_fini(&f);
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("disk");

	tcase_add_loop_test(
		all, every_request_ends_once_and_its_stages_add_up_to_its_latency, 0, LAYERS);
	tcase_add_loop_test(
		all, what_a_full_driver_refuses_is_issued_when_a_request_has_ended, 0, LAYERS);
	tcase_add_loop_test(
		all, who_finds_no_tag_sleeps_and_the_driver_never_has_more_than_there_are, 0, 4);
	tcase_add_loop_test(all, results_are_the_same_without_run_ahead, 0, LAYERS);
	tcase_add_test(all, adjacent_requests_of_a_batch_become_one_of_at_most_the_limit);
	tcase_add_loop_test(all,
		a_request_larger_than_the_driver_takes_goes_in_parts_and_ends_with_the_last, 0,
		LAYERS);
	tcase_add_loop_test(all, nothing_is_merged_without_a_plug_and_when_told_not_to, 0, 2);
	tcase_add_test(all, a_batch_notifies_once);
	tcase_add_loop_test(
		all, what_the_driver_has_taken_of_a_refused_batch_is_told_at_once, 0, 1);
	tcase_add_loop_test(all, who_is_refused_while_the_last_request_ends_is_not_forgotten, 0, 4);
	tcase_add_test(all, cpus_use_their_own_queues);
	tcase_add_loop_test(
		all, queues_share_cpus_evenly_and_have_their_interrupts_on_one_of_them, 1, 5);
	tcase_add_test(all, one_lock_for_all_is_waited_for_longer_than_locks_of_queues);
	tcase_add_test(all, the_wait_for_a_lock_is_a_stage_of_the_request);
	tcase_add_test(all, hybrid_polling_sleeps_for_half_of_the_mean_once_it_knows_one);
	tcase_add_test(all, a_single_queue_does_not_poll);
	return run_case("disk", all);
}
