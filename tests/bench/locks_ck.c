/*
 * locks_ck.c - our native locks beside those of Concurrency Kit
 *
 * Both are inlined into the same loop: acquire, count, release, by one thread and by one on
 * each of the first two PUs. They are timed by turns; batches that something disturbed are
 * tried again. The ratio is of neighbours in time, so that a machine whose lines take longer
 * for some seconds slows both. Usage: bench_locks_ck [REPEATS]. Prints a Markdown table.
 */
#define SV_SUBSTRATE        bench
#define SV_SUBSTRATE_native 1
#include "bench.h"
/* NOLINTBEGIN(bugprone-suspicious-include): locks are inlined into the loop. */
#include "locks/clh.c"
#include "locks/mcs.c"
#include "locks/ticket.c"
#include "locks/ttas.c"
/* NOLINTEND(bugprone-suspicious-include) */
#include "pinned.h"
#include "sample.h"
#include <ck_spinlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64, ATTEMPTS = 40, MOST_REPEATS = 1000, LINES = 4 };
#define WARM_NS 50e3
#define OPEN_NS 500e3

/* A thread's node, on lines of its own, and for CLH the pointer to the node that it has now. */
struct node {
	_Alignas(2 * SV_LINE_BYTES) char bytes[LINES * SV_LINE_BYTES];
	_Alignas(2 * SV_LINE_BYTES) ck_spinlock_clh_t *clh;
};

static _Alignas(2 * SV_LINE_BYTES) char lock[LINES * SV_LINE_BYTES];
static _Alignas(2 * SV_LINE_BYTES) volatile uint64_t counter;
static struct node node[2];
static _Alignas(2 * SV_LINE_BYTES) ck_spinlock_clh_t unowned;

/* `me` is the thread's node. */
#define DEFINE_LOOP(name, acquire, release)                                                        \
	static void name##_loop(void *me)                                                          \
	{                                                                                          \
		struct node *own = me;                                                             \
		(void)own;                                                                         \
		for (unsigned i = 0; i < CHUNK; i++) {                                             \
			acquire;                                                                   \
			counter = counter + 1;                                                     \
			release;                                                                   \
		}                                                                                  \
	}
#define OURS(name)                                                                                 \
	DEFINE_LOOP(our_##name, name##_acquire(lock, me, NULL), name##_release(lock, me, NULL))

OURS(ticket)
OURS(mcs)
OURS(clh)
OURS(ttas)
DEFINE_LOOP(
	ck_ticket, ck_spinlock_ticket_lock((void *)lock), ck_spinlock_ticket_unlock((void *)lock))
DEFINE_LOOP(
	ck_mcs, ck_spinlock_mcs_lock((void *)lock, me), ck_spinlock_mcs_unlock((void *)lock, me))
DEFINE_LOOP(ck_clh, ck_spinlock_clh_lock((void *)lock, own->clh), ck_spinlock_clh_unlock(&own->clh))
DEFINE_LOOP(ck_ttas, ck_spinlock_fas_lock((void *)lock), ck_spinlock_fas_unlock((void *)lock))

static void init_our_clh(void)
{
	clh_init(lock, NULL);
	for (unsigned i = 0; i < 2; i++)
		clh_node_init(&node[i], i);
}

static void init_ck_clh(void)
{
	ck_spinlock_clh_init((void *)lock, &unowned);
	for (unsigned i = 0; i < 2; i++)
		node[i].clh = (void *)node[i].bytes;
}

static void init_ck_ticket(void)
{
	ck_spinlock_ticket_init((void *)lock);
}

/* All bytes zero is a free lock for those without an init of their own. */
static const struct contestant {
	const char *name;
	struct side {
		void (*init)(void);
		void (*loop)(void *me);
	} ck, ours;
} contestants[] = {
	{ "ticket", { init_ck_ticket, ck_ticket_loop }, { NULL, our_ticket_loop } },
	{ "mcs", { NULL, ck_mcs_loop }, { NULL, our_mcs_loop } },
	{ "clh", { init_ck_clh, ck_clh_loop }, { init_our_clh, our_clh_loop } },
	{ "ttas (ck: fas)", { NULL, ck_ttas_loop }, { NULL, our_ttas_loop } },
};

struct trial {
	const struct side *side;
	unsigned threads;
	double start, taken; /* taken: nanoseconds for a round; 0: every batch was disturbed */
	atomic_bool done;
	_Alignas(2 * SV_LINE_BYTES) atomic_uint here, over;
	struct {
		_Alignas(2 * SV_LINE_BYTES) uint64_t rounds;
		double ns;
	} of[2];
};

/* A thread that were not awake yet would leave the lock to the other one. */
static void meet(struct trial *t)
{
	atomic_fetch_add(&t->here, 1);
	while (atomic_load(&t->here) < t->threads)
		;
}

static void contend(unsigned thread, void *arg)
{
	struct trial *t = arg;
	uint64_t rounds = 0;
	double start, now, open = 0;

	meet(t);
	start = sv_sample_clock();
	do {
		t->side->loop(&node[thread]);
		now = sv_sample_clock();
		rounds += CHUNK;
		if (open == 0 && now - start > WARM_NS) {
			open = now;
			rounds = 0;
		}
	} while (now - start < WARM_NS + OPEN_NS && !atomic_load(&t->over));
	atomic_store(&t->over, 1);
	t->of[thread].rounds = rounds;
	t->of[thread].ns = now - open;
}

static void judge(void *arg, bool disturbed)
{
	struct trial *t = arg;
	double per_ns = 0;

	for (unsigned i = 0; i < t->threads; i++)
		per_ns += (double)t->of[i].rounds / t->of[i].ns;
	atomic_store(&t->here, 0);
	atomic_store(&t->over, 0);
	if (disturbed)
		return;
	t->taken = 1 / per_ns;
	atomic_store(&t->done, true);
}

/* Nanoseconds for an acquisition and release; 0 when nothing but disturbed batches came. */
static double measure(const struct side *side, unsigned threads, struct sv_diag *diag)
{
	static const unsigned pus[] = { 0, 1 };
	struct trial t = { .side = side, .threads = threads };
	struct sv_batches b = { .pu = pus,
		.threads = threads,
		.body = contend,
		.done = judge,
		.arg = &t,
		.seconds = 1,
		.most = ATTEMPTS,
		.cancel = &t.done };

	memset(lock, 0, sizeof(lock));
	memset(node, 0, sizeof(node));
	if (side->init)
		side->init();
	if (sv_batches_run(&b, diag) < 0)
		return -1;
	return t.taken;
}

static int compare(
	const struct contestant *c, unsigned threads, size_t repeats, struct sv_diag *diag)
{
	double *ratio = calloc(3 * repeats, sizeof(*ratio)), *ck = ratio + repeats,
	       *ours = ck + repeats;
	struct sv_bench_sample s[3];
	size_t n = 0;

	for (size_t i = 0; ratio && i < repeats; i++) {
		ck[n] = measure(&c->ck, threads, diag);
		ours[n] = measure(&c->ours, threads, diag);
		if (ck[n] < 0 || ours[n] < 0)
			return -1;
		if (ck[n] <= 0 || ours[n] <= 0)
			continue;
		ratio[n] = ck[n] / ours[n];
		n++;
	}
	if (n == 0) {
		printf("| %s | %u | | | all disturbed |\n", c->name, threads);
	} else {
		s[0] = sv_bench_sample(ck, n);
		s[1] = sv_bench_sample(ours, n);
		s[2] = sv_bench_sample(ratio, n);
		printf("| %s | %u | %.2f | %.2f | %.2f (%.2f-%.2f) |\n", c->name, threads,
			s[0].median, s[1].median, s[2].median, s[2].low, s[2].high);
	}
	free(ratio);
	return 0;
}

int main(int argc, char **argv)
{
	size_t repeats = argc > 1 ? strtoul(argv[1], NULL, 10) : 15;
	struct sv_diag *diag = sv_diag_new();
	int pus = sv_pinned_pus(diag), result = pus < 0 ? -1 : 0;

	if (repeats < 1 || repeats > MOST_REPEATS)
		repeats = 15;
	printf("| lock | threads | Concurrency Kit, ns | ours, ns | times as fast |\n"
	       "|---|--:|--:|--:|--:|\n");
	for (size_t i = 0; i < sizeof(contestants) / sizeof(contestants[0]); i++)
		for (int t = 1; t <= 2 && t <= pus && result == 0; t++)
			result = compare(&contestants[i], (unsigned)t, repeats, diag);
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	return result < 0 ? 1 : 0;
}
