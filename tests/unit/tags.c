/*
 * tags.c - the numbers of requests that a hardware queue can have at a time
 */
#include "block/tags.h"
#include "run_suite.h"
#include "sim_host.h"

struct scene {
	struct toy_machine toy;
	struct sim_host host;
	struct sv_tags tags;
	struct sv_sim_thread thread[TOY_PUS];
	uint32_t depth;
	unsigned held, most, rounds;
	bool taken[1024], twice, out_of_range;
};

static void begin(struct scene *s, uint32_t depth)
{
	*s = (struct scene){ .depth = depth };
	toy_machine_init(&s->toy);
	sim_host_init(&s->host, &s->toy.machine, false);
	ck_assert_int_eq(sv_tags_init(&s->tags, &s->host.system, depth, 0, s->host.diag), 0);
}

static void end(struct scene *s, unsigned threads)
{
	for (unsigned i = 0; i < threads; i++)
		sv_sim_thread_fini(&s->thread[i]);
	sv_tags_fini(&s->tags);
	sim_host_fini(&s->host);
}

static void take_all(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;
	uint32_t tag;

	while ((tag = sv_tags_try(&s->tags, self)) != SV_NO_TAG) {
		s->out_of_range |= tag >= s->depth;
		s->twice |= s->taken[tag];
		s->taken[tag] = true;
		s->held++;
	}
	for (tag = 0; tag < s->depth; tag++)
		sv_tags_free(&s->tags, tag, self);
	while (sv_tags_try(&s->tags, self) != SV_NO_TAG)
		s->rounds++;
}

START_TEST(there_are_as_many_tags_as_the_depth_says_and_freed_ones_come_back)
{
	static const uint32_t depths[] = { 1, 2, 3, 5, 31, 32, 33, 64, 100, 256, 1023 };
	struct scene s;

	begin(&s, depths[_i]);
	sim_host_thread(&s.host, &s.thread[0], take_all, &s, 0);
	sim_host_run(&s.host, SV_S);
	ck_assert(!s.twice && !s.out_of_range);
	ck_assert_uint_eq(s.held, depths[_i]);
	ck_assert_uint_eq(s.rounds, depths[_i]);
	ck_assert_uint_eq(s.tags.used, depths[_i]);
	end(&s, 1);
}
END_TEST

/* Holds a tag for a while, again and again. */
static void hold_one(struct sv_sim_thread *self, void *arg)
{
	struct scene *s = arg;

	for (unsigned i = 0; i < 200; i++) {
		uint32_t tag = sv_tags_try(&s->tags, self);

		while (tag == SV_NO_TAG) {
			tag = sv_tags_wait(&s->tags, self);
			if (tag == SV_NO_TAG)
				tag = sv_tags_try(&s->tags, self);
		}
		s->twice |= s->taken[tag];
		s->taken[tag] = true;
		s->held++;
		s->most = s->held > s->most ? s->held : s->most;
		sv_sim_work(self, 3 * SV_US);
		s->taken[tag] = false;
		s->held--;
		sv_tags_free(&s->tags, tag, self);
		s->rounds++;
	}
}

START_TEST(who_finds_no_tag_sleeps_until_one_is_freed_and_nobody_sleeps_for_ever)
{
	struct scene s;

	begin(&s, 2);
	for (unsigned i = 0; i < TOY_PUS; i++)
		sim_host_thread(&s.host, &s.thread[i], hold_one, &s, i * 7 * SV_NS);
	sim_host_run(&s.host, SV_S);
	ck_assert(!s.twice);
	ck_assert_uint_eq(s.most, 2);
	ck_assert_uint_eq(s.rounds, 200 * TOY_PUS);
	ck_assert_uint_gt(s.tags.waits, 100);
	ck_assert_uint_eq(s.tags.used, 0);
	end(&s, TOY_PUS);
}
END_TEST

struct alone {
	struct scene *scene;
	uint64_t fetched; /* lines, after the first round */
};

static void get_and_put(struct sv_sim_thread *self, void *arg)
{
	struct alone *a = arg;

	for (unsigned i = 0; i < 50; i++) {
		sv_tags_free(&a->scene->tags, sv_tags_try(&a->scene->tags, self), self);
		if (i == 0)
			a->fetched = self->traffic.transfers;
		sv_sim_work(self, SV_US);
	}
	a->fetched = self->traffic.transfers - a->fetched;
}

START_TEST(cpus_that_use_a_tag_each_do_not_share_a_line)
{
	struct scene s;
	struct alone alone[TOY_PUS];

	begin(&s, 256);
	for (unsigned i = 0; i < TOY_PUS; i++) {
		alone[i] = (struct alone){ .scene = &s };
		sim_host_thread(&s.host, &s.thread[i], get_and_put, &alone[i], 0);
	}
	sim_host_run(&s.host, SV_S);
	for (unsigned i = 0; i < TOY_PUS; i++)
		ck_assert_uint_eq(alone[i].fetched, 0);
	end(&s, TOY_PUS);
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("tags");

	tcase_add_loop_test(
		all, there_are_as_many_tags_as_the_depth_says_and_freed_ones_come_back, 0, 11);
	tcase_add_test(all, who_finds_no_tag_sleeps_until_one_is_freed_and_nobody_sleeps_for_ever);
	tcase_add_test(all, cpus_that_use_a_tag_each_do_not_share_a_line);
	return run_case("tags", all);
}
