/*
 * sample.h - measuring on a machine that others use too
 *
 * A probe measures in batches of some hundred microseconds. Threads bound to PUs start each
 * batch together; around it is watched what kept them from running: involuntary switches,
 * time on the run queue, time that a hypervisor took away. Batches that were disturbed are
 * discarded and counted. What is left has a median, quartiles and a verdict.
 *
 *	static void body(unsigned thread, void *arg) { ... }            one batch
 *	static void done(void *arg, bool disturbed)                     behind each, thread 0
 *	{
 *		sv_samples_put(&p->samples, p->ns, disturbed);
 *	}
 *	struct sv_batches b = { .pu = pus, .threads = 2, .body = body, .done = done, ... };
 *	if (sv_batches_run(&b, diag) < 0) ...
 *	struct sv_summary s = sv_samples_summary(&p->samples);
 */
#ifndef SV_SAMPLE_H
#define SV_SAMPLE_H

#include "diag.h"
#include <stdatomic.h>
#include <stdint.h>

/* How far a measured figure can be trusted; the rules stand at sv_quality_of(). */
enum sv_quality { SV_STABLE, SV_NOISY, SV_UNUSABLE };
extern const char *const sv_quality_name[]; /* "stable", "noisy", "unusable"; ends with NULL */

/* Zeroed, a set is empty. */
struct sv_samples {
	double *value, *context;
	size_t n, capacity, tagged;
	size_t discarded;
};

void sv_samples_fini(struct sv_samples *s);
/* Keeps the value, or only counts it when it was disturbed. */
void sv_samples_put(struct sv_samples *s, double value, bool disturbed);

struct sv_summary {
	double low, median, high; /* quartiles, interpolated between neighbours; NAN when empty */
	size_t kept, discarded;
	enum sv_quality quality;
};

struct sv_summary sv_samples_summary(const struct sv_samples *s);

/*
 * The circumstance in which all values were taken that have none yet, as a number: NAN is unknown,
 * INFINITY that it changed meanwhile.
 */
void sv_samples_tag(struct sv_samples *s, double context);
/*
 * Discards the values whose circumstance is more than `ratio` times another one, or that many times
 * below it. When nothing would be left, all are kept. Returns how many were discarded.
 */
size_t sv_samples_keep(struct sv_samples *s, double context, double ratio);

/*
 * Unusable: fewer than 5 values are left, or the quartiles are further apart than the median
 * is large. Noisy: they are further apart than a fifth of it, or more than half of the values
 * were discarded. Stable: the rest.
 */
enum sv_quality sv_quality_of(const struct sv_summary *s);

/* Nanoseconds since some fixed moment. */
double sv_sample_clock(void);

/* What kept a thread from running, in some span of time. */
struct sv_interference {
	uint64_t preempted;  /* involuntary switches */
	uint64_t delay_ns;   /* it could run, and stood in the run queue */
	uint64_t elapsed_ns; /* in all */
	bool stolen;         /* a hypervisor has taken time of its PU */
};

/*
 * Of the calling thread, which is on PU `pu` (SV_PINNED_ANYWHERE: any). Stolen time is looked
 * up at most every 5 ms, and shows in ticks of 10 ms.
 */
struct sv_watch {
	int schedstat, stat; /* open files; -1: the kernel has none */
	int cpu;             /* kernel's number; -1: the sum of all */
	uint64_t stolen;
	double looked;
	struct sv_interference begin;
};

void sv_watch_init(struct sv_watch *w, unsigned pu);
void sv_watch_fini(struct sv_watch *w);
void sv_watch_begin(struct sv_watch *w);
struct sv_interference sv_watch_end(struct sv_watch *w);

/*
 * Preempted, robbed, or kept waiting for more than a hundredth of the time. One that sleeps
 * waits a little after each wake-up: that is part of what is measured there.
 */
bool sv_is_disturbed(const struct sv_interference *i, bool sleeps);

struct sv_batches {
	const unsigned *pu; /* of each thread, as sv_pinned_run_on() takes them */
	unsigned threads;
	void (*body)(unsigned thread, void *arg);
	void (*done)(void *arg, bool disturbed); /* by thread 0, while the others wait */
	void *arg;
	bool sleeps;               /* the body sleeps in the kernel */
	bool shared;               /* threads share PUs on purpose: only stolen time disturbs */
	double seconds;            /* no new batch begins later than this */
	unsigned most;             /* batches */
	const atomic_bool *cancel; /* may be NULL; no new batch begins when it is set */
};

/* Returns the number of batches, or -1 after reporting that threads cannot be made or bound. */
int sv_batches_run(const struct sv_batches *b, struct sv_diag *diag);

#endif
