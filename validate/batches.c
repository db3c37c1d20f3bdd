/*
 * batches.c - batches on bound threads, and what disturbed them
 */
#include "barrier.h"
#include "bug.h"
#include "pinned.h"
#include "sample.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define LOOK_EVERY_NS  5e6  /* for stolen time: reading it costs tens of microseconds */
#define MOST_DELAY     0.01 /* of the time, on the run queue */
#define MOST_STAT_TEXT (1 << 16)

double sv_sample_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

/* The n-th number behind the first word of a line, from 1; 0 when there are fewer. */
static uint64_t number(const char *line, int n)
{
	const char *at = line + strcspn(line, " ");
	uint64_t value = 0;

	for (char *end; n > 0; n--, at = end) {
		value = strtoull(at, &end, 10);
		if (end == at)
			return 0;
	}
	return value;
}

/* The eighth number of "cpu3 ..." is stolen time; of "cpu ..." the sum over all. */
static uint64_t parse_stolen(const char *text, int cpu)
{
	char name[16];
	const char *line = text;

	snprintf(name, sizeof(name), cpu < 0 ? "cpu " : "cpu%d ", cpu);
	while (line && strncmp(line, name, strlen(name)) != 0) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return line ? number(line, 8) : 0;
}

static uint64_t read_stolen(const struct sv_watch *w)
{
	uint64_t stolen = 0;
	char *text = malloc(MOST_STAT_TEXT);
	ssize_t bytes = text ? pread(w->stat, text, MOST_STAT_TEXT - 1, 0) : -1;

	if (bytes > 0) {
		text[bytes] = '\0';
		stolen = parse_stolen(text, w->cpu);
	}
	free(text);
	return stolen;
}

static uint64_t read_delay(const struct sv_watch *w)
{
	char text[128];
	ssize_t bytes = pread(w->schedstat, text, sizeof(text) - 1, 0);

	if (bytes <= 0)
		return 0;
	text[bytes] = '\0';
	/* Time on a PU, time on the run queue, slices. */
	return number(text, 1);
}

static uint64_t read_preempted(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_THREAD, &usage) == 0 ? (uint64_t)usage.ru_nivcsw : 0;
}

void sv_watch_init(struct sv_watch *w, unsigned pu)
{
	*w = (struct sv_watch){ .schedstat =
					open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC),
		.stat = open("/proc/stat", O_RDONLY | O_CLOEXEC),
		.cpu = pu == SV_PINNED_ANYWHERE ? -1 : sv_pinned_os_index(pu) };
	w->stolen = read_stolen(w);
	w->looked = sv_sample_clock();
}

void sv_watch_fini(struct sv_watch *w)
{
	if (w->schedstat >= 0)
		close(w->schedstat);
	if (w->stat >= 0)
		close(w->stat);
}

void sv_watch_begin(struct sv_watch *w)
{
	w->begin.preempted = read_preempted();
	w->begin.delay_ns = read_delay(w);
	w->begin.elapsed_ns = (uint64_t)sv_sample_clock();
}

struct sv_interference sv_watch_end(struct sv_watch *w)
{
	double now = sv_sample_clock();
	struct sv_interference i = { .elapsed_ns = (uint64_t)now - w->begin.elapsed_ns,
		.delay_ns = read_delay(w) - w->begin.delay_ns,
		.preempted = read_preempted() - w->begin.preempted };

	if (now - w->looked > LOOK_EVERY_NS) {
		uint64_t stolen = read_stolen(w);

		i.stolen = stolen > w->stolen;
		w->stolen = stolen;
		w->looked = now;
	}
	return i;
}

bool sv_is_disturbed(const struct sv_interference *i, bool sleeps)
{
	if (i->preempted > 0 || i->stolen)
		return true;
	return !sleeps && (double)i->delay_ns > MOST_DELAY * (double)i->elapsed_ns;
}

struct crew {
	const struct sv_batches *b;
	struct sv_barrier barrier;
	atomic_bool disturbed, stop;
	int batches;
	double end;
};

static bool is_over(const struct crew *c)
{
	const struct sv_batches *b = c->b;

	if (b->cancel && atomic_load(b->cancel))
		return true;
	return c->batches > 0 && ((unsigned)c->batches >= b->most || sv_sample_clock() > c->end);
}

/* Called by thread 0 while the others wait for the next batch. */
static void conclude(struct crew *c)
{
	c->batches++;
	c->b->done(c->b->arg, atomic_load(&c->disturbed));
	atomic_store(&c->disturbed, false);
	atomic_store(&c->stop, is_over(c));
}

static void run_thread(unsigned thread, void *arg)
{
	struct crew *c = arg;
	const struct sv_batches *b = c->b;
	struct sv_watch watch;

	sv_watch_init(&watch, b->pu[thread]);
	while (!atomic_load(&c->stop)) {
		struct sv_interference i;

		sv_barrier_wait(&c->barrier);
		sv_watch_begin(&watch);
		b->body(thread, b->arg);
		i = sv_watch_end(&watch);
		if (b->shared ? i.stolen : sv_is_disturbed(&i, b->sleeps))
			atomic_store(&c->disturbed, true);
		sv_barrier_wait(&c->barrier);
		if (thread == 0)
			conclude(c);
		sv_barrier_wait(&c->barrier);
	}
	sv_watch_fini(&watch);
}

int sv_batches_run(const struct sv_batches *b, struct sv_diag *diag)
{
	struct crew c = { .b = b, .end = sv_sample_clock() + 1e9 * b->seconds };

	SV_BUG_ON(b->threads == 0 || b->most == 0);
	if (is_over(&c))
		return 0;
	sv_barrier_init(&c.barrier, b->threads);
	return sv_pinned_run_on(b->pu, b->threads, run_thread, &c, diag) < 0 ? -1 : c.batches;
}
