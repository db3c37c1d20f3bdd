/*
 * locks_native.c - every lock of the list on the cores of this machine
 *
 * More threads than cores as well: a waiter then yields nothing, so rounds are few.
 */
#define SV_SUBSTRATE_native 1
#include "config.h"
#include "locks.h"
#include "pinned.h"
#include "run_suite.h"
#include "substrate.h"
#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST 4

struct shared {
	const struct sv_lock *kind;
	void *lock, *node[MOST];
	const void *cfg;
	struct sv_native_team team;
	uint64_t counter; /* guarded by the lock, deliberately not atomic */
	unsigned rounds;
};

static void work(unsigned thread, void *arg)
{
	struct shared *s = arg;

	sv_native_enter(&s->team, thread, 0);
	for (unsigned i = 0; i < s->rounds; i++) {
		s->kind->acquire(s->lock, s->node[thread], s->cfg);
		s->counter++;
		s->kind->release(s->lock, s->node[thread], s->cfg);
	}
}

static void *lines(size_t bytes)
{
	size_t whole = (bytes / SV_LINE_BYTES + 1) * SV_LINE_BYTES;
	void *p = aligned_alloc(SV_LINE_BYTES, whole);

	ck_assert_ptr_nonnull(p);
	return memset(p, 0, whole);
}

static void count_together(const struct sv_lock *kind, unsigned threads, unsigned rounds)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc = sv_doc_parse("none", "{}", 2, diag);
	struct shared s = { .kind = kind, .rounds = rounds };
	void *percpu[MOST];
	void *cfg = kind->options ? sv_doc_alloc(doc, kind->options->size) : NULL;

	if (cfg)
		ck_assert_int_eq(sv_read(kind->options, sv_doc_root(doc), cfg, doc, diag), 0);
	s.cfg = cfg;
	s.lock = lines(kind->lock_bytes);
	s.team = (struct sv_native_team){ .cpus = threads, .percpu = percpu };
	s.team.kick = lines(threads * SV_LINE_BYTES);
	kind->init(s.lock, cfg);
	for (unsigned i = 0; i < threads; i++) {
		percpu[i] = lines(kind->percpu_bytes);
		s.node[i] = lines(kind->node_bytes);
		if (kind->node_init)
			kind->node_init(s.node[i], i);
	}
	ck_assert_int_eq(sv_pinned_run(threads, work, &s, diag), 0);
	ck_assert_uint_eq(s.counter, (uint64_t)threads * rounds);
	for (unsigned i = 0; i < threads; i++) {
		free(s.node[i]);
		free(percpu[i]);
	}
	free(s.lock);
	free(s.team.kick);
	sv_doc_free(doc);
	sv_diag_free(diag);
}

START_TEST(excludes_others_alone_and_in_pairs)
{
	count_together(sv_locks_native[_i], 1, 10000);
	count_together(sv_locks_native[_i], 2, 1000);
}
END_TEST

START_TEST(excludes_others_when_over_subscribed)
{
	count_together(sv_locks_native[_i], MOST, 30);
}
END_TEST

START_TEST(try_acquire_fails_on_a_held_lock_only)
{
	const struct sv_lock *kind = sv_locks_native[_i];
	void *lock, *node, *other, *percpu[1];
	struct sv_native_team team = { .cpus = 1, .percpu = percpu };

	if (!kind->try_acquire)
		return;
	lock = lines(kind->lock_bytes);
	node = lines(kind->node_bytes);
	other = lines(kind->node_bytes);
	percpu[0] = lines(kind->percpu_bytes);
	sv_native_enter(&team, 0, 0);
	kind->init(lock, NULL);
	for (int i = 0; i < 3; i++) {
		ck_assert(kind->try_acquire(lock, node, NULL));
		ck_assert(!kind->try_acquire(lock, other, NULL));
		kind->release(lock, node, NULL);
	}
	free(lock);
	free(node);
	free(other);
	free(percpu[0]);
}
END_TEST

static uint32_t kicked;

static void *kick(void *arg)
{
	sv_native_enter(arg, 1, 0);
	__atomic_store_n(&kicked, 1, __ATOMIC_RELEASE);
	sv_pv_kick(0);
	return NULL;
}

START_TEST(a_kick_before_the_halt_is_not_lost)
{
	uint32_t *words = lines(2 * SV_LINE_BYTES);
	struct sv_native_team team = { .cpus = 2, .kick = words };
	pthread_t thread;

	sv_native_enter(&team, 0, 0);
	sv_pv_kick(0);
	sv_pv_wait();
	ck_assert_int_eq(pthread_create(&thread, NULL, kick, &team), 0);
	while (!__atomic_load_n(&kicked, __ATOMIC_ACQUIRE))
		sv_pv_wait();
	pthread_join(thread, NULL);
	free(words);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("locks_native");
	TCase *each = tcase_create("each lock"), *pv = tcase_create("halt and kick");
	int n = 0;

	while (sv_locks_native[n])
		n++;
	tcase_set_timeout(each, 120);
	tcase_add_loop_test(each, excludes_others_alone_and_in_pairs, 0, n);
	tcase_add_loop_test(each, excludes_others_when_over_subscribed, 0, n);
	tcase_add_loop_test(each, try_acquire_fails_on_a_held_lock_only, 0, n);
	tcase_add_test(pv, a_kick_before_the_halt_is_not_lost);
	suite_add_tcase(suite, each);
	suite_add_tcase(suite, pv);
	return run_suite(suite);
}
