/*
 * section.h - where the time of acquisitions goes
 *
 * A section lasts from asking for a lock until having released it, with all that is nested
 * in it. Its time is the sum of parts that the thread's meter tells apart (meter.h).
 *
 *	sv_section_begin(&section, &meter, now);			asks for the outermost lock
 *	sv_section_end(&sections, &section, &meter, now);		has released it
 *
 * Rules. Of each section that ends, all counts, even what lies before the window.
 */
#ifndef SV_SECTION_H
#define SV_SECTION_H

#include "meter.h"
#include "world/result.h"

/* Rows of a workload's metrics, in the order in which sv_sections_put() puts them. */
#define SV_SECTION_METRIC(name, help)                                                              \
	{                                                                                          \
		name, "s", help, SV_METRIC_DETAIL                                                  \
	}
#define SV_SECTION_METRICS(prefix)                                                                 \
	SV_SECTION_METRIC(prefix "explain.waiting.running",                                        \
		"mean time of an acquisition in which the waiter spins, or executes the lock's "   \
		"code"),                                                                           \
		SV_SECTION_METRIC(prefix "explain.waiting.preempted",                              \
			"... in which the waiter's CPUs do not run it"),                           \
		SV_SECTION_METRIC(prefix "explain.halted",                                         \
			"... in which it sleeps, until somebody wakes it"),                        \
		SV_SECTION_METRIC(                                                                 \
			prefix "explain.wake-up", "... from being woken until it executes again"), \
		SV_SECTION_METRIC(prefix "explain.kick", "... in which it wakes others"),          \
		SV_SECTION_METRIC(                                                                 \
			prefix "explain.transfer", "... in which it fetches lines of the lock"),   \
		SV_SECTION_METRIC(prefix "explain.critical.running",                               \
			"... in which it runs and has the lock"),                                  \
		SV_SECTION_METRIC(prefix "explain.critical.preempted",                             \
			"... in which it has the lock and its CPUs do not run it"),                \
		SV_SECTION_METRIC(prefix "explain.total",                                          \
			"mean time from asking for a lock to having released it: the sum of the "  \
			"parts")

/* Of one thread. */
struct sv_section {
	sv_time asked, before[SV_LOCK_PARTS];
};

/* Those that ended since the start of the window. */
struct sv_sections {
	uint64_t n;
	sv_time total, part[SV_LOCK_PARTS];
	const char *broken; /* the first law that was; NULL: none */
};

void sv_section_begin(struct sv_section *one, struct sv_meter *meter, sv_time now);
void sv_section_end(
	struct sv_sections *all, const struct sv_section *one, struct sv_meter *meter, sv_time now);

void sv_sections_reset(struct sv_sections *all);
/* NULL when no thread's meter is broken and the parts add up to the total; otherwise a constant
 * string that names the broken law. */
const char *sv_sections_check(const struct sv_sections *all);
void sv_sections_put(const struct sv_sections *all, const char *name, const struct sv_metric *first,
	struct sv_metrics *out);

#endif
