/*
 * probe_slice.c - threads that share a PU: slices, switches, and moving to another PU
 *
 * Two threads spin on one PU and watch the clock: a jump is a time in which the other ran. What
 * lies between jumps is a slice of the scheduler. Two that yield to each other all the time
 * show what a switch costs: the kernel counts how many there were. When a third thread had a
 * part in either, it is known from the times of the two.
 */
#include "probe.h"
#include <math.h>
#include <sched.h>
#include <sys/resource.h>
#include <time.h>

#define JUMP_NS       200e3 /* longer than an interrupt, shorter than any slice */
#define WATCH_NS      60e6  /* how long two spinners are watched in a batch */
#define MOST_SEEN     64
#define LEAST_COVERED 0.97
#define YIELDS        2000
#define MOVES         32

struct slice {
	struct sv_samples *run, *gap;
	unsigned runs[2];
	double begin[2][MOST_SEEN], end[2][MOST_SEEN]; /* of times in which a thread ran */
};

static void spin(unsigned thread, void *arg)
{
	struct slice *s = arg;
	double start = sv_sample_clock(), before = start, now;
	unsigned n = 0;

	s->begin[thread][0] = start;
	do {
		now = sv_sample_clock();
		if (now - before > JUMP_NS && n + 1 < MOST_SEEN) {
			s->end[thread][n++] = before;
			s->begin[thread][n] = now;
		}
		before = now;
	} while (now - start < WATCH_NS);
	s->end[thread][n++] = now;
	s->runs[thread] = n;
}

/* How much of a time the other thread ran in: what is left belongs to somebody else. */
static double covered(const struct slice *s, unsigned other, double from, double to)
{
	double ns = 0;

	for (unsigned i = 0; i < s->runs[other]; i++)
		ns += fmax(0, fmin(to, s->end[other][i]) - fmax(from, s->begin[other][i]));
	return ns / (to - from);
}

/* The first run began before it was watched, the last one ends after: neither is a slice. */
static void spin_done(void *arg, bool disturbed)
{
	struct slice *s = arg;

	for (unsigned t = 0; t < 2; t++) {
		for (unsigned i = 1; i + 1 < s->runs[t]; i++) {
			double gap = s->begin[t][i + 1] - s->end[t][i];
			bool third =
				covered(s, !t, s->end[t][i], s->begin[t][i + 1]) < LEAST_COVERED;

			sv_samples_put(s->run, s->end[t][i] - s->begin[t][i], disturbed);
			/* At the very end the other may have stopped watching. */
			if (i + 2 < s->runs[t])
				sv_samples_put(s->gap, gap, disturbed || third);
		}
	}
}

struct yield {
	struct sv_samples *to;
	double syscall_ns, start_ns[2], end_ns[2], cpu_ns[2];
	long switches[2];
};

static long switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_nvcsw + usage.ru_nivcsw;
}

static double thread_time(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static void yield(unsigned thread, void *arg)
{
	struct yield *y = arg;
	long before = switches();
	double cpu_ns = thread_time();

	y->start_ns[thread] = sv_sample_clock();
	for (unsigned i = 0; i < YIELDS; i++)
		sched_yield();
	y->end_ns[thread] = sv_sample_clock();
	y->cpu_ns[thread] = thread_time() - cpu_ns;
	y->switches[thread] = switches() - before;
}

static void yield_done(void *arg, bool disturbed)
{
	struct yield *y = arg;
	double ns = fmax(y->end_ns[0], y->end_ns[1]) - fmin(y->start_ns[0], y->start_ns[1]);
	long n = y->switches[0] + y->switches[1];

	if (n > YIELDS / 2)
		sv_samples_put(
			y->to, fmax(0, (ns - 2 * YIELDS * y->syscall_ns) / (double)n), disturbed);
}

struct move {
	struct sv_reading r;
	cpu_set_t set[2];
	bool refused;
};

/* An even number: it ends where it began. */
static void move(unsigned thread, void *arg)
{
	struct move *m = arg;
	double start = sv_sample_clock();

	(void)thread;
	for (unsigned i = 0; i < MOVES; i++)
		if (sched_setaffinity(0, sizeof(m->set[0]), &m->set[(i + 1) % 2]) < 0)
			m->refused = true;
	m->r.value = (sv_sample_clock() - start) / MOVES;
}

static void move_done(void *arg, bool disturbed)
{
	struct move *m = arg;

	if (!m->refused)
		sv_reading_done(arg, disturbed);
}

static int run_shared(struct sv_calibration *c, void (*body)(unsigned thread, void *arg),
	void (*done)(void *arg, bool disturbed), void *arg, double seconds)
{
	const unsigned pu[] = { c->pus - 1, c->pus - 1 };

	return sv_probe_batches(c, &(struct sv_batches){ .pu = pu,
					   .threads = 2,
					   .body = body,
					   .done = done,
					   .arg = arg,
					   .shared = true,
					   .seconds = seconds,
					   .most = UINT_MAX });
}

static int run_moves(struct sv_calibration *c, double seconds)
{
	struct move m = { .r = { .to = sv_probe_row(c, "migration",
					 "Moving the calling thread to another PU and back by "
					 "sched_setaffinity, mean of 32") } };

	for (unsigned i = 0; i < 2; i++) {
		int cpu = sv_pinned_os_index(i ? c->pus - 1 : 0);

		CPU_ZERO(&m.set[i]);
		if (cpu < 0 || cpu >= CPU_SETSIZE)
			return 0;
		CPU_SET((unsigned)cpu, &m.set[i]);
	}
	return sv_probe_batches(c, &(struct sv_batches){ .pu = (const unsigned[]){ 0 },
					   .threads = 1,
					   .body = move,
					   .done = move_done,
					   .arg = &m,
					   .sleeps = true,
					   .seconds = seconds,
					   .most = UINT_MAX });
}

static int run(struct sv_calibration *c, double seconds)
{
	struct slice s = { 0 };
	struct yield y = { .syscall_ns = sv_probe_median(c, "syscall") };

	if (c->pus == 0) {
		sv_probe_cannot(c, "context-switch", "threads cannot be bound to PUs");
		return 0;
	}
	s.run = sv_probe_row(c, "slice.run",
		"Two threads spin on one PU and watch the clock: time between two jumps of more "
		"than "
		"200 us");
	s.gap = sv_probe_row(
		c, "slice.gap", "Two threads spin on one PU and watch the clock: the jumps");
	if (run_shared(c, spin, spin_done, &s, 0.7 * seconds) < 0)
		return -1;
	y.to = sv_probe_row(c, "context-switch",
		"Two threads on one PU call sched_yield 2000 times each: the time beyond that of "
		"the system "
		"calls, by the switches that the kernel counted");
	if (!isnan(y.syscall_ns) && run_shared(c, yield, yield_done, &y, 0.15 * seconds) < 0)
		return -1;
	return c->pus > 1 ? run_moves(c, 0.15 * seconds) : 0;
}

const struct sv_probe sv_probe_slice = { "slice", "threads that share a PU", 3, run, NULL };
