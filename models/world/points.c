/*
 * points.c - what a loaded study tells
 */
#include "bug.h"
#include "value.h"
#include "world/fit.h"
#include "world/study.h"

size_t sv_study_points(const struct sv_study *study)
{
	return study->points;
}

const struct sv_scenario *sv_study_point(const struct sv_study *study, size_t i)
{
	SV_BUG_ON(i >= study->points);
	return &study->point[i];
}

size_t sv_study_params(const struct sv_study *study)
{
	return study->params;
}

const char *sv_study_param_path(const struct sv_study *study, size_t param)
{
	return study->param[param].path;
}

const char *sv_study_param_value(const struct sv_study *study, size_t param, size_t point)
{
	const struct sv_param *p = &study->param[param];

	return p->text[sv_param_index(p, point)];
}

json_t *sv_study_param_json(const struct sv_study *study, size_t param, size_t point)
{
	const struct sv_param *p = &study->param[param];
	const struct sv_node *value = p->value[sv_param_index(p, point)];

	/* A value chosen by its kind alone reads better so than with all its defaults. */
	if (p->row->type == SV_VARIANT)
		return json_string(sv_study_param_value(study, param, point));
	return sv_option_effective(p->row, value);
}

json_t *sv_study_effective(const struct sv_study *study)
{
	return sv_table_effective(&sv_scenario_table, sv_doc_root(study->doc));
}

size_t sv_study_references(const struct sv_study *study)
{
	return study->references;
}

const struct sv_reference *sv_study_reference(const struct sv_study *study, size_t i)
{
	return &study->reference[i];
}

size_t sv_study_expectations(const struct sv_study *study)
{
	return study->expectations;
}

const struct sv_expectation *sv_study_expectation(const struct sv_study *study, size_t i)
{
	return &study->expectation[i];
}

const struct sv_fit *sv_study_fit(const struct sv_study *study)
{
	return study->fit;
}

const struct sv_output *sv_study_output(const struct sv_study *study)
{
	return &study->output;
}
