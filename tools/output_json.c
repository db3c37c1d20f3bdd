/*
 * output_json.c - results as one JSON object, whose keys and order are a contract
 */
#include "json_number.h"
#include "report.h"
#include <stdint.h>

static json_t *metrics(const struct sv_report *r, const struct sv_summary *s)
{
	json_t *all = sv_must(json_object());

	for (size_t i = 0; i < s->n; i++) {
		const struct sv_estimate *e = &s->estimate[i];

		if (!sv_report_shows(r, e))
			continue;
		json_object_set_new(all, e->name,
			sv_must(json_pack("{s:s, s:o, s:o, s:i}", "unit", e->metric->unit, "mean",
				sv_json_number(e->ci.mean), "ci95", sv_json_number(e->ci.half), "n",
				(int)e->ci.n)));
	}
	return all;
}

static json_t *points(const struct sv_report *r)
{
	json_t *all = sv_must(json_array());

	for (size_t i = 0; i < r->results.n; i++) {
		const struct sv_result_point *p = &r->results.point[i];
		json_t *params;

		if (p->state != SV_POINT_DONE)
			continue;
		params = sv_must(json_object());
		for (size_t k = 0; k < r->params; k++)
			json_object_set(params, r->param[k].path, r->param[k].json[i]);
		json_array_append_new(
			all, sv_must(json_pack("{s:o, s:I, s:o}", "params", params, "replications",
				     (json_int_t)p->scenario->run.replications, "metrics",
				     metrics(r, &p->summary))));
	}
	return all;
}

/* By path what each replication drew, the same at all points. */
static json_t *drawn(const struct sv_report *r)
{
	const struct sv_study *study = r->results.study;
	json_t *all = sv_must(json_object());
	char text[SV_FIT_TEXT];
	size_t point = sv_report_uncertain_point(r);

	for (size_t i = 0; i < sv_study_uncertain(study, point); i++) {
		const struct sv_scenario *s = sv_study_point(study, point);
		json_t *values = sv_must(json_array());

		for (unsigned k = 0; k < (unsigned)s->run.replications; k++)
			json_array_append_new(values,
				sv_must(json_string(sv_uncertain_text(study, i, s, k, text))));
		json_object_set_new(all, sv_uncertain_path(study, i), values);
	}
	return all;
}

void sv_report_json(const struct sv_report *r, FILE *to)
{
	json_t *all = sv_must(json_pack("{s:s, s:O, s:I, s:o, s:I, s:f}", "simsvirt", SV_VERSION,
		"scenario", r->effective, "seed", (json_int_t)r->seed, "points", points(r),
		"events", (json_int_t)r->results.events, "wall_s", r->results.wall_s));

	if (sv_report_uncertain_point(r) != SIZE_MAX)
		json_object_set_new(all, "uncertain", drawn(r));
	if (r->references)
		json_object_set_new(all, "references", sv_report_json_references(r));
	/* A failed write shows as ferror(to), which whoever opened it checks. */
	json_dumpf(all, to, JSON_INDENT(2));
	fputc('\n', to);
	json_decref(all);
}
