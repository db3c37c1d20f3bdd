/*
 * study.c - a scenario file, its overrides, and the points of its sweep
 *
 * Every point is read fully when the study is loaded, so that all mistakes are told
 * before anything runs. Points share the nodes that they have in common, and the
 * machine when nothing under host differs.
 */
#include "world/study.h"
#include "bug.h"
#include "devices/model.h"
#include "doc.h"
#include "value.h"
#include "world/kernels.h"
#include "world/world.h"
#include <stdlib.h>
#include <string.h>

#define MISTAKES_ENOUGH 100

void sv_study_free(struct sv_study *study)
{
	if (!study)
		return;
	for (size_t i = 0; study->point && i < study->points; i++)
		sv_doc_free(study->point[i].doc);
	for (size_t i = 0; i < study->machines; i++)
		sv_machine_free(study->machine[i]);
	sv_sweep_free(study);
	free(study->point);
	free(study->machine);
	free(study->machine_tried);
	free(study->reference);
	free(study->expectation);
	sv_doc_free(study->doc);
	free(study);
}

/* A value set for a path that varies fixes it: the user asks for this one. */
static void leave(struct sv_study *study, const char *block, const struct sv_override *o,
	struct sv_diag *diag)
{
	const struct sv_node *all = sv_node_get(study->doc->root, block);
	struct sv_node *rest;

	if (!all || !sv_node_get(all, o->path))
		return;
	rest = sv_doc_node(study->doc, SV_NODE_MAPPING, &all->place);
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->key[i], o->path))
			sv_doc_add(
				study->doc, rest, all->key[i], &all->key_place[i], all->child[i]);
	sv_doc_set_node(study->doc, &sv_scenario_table, block, rest, diag);
}

static int set_all(
	struct sv_study *study, const struct sv_override *override, size_t n, struct sv_diag *diag)
{
	int bad = 0;

	for (size_t i = 0; i < n; i++) {
		const struct sv_override *o = &override[i];

		bad |= sv_doc_set(
			study->doc, &sv_scenario_table, o->path, o->value, &o->place, diag);
		leave(study, "sweep", o, diag);
		leave(study, "uncertain", o, diag);
	}
	study->overridden = n > 0;
	return bad;
}

/* Whether two points may have different machines because of this path. */
static bool shapes_machine(const struct sv_param *param)
{
	return !strncmp(param->path, "host", 4);
}

static size_t machine_index(const struct sv_study *study, size_t point)
{
	size_t index = 0;

	for (size_t p = 0; p < study->params; p++)
		if (shapes_machine(&study->param[p]))
			index = index * study->param[p].n + sv_param_index(&study->param[p], point);
	return index;
}

static void make_machines(struct sv_study *study)
{
	study->machines = 1;
	for (size_t p = 0; p < study->params; p++)
		if (shapes_machine(&study->param[p]))
			study->machines *= study->param[p].n;
	study->machine = calloc(study->machines, sizeof(struct sv_machine *));
	study->machine_tried = calloc(study->machines, sizeof(bool));
	SV_BUG_ON(!study->machine || !study->machine_tried);
}

static struct sv_machine *machine_of(
	struct sv_study *study, const struct sv_scenario *s, size_t point, struct sv_diag *diag)
{
	size_t i = machine_index(study, point);

	if (!study->machine_tried[i]) {
		study->machine_tried[i] = true;
		study->machine[i] = sv_machine_new(s->host.machine_node, s->host.costs_node,
			s->host.factors_node, s->doc, diag);
	}
	return study->machine[i];
}

struct workload_place {
	const char *name, *vm;
	const struct sv_place *place;
	size_t index;
};

static int by_name(const void *pa, const void *pb)
{
	const struct workload_place *a = pa, *b = pb;
	int order = strcmp(a->name, b->name);

	return order ? order : (a->index > b->index) - (a->index < b->index);
}

static int check_names(struct workload_place *w, size_t n, struct sv_diag *diag)
{
	int bad = 0;

	qsort(w, n, sizeof(*w), by_name);
	for (size_t i = 1; i < n; i++)
		if (!strcmp(w[i].name, w[i - 1].name))
			bad = sv_error(diag, w[i].place,
				"vms.%s.workloads: vms.%s has a workload '%s' too; names are "
				"unique "
				"over all VMs",
				w[i].vm, w[i - 1].vm, w[i].name);
	return bad;
}

/* Names over several VMs, and what the world checks. */
int sv_point_check(const struct sv_scenario *s, struct sv_diag *diag)
{
	const struct sv_vm *vm = s->vms.item;
	const struct sv_node *vms = sv_node_get(s->doc->root, "vms");
	struct workload_place *w;
	size_t n = 0, room = 1;
	int bad;

	for (size_t i = 0; i < s->vms.n; i++)
		room += vm[i].workloads.n;
	w = calloc(room, sizeof(*w));
	SV_BUG_ON(!w);
	for (size_t i = 0; i < s->vms.n; i++) {
		const struct sv_node *node = sv_node_get(vms->child[i], "workloads");

		for (size_t j = 0; j < vm[i].workloads.n; j++, n++)
			w[n] = (struct workload_place){ node->key[j], vms->key[i],
				&node->key_place[j], n };
	}
	bad = check_names(w, n, diag);
	free(w);
	return sv_world_check(s, diag) < 0 ? -1 : bad;
}

static int read_point(struct sv_study *study, size_t i, struct sv_diag *diag)
{
	struct sv_scenario *s = &study->point[i];
	struct sv_doc *doc = sv_doc_copy(study->doc);
	int bad = 0;

	for (size_t p = 0; p < study->params; p++) {
		const struct sv_param *param = &study->param[p];
		const struct sv_node *value = param->value[sv_param_index(param, i)];

		bad |= sv_doc_set_node(doc, &sv_scenario_table, param->path, value, diag);
	}
	bad |= sv_kernel_apply(doc, diag);
	bad |= sv_device_models_apply(doc, &sv_scenario_table, diag);
	bad |= sv_read(&sv_scenario_table, doc->root, s, doc, diag);
	s->doc = doc;
	if (s->host.machine_node)
		s->host.machine = machine_of(study, s, i, diag);
	return bad || !s->host.machine ? -1 : sv_point_check(s, diag);
}

static int read_points(struct sv_study *study, struct sv_diag *diag)
{
	int bad = 0;

	study->point = calloc(study->points, sizeof(*study->point));
	SV_BUG_ON(!study->point);
	make_machines(study);
	for (size_t i = 0; i < study->points && sv_diag_errors(diag) < MISTAKES_ENOUGH; i++)
		bad |= read_point(study, i, diag);
	return bad;
}

int sv_entries_read(struct sv_study *study, const struct sv_option *list, sv_entry_taker *take,
	struct sv_diag *diag)
{
	const struct sv_node *node = sv_node_get(study->doc->root, list->name);
	const struct sv_option *row = list->more;
	struct sv_list whole;
	void *entry;
	int bad = 0;

	if (!node || node->kind != SV_NODE_SEQUENCE)
		return sv_read_value(list, node, list->name, &whole, study->doc, diag);
	entry = sv_doc_alloc(study->doc, sv_option_size(row));
	for (size_t i = 0; i < node->n; i++) {
		int wrong = sv_read_value(row, node->child[i], list->name, entry, study->doc, diag);

		if (!wrong && study->complete)
			wrong = take(study, entry, node->child[i], diag);
		bad |= wrong;
	}
	return bad;
}

/* Whether it says which devices there are, or of which models: then points differ in all that
 * models supply. */
static bool sweeps_devices(const struct sv_node *sweep)
{
	for (size_t i = 0; sweep && sweep->kind == SV_NODE_MAPPING && i < sweep->n; i++) {
		const char *dot = strrchr(sweep->key[i], '.');

		if (!strncmp(sweep->key[i], "devices.", 8) &&
			(dot == sweep->key[i] + 7 || !strcmp(dot, ".model") ||
				!strcmp(dot, ".kind")))
			return true;
	}
	return false;
}

static struct sv_study *finish(struct sv_study *study, int bad, struct sv_diag *diag)
{
	const struct sv_node *sweep = sv_node_get(study->doc->root, "sweep");

	/* What the version decides may be swept, unless the version is. */
	if (!sweep || !sv_node_get(sweep, "host.kernel"))
		bad |= sv_kernel_apply(study->doc, diag);
	if (!sweeps_devices(sweep))
		bad |= sv_device_models_apply(study->doc, &sv_scenario_table, diag);
	bad |= sv_sweep_read(study, diag);
	bad |= read_points(study, diag);
	study->complete = !bad;
	bad |= sv_references_read(study, diag);
	bad |= sv_expectations_read(study, diag);
	bad |= sv_output_read(study, diag);
	bad |= sv_fit_read(study, diag);
	bad |= sv_uncertain_read(study, diag);
	if (!bad)
		return study;
	sv_study_free(study);
	return NULL;
}

static struct sv_study *study_of(struct sv_doc *doc)
{
	struct sv_study *study;

	if (!doc)
		return NULL;
	study = calloc(1, sizeof(*study));
	SV_BUG_ON(!study);
	study->doc = doc;
	return study;
}

struct sv_study *sv_study_load(const char *path, const struct sv_override *override,
	size_t overrides, struct sv_diag *diag)
{
	struct sv_study *study = study_of(sv_doc_load(path, diag));

	return study ? finish(study, set_all(study, override, overrides, diag), diag) : NULL;
}

struct sv_study *sv_study_parse(
	const char *source, const char *text, size_t text_bytes, struct sv_diag *diag)
{
	struct sv_study *study = study_of(sv_doc_parse(source, text, text_bytes, diag));

	return study ? finish(study, 0, diag) : NULL;
}
