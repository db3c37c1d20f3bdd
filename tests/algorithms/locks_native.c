/*
 * locks_native.c - every lock of the list on the cores of this machine
 *
 * More threads than cores as well. A waiter who only spins then yields nothing, so its
 * rounds are few; those of locks that halt or sleep are many.
 */
#define SV_SUBSTRATE_native 1
#include "lock_cases.h"
#include "pinned.h"
#include "run_suite.h"
#include "sanitized.h"
#include "substrate.h"
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define MOST  8
#define LOCKS 3

struct shared {
	const struct sv_lock *kind;
	void *lock[LOCKS], *node[MOST];
	const void *cfg;
	struct sv_native_team team;
	uint64_t counter[LOCKS]; /* each guarded by its lock, deliberately not atomic */
	unsigned locks;          /* that are used */
	unsigned rounds;
	unsigned yield_every; /* rounds, to let others meet a held lock; 0: never */
	long sleeps;          /* of all threads while they worked */
};

static long sleeps_of_thread(void)
{
	struct rusage use;

	return getrusage(RUSAGE_THREAD, &use) == 0 ? use.ru_nvcsw : 0;
}

static void work(unsigned thread, void *arg)
{
	struct shared *s = arg;
	long before = sleeps_of_thread();

	/* Two NUMA nodes, whatever the machine has: neighbours are on different ones. */
	sv_native_enter(&s->team, thread, thread % 2);
	for (unsigned i = 0; i < s->rounds; i++) {
		unsigned l = (thread + i * i / 7) % s->locks;

		s->kind->acquire(s->lock[l], s->node[thread], s->cfg);
		s->counter[l]++;
		if (s->yield_every && i % s->yield_every == 0)
			sched_yield();
		s->kind->release(s->lock[l], s->node[thread], s->cfg);
	}
	__atomic_fetch_add(&s->sleeps, sleeps_of_thread() - before, __ATOMIC_RELAXED);
}

static void *lines(size_t bytes)
{
	size_t whole = (bytes / SV_LINE_BYTES + 1) * SV_LINE_BYTES;
	void *p = aligned_alloc(SV_LINE_BYTES, whole);

	ck_assert_ptr_nonnull(p);
	return memset(p, 0, whole);
}

/* What differs between runs. */
struct setup {
	struct lock_case what;
	unsigned threads, rounds, locks, yield_every;
};

/* Returns how often threads slept. */
static long count_together(struct setup how)
{
	const struct sv_lock *kind = sv_locks_native[how.what.index];
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc;
	struct shared s = { .kind = kind,
		.rounds = how.rounds,
		.locks = how.locks ? how.locks : 1,
		.yield_every = how.yield_every };
	void *percpu[MOST];
	uint64_t sum = 0;

	s.cfg = lock_config(kind, how.what.options, &doc);
	s.team = (struct sv_native_team){ .cpus = how.threads, .percpu = percpu };
	s.team.kick = lines(how.threads * SV_LINE_BYTES);
	for (unsigned l = 0; l < s.locks; l++) {
		s.lock[l] = lines(kind->lock_bytes);
		kind->init(s.lock[l], s.cfg);
	}
	for (unsigned i = 0; i < how.threads; i++) {
		percpu[i] = lines(kind->percpu_bytes);
		s.node[i] = lines(kind->node_bytes);
		if (kind->node_init)
			kind->node_init(s.node[i], i);
	}
	ck_assert_int_eq(sv_pinned_run(how.threads, work, &s, diag), 0);
	for (unsigned i = 0; i < how.threads; i++) {
		free(s.node[i]);
		free(percpu[i]);
	}
	for (unsigned l = 0; l < s.locks; l++) {
		free(s.lock[l]);
		sum += s.counter[l];
	}
	ck_assert_uint_eq(sum, (uint64_t)how.threads * how.rounds);
	free(s.team.kick);
	sv_doc_free(doc);
	sv_diag_free(diag);
	return s.sleeps;
}

START_TEST(excludes_others_alone_and_in_pairs)
{
	struct setup how = {
		.what = lock_case(_i), .threads = 1, .rounds = SANITIZED_ROUNDS(10000)
	};

	count_together(how);
	how.threads = 2;
	how.rounds = SANITIZED_ROUNDS(50000);
	count_together(how);
}
END_TEST

START_TEST(excludes_others_when_over_subscribed)
{
	struct setup how = { .what = lock_case(_i), .rounds = 30 };

	for (how.threads = MOST / 2; how.threads <= MOST; how.threads *= 2)
		count_together(how);
}
END_TEST

/* All threads, most of them halted: a lost kick stops the whole. */
START_TEST(wakes_all_who_halt_or_sleep_in_a_hurry)
{
	struct setup how = { .what = lock_case(_i), .yield_every = 16 };

	if (!(sv_locks_native[how.what.index]->traits & SV_LOCK_BLOCKING))
		return;
	for (how.threads = MOST / 2; how.threads <= MOST; how.threads *= 2)
		for (how.locks = 1; how.locks <= LOCKS; how.locks += LOCKS - 1) {
			how.rounds = SANITIZED_ROUNDS(50000) / how.threads;
			ck_assert_int_gt(count_together(how), 5);
		}
}
END_TEST

START_TEST(try_acquire_fails_on_a_held_lock_only)
{
	const struct sv_lock *kind = sv_locks_native[_i];
	void *lock, *node, *other, *percpu[1], *cfg;
	struct sv_native_team team = { .cpus = 1, .percpu = percpu };
	struct sv_doc *doc;

	if (!kind->try_acquire)
		return;
	cfg = lock_config(kind, "{}", &doc);
	lock = lines(kind->lock_bytes);
	node = lines(kind->node_bytes);
	other = lines(kind->node_bytes);
	percpu[0] = lines(kind->percpu_bytes);
	sv_native_enter(&team, 0, 0);
	kind->init(lock, cfg);
	for (int i = 0; i < 3; i++) {
		ck_assert(kind->try_acquire(lock, node, cfg));
		ck_assert(!kind->try_acquire(lock, other, cfg));
		kind->release(lock, node, cfg);
	}
	free(lock);
	free(node);
	free(other);
	free(percpu[0]);
	sv_doc_free(doc);
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
	int cases = lock_cases(), locks = cases - (int)LOCK_HURRIES;

	tcase_set_timeout(each, 120);
	tcase_add_loop_test(each, excludes_others_alone_and_in_pairs, 0, cases);
	tcase_add_loop_test(each, excludes_others_when_over_subscribed, 0, cases);
	tcase_add_loop_test(each, wakes_all_who_halt_or_sleep_in_a_hurry, locks, cases);
	tcase_add_loop_test(each, try_acquire_fails_on_a_held_lock_only, 0, locks);
	tcase_add_test(pv, a_kick_before_the_halt_is_not_lost);
	suite_add_tcase(suite, each);
	suite_add_tcase(suite, pv);
	return run_suite(suite);
}
