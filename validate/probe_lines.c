/*
 * probe_lines.c - what an operation takes by the state that its line is in elsewhere
 *
 * An owner brings 64 lines into a state: modified in its cache, clean in its cache, or
 * shared by it and the requester. Then the requester walks them, each operation giving the
 * place of the next, so that none overlaps with another: the mean of the walk is the
 * latency of one, free of the clock's own 20 to 30 ns. The lines are 256 bytes apart and
 * walked in random order, which no prefetcher foresees; all fit into any first-level cache.
 */
#include "bug.h"
#include "probe.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINES        64
#define LINE_BYTES   256
#define WALKS        12
#define MOST_PAIRS   4  /* for each distance */
#define MOST_SHARERS 16 /* beyond the owner */

struct line {
	_Alignas(LINE_BYTES) uint64_t next;
};

enum state { OWN, MODIFIED, CLEAN, SHARED };
typedef uint64_t walk(struct line *line, const uint64_t *next);

struct lines {
	struct sv_reading r;
	struct sv_samples *also; /* may be NULL */
	double quiet_ns;
	enum state state;
	walk *walk;
	unsigned threads; /* 0 requests, 1 owns, more of them share */
	const uint64_t *next;
	struct line *line;
	_Alignas(128) _Atomic unsigned turn;
};

static uint64_t walk_load(struct line *line, const uint64_t *next)
{
	uint64_t at = 0;

	(void)next;
	for (unsigned i = 0; i < LINES; i++)
		at = __atomic_load_n(&line[at].next, __ATOMIC_RELAXED);
	return at;
}

/* The fence makes the store wait for its line, so that it is a latency at all. */
static uint64_t walk_store(struct line *line, const uint64_t *next)
{
	uint64_t at = 0;

	for (unsigned i = 0; i < LINES; i++) {
		__atomic_store_n(&line[at].next, next[at], __ATOMIC_RELAXED);
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		at = next[at];
	}
	return at;
}

static uint64_t walk_cas(struct line *line, const uint64_t *next)
{
	uint64_t at = 0;

	for (unsigned i = 0; i < LINES; i++) {
		uint64_t seen = next[at];

		__atomic_compare_exchange_n(
			&line[at].next, &seen, next[at], false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
		at = seen;
	}
	return at;
}

static uint64_t walk_faa(struct line *line, const uint64_t *next)
{
	uint64_t at = 0;

	(void)next;
	/* By zero, but not known to be: a compiler may make a plain load of that. */
	for (unsigned i = 0; i < LINES; i++) {
		uint64_t zero = 0;

		__asm__ volatile("" : "+r"(zero));
		at = __atomic_fetch_add(&line[at].next, zero, __ATOMIC_SEQ_CST);
	}
	return at;
}

static uint64_t walk_swap(struct line *line, const uint64_t *next)
{
	uint64_t at = 0;

	for (unsigned i = 0; i < LINES; i++)
		at = __atomic_exchange_n(&line[at].next, next[at], __ATOMIC_SEQ_CST);
	return at;
}

static void flush_line(struct line *line)
{
#if defined(__x86_64__)
	__builtin_ia32_clflush(line);
#elif defined(__aarch64__)
	__asm__ volatile("dc civac, %0" ::"r"(line) : "memory");
#else
	(void)line;
#endif
}

static void write_all(struct lines *l)
{
	for (unsigned i = 0; i < LINES; i++)
		__atomic_store_n(&l->line[i].next, l->next[i], __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void clean_all(struct lines *l)
{
	for (unsigned i = 0; i < LINES; i++)
		flush_line(&l->line[i]);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void load_all(struct lines *l)
{
	walk_load(l->line, l->next);
}

/* What a thread does in its turn to bring the lines into their state. */
static void prepare(struct lines *l, unsigned thread, bool again)
{
	if (again || thread > 1 || (thread == 0 && l->state != OWN)) {
		load_all(l);
		return;
	}
	write_all(l);
	if (l->state == CLEAN) {
		clean_all(l);
		load_all(l);
	}
}

static double time_walk(struct lines *l)
{
	double start = sv_sample_clock();
	uint64_t at = l->walk(l->line, l->next);

	/* The end of the walk is the end of time: it must be known before the clock is read. */
	__asm__ volatile("" ::"r"(at) : "memory");
	return sv_sample_clock() - start - l->quiet_ns;
}

/* Waits for a turn and returns; the caller's work done, end_turn() passes it on. */
static void await_turn(struct lines *l, unsigned turn)
{
	sv_probe_await(&l->turn, turn);
}

static void end_turn(struct lines *l, unsigned turn)
{
	atomic_store_explicit(&l->turn, turn + 1, memory_order_release);
}

static void take_turn(struct lines *l, unsigned turn, unsigned thread, bool again)
{
	await_turn(l, turn);
	prepare(l, thread, again);
	end_turn(l, turn);
}

/*
 * One walk: threads 1 to n - 1 prepare in turn, then thread 0 walks. Lines to be shared are
 * before that loaded by thread 0, and once more by 1: where a load of a modified line hands
 * over ownership with it, they would not be shared otherwise.
 */
static double take_part(struct lines *l, unsigned thread, unsigned first)
{
	unsigned n = l->threads;
	double ns = 0;

	if (thread > 0)
		take_turn(l, first + thread - 1, thread, false);
	if (l->state == SHARED && thread == 0)
		take_turn(l, first + n - 1, 0, false);
	if (l->state == SHARED && thread == 1)
		take_turn(l, first + n, 1, true);
	if (thread == 0) {
		unsigned turn = first + n - 1 + (l->state == SHARED ? 2 : 0);

		await_turn(l, turn);
		if (l->state == OWN)
			prepare(l, 0, false);
		ns = time_walk(l);
		end_turn(l, turn);
	}
	return ns;
}

static void body(unsigned thread, void *arg)
{
	struct lines *l = arg;
	unsigned turns = l->threads + (l->state == SHARED ? 2 : 0);
	double ns = 0;

	for (unsigned i = 0; i < WALKS; i++)
		ns += take_part(l, thread, i * turns);
	if (thread == 0) {
		l->r.value = ns / ((double)WALKS * LINES);
		atomic_store(&l->turn, 0);
	}
}

static void done(void *arg, bool disturbed)
{
	struct lines *l = arg;

	sv_reading_done(arg, disturbed);
	if (l->also)
		sv_samples_put(l->also, l->r.value, disturbed);
}

/* One cycle through all lines, the same in every run. */
static void make_cycle(uint64_t *next)
{
	uint64_t order[LINES], random = 88172645463325252u;

	for (unsigned i = 0; i < LINES; i++)
		order[i] = i;
	for (unsigned i = LINES - 1; i > 1; i--) {
		/* Xorshift: any fixed shuffle does. Place 0 stays first: every walk begins there.
		 */
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		unsigned k = 1 + (unsigned)(random % i);
		uint64_t kept = order[i];
		order[i] = order[k];
		order[k] = kept;
	}
	for (unsigned i = 0; i < LINES; i++)
		next[order[i]] = order[(i + 1) % LINES];
}

#define WALK            "mean of walks over 64 lines in which each operation gives the place of the next"
#define ELSEWHERE(what) what " that another core has modified; " WALK

#define OVERLAP                                                                                    \
	"Mean of 64 stores with a fence behind each; their addresses are known early, so "         \
	"requests "                                                                                \
	"for their lines overlap; "

/* `cost` also gets the samples of operations that have a figure of their own. */
static const struct task {
	enum state state;
	walk *walk;
	const char *family, *method; /* a figure or a cost, by distance unless the line is own */
	const char *cost, *cost_method;
} tasks[] = {
	{ OWN, walk_load, "hit.load", "Loads of lines in the core's first cache; " WALK, NULL,
		NULL },
	{ OWN, walk_cas, "own.cas", "Compare-and-swap on own lines; " WALK, "hit.rmw",
		"Compare-and-swap, fetch-and-add and swap on own lines; " WALK },
	{ OWN, walk_faa, "own.faa", "Fetch-and-add on own lines; " WALK, "hit.rmw", NULL },
	{ OWN, walk_swap, "own.swap", "Swap on own lines; " WALK, "hit.rmw", NULL },
	{ MODIFIED, walk_load, "load.modified", ELSEWHERE("Loads of lines"), NULL, NULL },
	{ CLEAN, walk_load, "load.shared",
		"Loads of lines that another core has loaded from memory and not modified; " WALK,
		NULL, NULL },
	{ MODIFIED, walk_cas, "modified.cas", ELSEWHERE("Compare-and-swap on lines"), "rmw",
		ELSEWHERE("Compare-and-swap, fetch-and-add and swap on lines") },
	{ MODIFIED, walk_faa, "modified.faa", ELSEWHERE("Fetch-and-add on lines"), "rmw", NULL },
	{ MODIFIED, walk_swap, "modified.swap", ELSEWHERE("Swap on lines"), "rmw", NULL },
	{ MODIFIED, walk_store, "modified.store-fence",
		OVERLAP "on lines that another core has modified", NULL, NULL },
	{ SHARED, walk_cas, "shared.cas",
		"Compare-and-swap on lines that this and another core share; " WALK, NULL, NULL },
	{ SHARED, walk_faa, "shared.faa",
		"Fetch-and-add on lines that this and another core share; " WALK, NULL, NULL },
	{ SHARED, walk_swap, "shared.swap", "Swap on lines that this and another core share; " WALK,
		NULL, NULL },
	{ SHARED, walk_store, "shared.store-fence",
		OVERLAP "on lines that this and another core share", NULL, NULL },
};
#define TASKS     (sizeof(tasks) / sizeof(tasks[0]))
#define OWN_TASKS 4

static int run_lines(struct sv_calibration *c, struct lines *l, const unsigned *pu, double seconds)
{
	return sv_probe_batches(c, &(struct sv_batches){ .pu = pu,
					   .threads = l->threads,
					   .body = body,
					   .done = done,
					   .arg = l,
					   .seconds = seconds,
					   .most = UINT_MAX });
}

static int run_own(struct sv_calibration *c, struct lines *l, double seconds)
{
	const unsigned pu = c->pus > 0 ? 0 : SV_PINNED_ANYWHERE;

	l->threads = 1;
	for (size_t i = 0; i < OWN_TASKS; i++) {
		const struct task *t = &tasks[i];

		l->state = t->state;
		l->walk = t->walk;
		l->r.to = sv_probe_row(c, t->family, t->method);
		l->also = t->cost ? sv_probe_row(c, t->cost, t->cost_method) : NULL;
		if (run_lines(c, l, &pu, seconds / OWN_TASKS) < 0)
			return -1;
	}
	return 0;
}

static int run_pair(struct sv_calibration *c, struct lines *l, struct sv_pair pair, double seconds)
{
	const unsigned pu[] = { pair.a, pair.b };
	enum sv_distance d = sv_machine_distance(c->machine, pair.a, pair.b);

	l->threads = 2;
	for (size_t i = OWN_TASKS; i < TASKS; i++) {
		const struct task *t = &tasks[i];

		l->state = t->state;
		l->walk = t->walk;
		l->r.to = sv_probe_row_at(c, t->family, d, t->method);
		l->also = t->cost ? sv_probe_row_at(c, t->cost, d, t->cost_method) : NULL;
		if (run_lines(c, l, pu, seconds / (TASKS - OWN_TASKS)) < 0)
			return -1;
	}
	return 0;
}

/* The PUs of different cores, nearest to the first one first: that is hwloc's order. */
static unsigned distinct_cores(const struct sv_calibration *c, unsigned *pu, unsigned most)
{
	unsigned n = 0;

	for (unsigned i = 0; i < c->pus && n < most; i++)
		if (n == 0 || c->machine->core_of[i] != c->machine->core_of[pu[n - 1]])
			pu[n++] = i;
	return n;
}

/* What each sharer beyond the first adds: the difference of a write to many and to one. */
static int run_sharers(struct sv_calibration *c, struct lines *l, double seconds)
{
	unsigned pu[2 + MOST_SHARERS], n = distinct_cores(c, pu, 2 + MOST_SHARERS);
	struct sv_samples few = { 0 }, many = { 0 };
	double one;
	int failed;

	if (n < 3) {
		sv_probe_cannot(c, "invalidate", "it takes three cores, and there are %u", n);
		return 0;
	}
	l->state = SHARED;
	l->walk = walk_faa;
	l->also = NULL;
	l->threads = 2;
	l->r.to = &few;
	failed = run_lines(c, l, pu, seconds / 2);
	l->threads = n;
	l->r.to = &many;
	failed = failed < 0 ? failed : run_lines(c, l, pu, seconds / 2);
	one = sv_samples_summary(&few).median;
	l->r.to = sv_probe_row(c, "invalidate",
		"Fetch-and-add on lines that up to 17 other cores share, less the same with one "
		"other, by the number of cores more; " WALK);
	for (size_t i = 0; i < many.n && !isnan(one); i++)
		sv_samples_put(l->r.to, fmax(0, (many.value[i] - one) / (n - 2)), false);
	l->r.to->discarded += many.discarded;
	sv_samples_fini(&few);
	sv_samples_fini(&many);
	return failed;
}

static int run_all(struct sv_calibration *c, struct lines *l, double seconds)
{
	struct sv_pair pair[MOST_PAIRS];
	unsigned distances = 0;

	for (enum sv_distance d = SV_SMT; d < SV_DISTANCES; d++)
		distances += sv_probe_pairs(c, d, pair, 1);
	if (run_own(c, l, 0.2 * seconds) < 0 || run_sharers(c, l, 0.1 * seconds) < 0)
		return -1;
	for (enum sv_distance d = SV_SMT; d < SV_DISTANCES; d++) {
		unsigned n = sv_probe_pairs(c, d, pair, MOST_PAIRS);

		for (unsigned i = 0; i < n; i++)
			if (run_pair(c, l, pair[i], 0.7 * seconds / (distances * n)) < 0)
				return -1;
	}
	return 0;
}

static int run(struct sv_calibration *c, double seconds)
{
	uint64_t next[LINES];
	struct lines l = { .quiet_ns = c->quiet_ns, .next = next };
	int result;

	l.line = aligned_alloc(4096, LINES * sizeof(*l.line));
	SV_BUG_ON(!l.line);
	make_cycle(next);
	result = run_all(c, &l, seconds);
	free(l.line);
	return result;
}

const struct sv_probe sv_probe_lines = { "lines", "operations by the state of their line", 4, run,
	NULL };
