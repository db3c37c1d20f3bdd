/*
 * result.h - the metrics that one run of one point yields, and their summary
 *
 * A world puts named numbers into a sv_metrics. Replications of a point are summarized
 * into means with confidence intervals.
 */
#ifndef SV_RESULT_H
#define SV_RESULT_H

#include "stats.h"
#include <stddef.h>
#include <stdint.h>

/* What a workload or a model can report; `simsvirt list metrics` prints these. */
struct sv_metric {
	const char *name; /* "acquire.p99"; in results "WORKLOAD.acquire.p99" */
	const char *unit; /* "1/s", "s", "1" */
	const char *help;
	int headline; /* shown in the table unless the scenario chooses */
};

struct sv_metrics {
	size_t n, capacity;
	struct sv_metric_value {
		char name[96];
		const struct sv_metric *metric;
		double value; /* NAN: not observed */
	} * value;
	uint64_t events;
};

void sv_metrics_init(struct sv_metrics *m);
void sv_metrics_fini(struct sv_metrics *m);
/* Adds "owner.metric". */
void sv_metrics_put(
	struct sv_metrics *m, const char *owner, const struct sv_metric *metric, double value);
const struct sv_metric_value *sv_metrics_get(const struct sv_metrics *m, const char *name);

#endif
