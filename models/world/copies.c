/*
 * copies.c - fairness between copies
 */
#include "world/copies.h"
#include "bug.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAIRNESS, LEAST, MOST };
const struct sv_metric sv_copies_metrics[] = {
	[FAIRNESS] = { "copies.fairness", "1", "Jain's fairness index of the throughput of copies",
		0 },
	[LEAST] = { "copies.least", "1", "throughput of the copy that got least, in means", 0 },
	[MOST] = { "copies.most", "1", "throughput of the copy that got most, in means", 0 },
	{ 0 },
};

const struct sv_metric *sv_throughput_of(const struct sv_workload *workload)
{
	for (const struct sv_metric *m = workload->metrics; m->name; m++)
		if (m->headline > 0 && !strncmp(m->unit, "1/", 2))
			return m;
	return NULL;
}

void sv_copies_put(const struct sv_workload *workload, const char *name,
	const struct sv_metrics *part, size_t copies, struct sv_metrics *out)
{
	const struct sv_metric *throughput = sv_throughput_of(workload), *m = sv_copies_metrics;
	double *x = calloc(copies, sizeof(*x)), sum = 0, least = INFINITY, most = 0;
	char full[SV_METRIC_NAME_BYTES];

	SV_BUG_ON(!x);
	for (size_t i = 0; throughput && i < copies; i++) {
		snprintf(full, sizeof(full), "%s.%s", name, throughput->name);
		x[i] = sv_metrics_get(&part[i], full)->value;
		sum += x[i];
		least = fmin(least, x[i]);
		most = fmax(most, x[i]);
	}
	if (throughput) {
		sv_metrics_put(out, name, &m[FAIRNESS], sv_jain(x, (unsigned)copies));
		sv_metrics_put(out, name, &m[LEAST], least * (double)copies / sum);
		sv_metrics_put(out, name, &m[MOST], most * (double)copies / sum);
	}
	free(x);
}
