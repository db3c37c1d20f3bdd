/*
 * report.c - what a run has to tell
 */
#include "report.h"
#include "memory.h"
#include <stdint.h>
#include <string.h>

/* The last `parts` components of a dotted path. */
static const char *ending(const char *path, unsigned parts)
{
	const char *p = path + strlen(path);

	while (p > path)
		if (*--p == '.' && --parts == 0)
			return p + 1;
	return path;
}

/* "lock.kind" is what people call the lock. */
static char *without_kind(const char *path)
{
	size_t length = strlen(path);

	if (length > 5 && !strcmp(path + length - 5, ".kind"))
		length -= 5;
	return sv_must(strndup(path, length));
}

static bool ending_is_shared(char *const *paths, size_t n, size_t i, unsigned parts)
{
	for (size_t k = 0; k < n; k++)
		if (k != i && !strcmp(ending(paths[k], parts), ending(paths[i], parts)))
			return true;
	return false;
}

static void name_params(struct sv_report *r)
{
	char **path = sv_array(r->params, sizeof(*path));

	for (size_t i = 0; i < r->params; i++)
		path[i] = without_kind(r->param[i].path);
	for (size_t i = 0; i < r->params; i++) {
		unsigned parts = 1;

		while (ending(path[i], parts) != path[i] &&
			ending_is_shared(path, r->params, i, parts))
			parts++;
		r->param[i].heading = sv_must(strdup(ending(path[i], parts)));
	}
	for (size_t i = 0; i < r->params; i++)
		free(path[i]);
	free(path);
}

static char *make_label(const struct sv_report *r, size_t point)
{
	char *text = NULL;
	size_t bytes;
	FILE *f = sv_must(open_memstream(&text, &bytes));

	for (size_t i = 0; i < r->params; i++)
		fprintf(f, "%s%s=%s", i ? " " : "", r->param[i].heading, r->param[i].value[point]);
	SV_BUG_ON(fclose(f));
	return text;
}

void sv_report_name(struct sv_report *r)
{
	name_params(r);
	r->label = sv_array(r->results.n, sizeof(*r->label));
	for (size_t i = 0; i < r->results.n; i++)
		r->results.point[i].label = r->label[i] = make_label(r, i);
}

size_t sv_report_uncertain_point(const struct sv_report *r)
{
	for (size_t i = 0; r->results.study && i < r->results.n; i++)
		if (sv_study_uncertain(r->results.study, i) > 0)
			return i;
	return SIZE_MAX;
}

void sv_report_fini(struct sv_report *r)
{
	for (size_t i = 0; i < r->results.n; i++)
		free(r->label[i]);
	free(r->label);
	for (size_t i = 0; i < r->params; i++) {
		for (size_t k = 0; k < r->results.n; k++)
			json_decref(r->param[i].json[k]);
		free(r->param[i].heading);
		free(r->param[i].value);
		free(r->param[i].json);
	}
	free(r->param);
	free(r->reference);
	free(r->expectation);
	json_decref(r->effective);
	sv_results_fini(&r->results);
	*r = (struct sv_report){ 0 };
}

static bool contains(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static size_t headline_metrics(const struct sv_report *r, const char ***names)
{
	size_t n = 0, capacity = 0;

	*names = NULL;
	for (size_t i = 0; i < r->results.n; i++) {
		const struct sv_summary *s = &r->results.point[i].summary;

		for (size_t k = 0; k < s->n; k++) {
			if (s->estimate[k].metric->headline <= 0 ||
				contains(*names, n, s->estimate[k].name))
				continue;
			if (n == capacity) {
				capacity = capacity ? 2 * capacity : 16;
				*names = sv_must(realloc(*names, capacity * sizeof(**names)));
			}
			(*names)[n++] = s->estimate[k].name;
		}
	}
	return n;
}

size_t sv_report_metrics(const struct sv_report *r, const char ***names)
{
	size_t n = r->output.metrics.n;

	if (n == 0)
		return headline_metrics(r, names);
	*names = sv_array(n, sizeof(**names));
	memcpy(*names, r->output.metrics.item, n * sizeof(**names));
	return n;
}

const struct sv_metric *sv_report_metric(const struct sv_report *r, const char *name)
{
	for (size_t i = 0; i < r->results.n; i++) {
		const struct sv_estimate *e = sv_results_get(&r->results, i, name);

		if (e)
			return e->metric;
	}
	return NULL;
}

bool sv_report_shows(const struct sv_report *r, const struct sv_estimate *e)
{
	return r->explain || e->metric->headline != SV_METRIC_DETAIL ||
	       contains(r->output.metrics.item, r->output.metrics.n, e->name);
}

const char *sv_report_short(const struct sv_report *r, const char *metric)
{
	size_t owner = strcspn(metric, ".");

	if (!metric[owner])
		return metric;
	for (size_t i = 0; i < r->results.n; i++) {
		const struct sv_summary *s = &r->results.point[i].summary;

		for (size_t k = 0; k < s->n; k++)
			if (strncmp(s->estimate[k].name, metric, owner + 1) != 0)
				return metric;
	}
	return metric + owner + 1;
}
