/*
 * copies.h - how alike the copies of a VM fare
 *
 * The metrics of a VM are means over its copies, which hide that one got all and another
 * one nothing.
 */
#ifndef SV_COPIES_H
#define SV_COPIES_H

#include "workloads/workload.h"

/* What a workload of several copies reports beside its own. */
extern const struct sv_metric sv_copies_metrics[];

/* The throughput of a workload: the first rate that its table shows; NULL: it has none. */
const struct sv_metric *sv_throughput_of(const struct sv_workload *workload);

/* Puts them. part: the metrics of each copy. Nothing for a workload without a throughput. */
void sv_copies_put(const struct sv_workload *workload, const char *name,
	const struct sv_metrics *part, size_t copies, struct sv_metrics *out);

#endif
