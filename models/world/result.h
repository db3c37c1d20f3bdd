/*
 * result.h - the metrics that one run of one point yields, and their summary
 *
 * A world puts named numbers into a sv_metrics. Replications of a point are summarized
 * into means with confidence intervals.
 *
 * Rules. The caller owns every struct here (init/fini). Metrics keep the order in which
 * they were put. A sv_metric is a const table of its workload and outlives all results.
 * Running out of memory aborts.
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
	int headline; /* 1: shown in the table unless the scenario chooses; or SV_METRIC_DETAIL */
};

/* In no result unless the scenario chooses it, or --explain asks. */
#define SV_METRIC_DETAIL (-1)

#define SV_METRIC_NAME_BYTES 96

struct sv_metrics {
	size_t n, capacity;
	struct sv_metric_value {
		char name[SV_METRIC_NAME_BYTES];
		const struct sv_metric *metric;
		double value; /* NAN: not observed */
	} * value;
	/* What the run cost, warm-up included. */
	uint64_t events, acquisitions;
};

void sv_metrics_init(struct sv_metrics *m);
void sv_metrics_fini(struct sv_metrics *m);
/* Adds "owner.metric". */
void sv_metrics_put(
	struct sv_metrics *m, const char *owner, const struct sv_metric *metric, double value);
/* Adds the means of parts that report the same metrics, over those that observed one (copies of a
 * VM). */
void sv_metrics_put_means(struct sv_metrics *m, const struct sv_metrics *part, size_t parts);
/* NULL when there is none of that name. */
const struct sv_metric_value *sv_metrics_get(const struct sv_metrics *m, const char *name);

/* One metric over the replications of a point. */
struct sv_estimate {
	char name[SV_METRIC_NAME_BYTES];
	const struct sv_metric *metric;
	struct sv_ci ci; /* n counts the replications that observed it; n == 0: mean is NAN */
};

struct sv_summary {
	size_t n;
	struct sv_estimate *estimate;
	uint64_t events, acquisitions; /* of all replications */
};

#define SV_CONFIDENCE 0.95

/*
 * Summarizes n replications: every metric that any of them reported, in the order of
 * first appearance. The result depends on the order of the replications only in
 * rounding, so the caller must keep it fixed.
 */
void sv_summary_init(struct sv_summary *s, const struct sv_metrics *replication, unsigned n);
void sv_summary_fini(struct sv_summary *s);
/* NULL when there is none of that name. */
const struct sv_estimate *sv_summary_get(const struct sv_summary *s, const char *name);

#endif
