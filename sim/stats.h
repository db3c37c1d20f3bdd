/*
 * stats.h - what a simulation observes
 *
 * Everything here is cheap enough for the event loop, allocates only when made, and
 * can be reset at the end of the warm-up. Values are 64-bit counts or picoseconds.
 */
#ifndef SV_STATS_H
#define SV_STATS_H

#include "simtime.h"
#include <stdbool.h>

/*
 * A log-linear histogram (as HdrHistogram's): values below 128 are exact, larger ones
 * fall into buckets at most 1/64 of their value wide, so that a reported quantile (the
 * middle of its bucket) is within 1 % of the true one. Count, sum, minimum and maximum are exact.
 */
#define SV_HIST_BUCKETS (128 + 56 * 64)
struct sv_hist {
	uint64_t count;
	__extension__ __int128 sum;
	int64_t min, max;
	uint64_t *bucket; /* SV_HIST_BUCKETS of them */
};

void sv_hist_init(struct sv_hist *h);
void sv_hist_fini(struct sv_hist *h);
void sv_hist_reset(struct sv_hist *h);
void sv_hist_record(struct sv_hist *h, int64_t value); /* value >= 0 */
/* Adds what b has seen to a: the same as if a had seen it all. */
void sv_hist_merge(struct sv_hist *a, const struct sv_hist *b);
/* q in [0, 1]; q = 1 gives the exact maximum. NAN when empty. */
double sv_hist_quantile(const struct sv_hist *h, double q);
double sv_hist_mean(const struct sv_hist *h); /* NAN when empty */

/* The time-weighted mean of a piecewise constant level (a queue's length, a server's state). */
struct sv_level {
	int64_t level;
	sv_time since; /* start of the window */
	sv_time last;  /* of the last change */
	__extension__ __int128 area;
};

void sv_level_init(struct sv_level *l, sv_time now, int64_t level);
void sv_level_set(struct sv_level *l, sv_time now, int64_t level);
/* Forgets the past, keeps the level. */
void sv_level_reset(struct sv_level *l, sv_time now);
double sv_level_mean(const struct sv_level *l, sv_time now);

/*
 * A station: customers enter and leave. It checks, as exact integer identities,
 * conservation (entered = left + inside) and Little's law (the sum of the sojourns,
 * clipped to the window, equals the area under the population).
 * The caller keeps each customer's time of entry and gives it back at the end.
 *
 * Little's law is checked each time the station falls empty, because only then does
 * it not depend on the entry times of those inside. While somebody is inside, these must
 * still be possible: on average between the window's start and the last entry. The first
 * violation stays until the station is made anew.
 */
struct sv_station {
	const char *name;
	struct sv_level population;
	uint64_t entered, left; /* since the start of the window */
	int64_t inside_at_start;
	__extension__ __int128 sojourn; /* of those that left, clipped to the window */
	__extension__ __int128 entries; /* sum of the entry times, clipped, of those inside */
	sv_time last_entry;
	const char *broken; /* the first violation; NULL: none */
};

void sv_station_init(struct sv_station *s, const char *name, sv_time now);
void sv_station_enter(struct sv_station *s, sv_time now);
void sv_station_leave(struct sv_station *s, sv_time now, sv_time entered_at);
/* Starts the window anew at `now`; customers inside stay inside. */
void sv_station_reset(struct sv_station *s, sv_time now);
/* NULL when both identities hold at `now`; otherwise a constant string that names the broken one.
 */
const char *sv_station_check(const struct sv_station *s, sv_time now);

/* Mean and half-width of the confidence interval (level 0.95, 0.99, ...) by Student's t. n = 1:
 * half is NAN. */
struct sv_ci {
	double mean, half;
	unsigned n;
};
struct sv_ci sv_ci(const double *x, unsigned n, double level);

/* Jain's fairness index (sum x)^2 / (n sum x^2); 1 when all are equal, 1/n when one has all; NAN
 * for n = 0 or all zero. */
double sv_jain(const double *x, unsigned n);

/* The share of the total that the larger half of x holds: 0.5 is fair, 1 is starvation. Sorts a
 * copy. */
double sv_top_half_share(const double *x, unsigned n);

#endif
