/*
 * report_study.c - a report's questions, taken from a study
 */
#include "memory.h"
#include "report.h"

static void read_params(struct sv_report *r, const struct sv_study *study)
{
	r->params = sv_study_params(study);
	r->param = sv_array(r->params, sizeof(*r->param));
	for (size_t i = 0; i < r->params; i++) {
		struct sv_report_param *p = &r->param[i];

		p->path = sv_study_param_path(study, i);
		p->value = sv_array(r->results.n, sizeof(*p->value));
		p->json = sv_array(r->results.n, sizeof(json_t *));
		for (size_t k = 0; k < r->results.n; k++) {
			p->value[k] = sv_study_param_value(study, i, k);
			p->json[k] = sv_must(sv_study_param_json(study, i, k));
		}
	}
}

static void read_checks(struct sv_report *r, const struct sv_study *study)
{
	r->references = sv_study_references(study);
	r->reference = sv_array(r->references, sizeof(*r->reference));
	for (size_t i = 0; i < r->references; i++)
		r->reference[i] = sv_study_reference(study, i);
	r->expectations = sv_study_expectations(study);
	r->expectation = sv_array(r->expectations, sizeof(*r->expectation));
	for (size_t i = 0; i < r->expectations; i++)
		r->expectation[i] = sv_study_expectation(study, i);
}

void sv_report_init(struct sv_report *r, const struct sv_study *study)
{
	const struct sv_scenario *first = sv_study_point(study, 0);

	*r = (struct sv_report){ .title = first->title, .seed = first->run.seed };
	sv_results_init(&r->results, sv_study_points(study));
	r->results.study = study;
	for (size_t i = 0; i < r->results.n; i++)
		r->results.point[i].scenario = sv_study_point(study, i);
	read_params(r, study);
	read_checks(r, study);
	r->output = *sv_study_output(study);
	r->effective = sv_study_effective(study);
	sv_report_name(r);
}
