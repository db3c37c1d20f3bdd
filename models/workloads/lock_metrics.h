/*
 * lock_metrics.h - what is reported of the locks of a workload
 */
#ifndef SV_LOCK_METRICS_H
#define SV_LOCK_METRICS_H

#include "workloads/section.h"

/* Rows of a workload's metrics, in the order in which sv_lock_set_put() puts them. */
#define SV_LOCK_METRICS(prefix, shown)                                                             \
	{ prefix "throughput", "1/s", "acquisitions per second, all threads", shown },             \
		{ prefix "acquire.mean", "s", "mean time from asking for a lock to having it",     \
			shown },                                                                   \
		{ prefix "acquire.p50", "s", "median of that time", 0 },                           \
		{ prefix "acquire.p99", "s", "99th percentile of that time", shown },              \
		{ prefix "acquire.p99.9", "s", "99.9th percentile of that time", 0 },              \
		{ prefix "acquire.max", "s", "largest observed value of that time", 0 },           \
		{ prefix "jain", "1", "Jain's fairness index of the threads' acquisitions",        \
			shown },                                                                   \
		{ prefix "top-half", "1",                                                          \
			"share of all acquisitions by the half of the threads that got most", 0 }, \
		{ prefix "handover.same-core", "1",                                                \
			"share of acquisitions whose previous holder ran on the same core", 0 },   \
		{ prefix "handover.same-package", "1",                                             \
			"share whose previous holder ran on another core of the same package",     \
			0 },                                                                       \
		{ prefix "handover.other-package", "1",                                            \
			"share whose previous holder ran on another package", 0 },                 \
		{ prefix "transfers", "1", "cache lines fetched per acquisition", shown },         \
		{ prefix "invalidations", "1", "copies invalidated per acquisition", 0 },          \
		SV_SECTION_METRICS(prefix)

#endif
