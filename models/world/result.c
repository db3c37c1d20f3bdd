/*
 * result.c - metrics of a run and their summary over replications
 */
#include "world/result.h"
#include "bug.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sv_metrics_init(struct sv_metrics *m)
{
	*m = (struct sv_metrics){ 0 };
}

void sv_metrics_fini(struct sv_metrics *m)
{
	free(m->value);
	*m = (struct sv_metrics){ 0 };
}

static struct sv_metric_value *metrics_grow(struct sv_metrics *m)
{
	if (m->n == m->capacity) {
		size_t capacity = m->capacity ? 2 * m->capacity : 16;
		void *grown = realloc(m->value, capacity * sizeof(*m->value));

		SV_BUG_ON(!grown);
		m->value = grown;
		m->capacity = capacity;
	}
	return &m->value[m->n++];
}

void sv_metrics_put(
	struct sv_metrics *m, const char *owner, const struct sv_metric *metric, double value)
{
	struct sv_metric_value *v = metrics_grow(m);
	int length = snprintf(v->name, sizeof(v->name), "%s.%s", owner, metric->name);

	/* A cut name could equal another one and silently mix two metrics. */
	SV_BUG_ON(length >= (int)sizeof(v->name));
	v->metric = metric;
	v->value = value;
}

void sv_metrics_put_means(struct sv_metrics *m, const struct sv_metrics *part, size_t parts)
{
	for (size_t p = 0; p < parts; p++)
		m->acquisitions += part[p].acquisitions;
	for (size_t i = 0; i < part[0].n; i++) {
		struct sv_metric_value *v = metrics_grow(m);
		double sum = 0;
		size_t n = 0;

		*v = part[0].value[i];
		for (size_t p = 0; p < parts; p++)
			if (!isnan(part[p].value[i].value)) {
				sum += part[p].value[i].value;
				n++;
			}
		v->value = n ? sum / (double)n : NAN;
	}
}

const struct sv_metric_value *sv_metrics_get(const struct sv_metrics *m, const char *name)
{
	for (size_t i = 0; i < m->n; i++)
		if (!strcmp(m->value[i].name, name))
			return &m->value[i];
	return NULL;
}

/* All replications of a point usually report the same names at the same index. */
static double value_at(const struct sv_metrics *m, size_t hint, const char *name)
{
	const struct sv_metric_value *v;

	if (hint < m->n && !strcmp(m->value[hint].name, name))
		return m->value[hint].value;
	v = sv_metrics_get(m, name);
	return v ? v->value : NAN;
}

static void estimate(struct sv_summary *s, const struct sv_metric_value *v,
	const struct sv_metrics *replication, unsigned n, double *scratch)
{
	size_t index = s->n;
	struct sv_estimate *e = &s->estimate[s->n++];
	unsigned observed = 0;

	memcpy(e->name, v->name, sizeof(e->name));
	e->metric = v->metric;
	for (unsigned r = 0; r < n; r++) {
		double x = value_at(&replication[r], index, v->name);

		if (!isnan(x))
			scratch[observed++] = x;
	}
	e->ci = (struct sv_ci){ .mean = NAN, .half = NAN };
	if (observed > 0)
		e->ci = sv_ci(scratch, observed, SV_CONFIDENCE);
}

void sv_summary_init(struct sv_summary *s, const struct sv_metrics *replication, unsigned n)
{
	size_t most = 0;
	double *scratch = calloc(n ? n : 1, sizeof(*scratch));

	*s = (struct sv_summary){ 0 };
	for (unsigned r = 0; r < n; r++) {
		most += replication[r].n;
		s->events += replication[r].events;
		s->acquisitions += replication[r].acquisitions;
	}
	s->estimate = calloc(most ? most : 1, sizeof(*s->estimate));
	SV_BUG_ON(!scratch || !s->estimate);
	for (unsigned r = 0; r < n; r++)
		for (size_t i = 0; i < replication[r].n; i++)
			if (!sv_summary_get(s, replication[r].value[i].name))
				estimate(s, &replication[r].value[i], replication, n, scratch);
	free(scratch);
}

void sv_summary_fini(struct sv_summary *s)
{
	free(s->estimate);
	*s = (struct sv_summary){ 0 };
}

const struct sv_estimate *sv_summary_get(const struct sv_summary *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->estimate[i].name, name))
			return &s->estimate[i];
	return NULL;
}
