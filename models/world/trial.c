/*
 * trial.c - a point of a study with other values
 */
#include "bug.h"
#include "world/fit.h"
#include "world/study.h"
#include <stdlib.h>
#include <string.h>

struct sv_trial {
	struct sv_scenario scenario;
	struct sv_machine *machine; /* NULL: the point's */
};

const struct sv_scenario *sv_trial_scenario(const struct sv_trial *trial)
{
	return &trial->scenario;
}

void sv_trial_free(struct sv_trial *trial)
{
	if (!trial)
		return;
	sv_machine_free(trial->machine);
	sv_doc_free(trial->scenario.doc);
	free(trial);
}

static int read(struct sv_trial *trial, const struct sv_scenario *point, bool other_machine,
	struct sv_diag *diag)
{
	struct sv_scenario *s = &trial->scenario;
	struct sv_doc *doc = s->doc;
	int bad = sv_read(&sv_scenario_table, sv_doc_root(doc), s, doc, diag);

	s->doc = doc;
	s->host.machine = point->host.machine;
	if (bad)
		return -1;
	if (other_machine)
		s->host.machine = trial->machine = sv_machine_new(
			s->host.machine_node, s->host.costs_node, s->host.factors_node, doc, diag);
	return s->host.machine ? sv_point_check(s, diag) : -1;
}

struct sv_trial *sv_trial_new(
	const struct sv_study *study, const struct sv_override *set, size_t n, struct sv_diag *diag)
{
	return sv_trial_at(study, 0, set, n, diag);
}

struct sv_trial *sv_trial_at(const struct sv_study *study, size_t at, const struct sv_override *set,
	size_t n, struct sv_diag *diag)
{
	const struct sv_scenario *point = sv_study_point(study, at);
	struct sv_trial *trial = calloc(1, sizeof(*trial));
	bool other_machine = false;
	int bad = 0;

	SV_BUG_ON(!trial);
	trial->scenario.doc = sv_doc_copy(point->doc);
	for (size_t i = 0; i < n; i++) {
		bad |= sv_doc_set(trial->scenario.doc, &sv_scenario_table, set[i].path,
			set[i].value, &set[i].place, diag);
		other_machine |= !strncmp(set[i].path, "host.", strlen("host."));
	}
	if (!bad && !read(trial, point, other_machine, diag))
		return trial;
	sv_trial_free(trial);
	return NULL;
}
