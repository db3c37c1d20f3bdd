/*
 * sweep.c - the grid of values that a scenario sweeps over
 */
#include "bug.h"
#include "doc.h"
#include "value.h"
#include "world/study.h"
#include <stdlib.h>
#include <string.h>

bool sv_can_be_swept(const char *path)
{
	static const char *const blocks[] = { "host.", "vms.", "devices.", "run.", NULL };
	const char *const *block = blocks;

	while (*block && strncmp(path, *block, strlen(*block)))
		block++;
	return *block;
}

void sv_param_room(struct sv_study *study, struct sv_param *param, size_t n)
{
	param->value = sv_doc_alloc(study->doc, (n + 1) * sizeof(*param->value));
	param->text = sv_doc_alloc(study->doc, (n + 1) * sizeof(*param->text));
	param->canonical = sv_doc_alloc(study->doc, (n + 1) * sizeof(*param->canonical));
}

static int read_list(struct sv_study *study, struct sv_param *param, const struct sv_node *node,
	struct sv_diag *diag)
{
	if (node->kind == SV_NODE_SCALAR)
		return sv_error(diag, &node->place,
			"sweep.%s: expected a list of values, {from, to, step} or {from, to, "
			"factor}",
			param->path);
	if (node->n == 0)
		return sv_error(diag, &node->place,
			"sweep.%s: sweeps over nothing; list at least one value", param->path);
	if (node->n > SV_POINTS_MAX)
		return sv_error(diag, &node->place, "sweep.%s: more than %d values", param->path,
			SV_POINTS_MAX);
	sv_param_room(study, param, node->n);
	for (size_t i = 0; i < node->n; i++)
		param->value[param->n++] = node->child[i];
	return 0;
}

static void put_flow(const struct sv_node *node, FILE *to)
{
	if (node->kind == SV_NODE_SCALAR) {
		fputs(node->text, to);
		return;
	}
	fputc(node->kind == SV_NODE_MAPPING ? '{' : '[', to);
	for (size_t i = 0; i < node->n; i++) {
		fprintf(to, "%s%s%s", i ? ", " : "", node->key ? node->key[i] : "",
			node->key ? ": " : "");
		put_flow(node->child[i], to);
	}
	fputc(node->kind == SV_NODE_MAPPING ? '}' : ']', to);
}

static const char *text_of(struct sv_study *study, const struct sv_node *node)
{
	char *flow = NULL, *kept;
	size_t bytes;
	FILE *to;

	if (node->kind == SV_NODE_SCALAR)
		return node->text;
	to = open_memstream(&flow, &bytes);
	SV_BUG_ON(!to);
	put_flow(node, to);
	fclose(to);
	kept = sv_doc_text(study->doc, flow, bytes);
	free(flow);
	return kept;
}

char *sv_canonical(const struct sv_option *row, const struct sv_node *node)
{
	json_t *json = sv_option_effective(row, node);
	char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);

	SV_BUG_ON(!text);
	json_decref(json);
	return text;
}

struct seen {
	const char *canonical;
	size_t index;
};

static int by_canonical(const void *pa, const void *pb)
{
	const struct seen *a = pa, *b = pb;
	int order = strcmp(a->canonical, b->canonical);

	return order ? order : (a->index > b->index) - (a->index < b->index);
}

static int check_repeats(const struct sv_param *param, struct sv_diag *diag)
{
	struct seen *seen = calloc(param->n, sizeof(*seen));
	int bad = 0;

	SV_BUG_ON(!seen);
	for (size_t i = 0; i < param->n; i++)
		seen[i] = (struct seen){ param->canonical[i], i };
	qsort(seen, param->n, sizeof(*seen), by_canonical);
	for (size_t i = 1; i < param->n; i++)
		if (!strcmp(seen[i].canonical, seen[i - 1].canonical))
			bad = sv_error(diag, &param->value[seen[i].index]->place,
				"sweep.%s: the value %.40s is listed twice", param->path,
				param->text[seen[i].index]);
	free(seen);
	return bad;
}

/* Each value is checked by the row that its path leads to. */
static int check_values(struct sv_study *study, struct sv_param *param, struct sv_diag *diag)
{
	void *scratch = sv_doc_alloc(study->doc, sv_option_size(param->row));
	int bad = 0;

	for (size_t i = 0; i < param->n; i++) {
		const struct sv_node *node = param->value[i];

		bad |= sv_read_value(param->row, node, param->path, scratch, study->doc, diag);
		param->text[i] = text_of(study, node);
		param->canonical[i] = sv_canonical(param->row, node);
	}
	return bad ? bad : check_repeats(param, diag);
}

/* A value of a whole mapping would silently undo what a path before it has set inside. */
static int check_order(const struct sv_study *study, const char *path, const struct sv_place *place,
	struct sv_diag *diag)
{
	size_t n = strlen(path);

	for (size_t p = 0; p < study->params; p++) {
		const char *before = study->param[p].path;

		if (before && !strncmp(before, path, n) && before[n] == '.')
			return sv_error(diag, place,
				"sweep: '%.60s' replaces all of '%.60s', which is swept before it; "
				"put it first",
				path, before);
	}
	return 0;
}

/*
 * Reads one path of the sweep. `probe` has the first values of the paths before it:
 * a path may lead into a kind that an earlier one chooses.
 */
static int read_param(struct sv_study *study, struct sv_param *param, struct sv_doc *probe,
	const struct sv_node *sweep, size_t i, struct sv_diag *diag)
{
	const struct sv_node *before = probe->root, *node = sweep->child[i];
	const struct sv_node *trial = sv_doc_scalar(probe, "", &sweep->key_place[i]);
	int bad;

	param->path = sweep->key[i];
	if (!sv_can_be_swept(param->path))
		return sv_error(diag, &sweep->key_place[i],
			"sweep: '%.60s' cannot be swept; name an option of host, vms, devices or "
			"run",
			param->path);
	if (check_order(study, param->path, &sweep->key_place[i], diag) < 0 ||
		sv_doc_set_node(probe, &sv_scenario_table, param->path, trial, diag) < 0)
		return -1;
	probe->root = before;
	param->row = sv_table_find(&sv_scenario_table, before, param->path);
	if (node->kind == SV_NODE_MAPPING && node->n > 0)
		bad = sv_range_read(study, param, node, diag);
	else
		bad = read_list(study, param, node, diag);
	if (!bad)
		bad = check_values(study, param, diag);
	if (!bad)
		bad = sv_doc_set_node(
			probe, &sv_scenario_table, param->path, param->value[0], diag);
	return bad;
}

/* The last path varies fastest. */
static int span_grid(struct sv_study *study, const struct sv_place *place, struct sv_diag *diag)
{
	study->points = 1;
	for (size_t p = study->params; p-- > 0;) {
		study->param[p].stride = study->points;
		if (study->param[p].n > SV_POINTS_MAX / study->points)
			return sv_error(diag, place, "sweep: more than %d points", SV_POINTS_MAX);
		study->points *= study->param[p].n;
	}
	return 0;
}

/* Of a sweep with mistakes, what stands in for the options that the file leaves to it. */
static void keep_first(struct sv_study *study)
{
	size_t kept = 0;

	for (size_t p = 0; p < study->params; p++) {
		struct sv_param *param = &study->param[p];

		for (size_t i = 1; i < param->n; i++)
			free(param->canonical[i]);
		param->stride = 1;
		if (param->n == 0)
			continue;
		param->n = 1;
		study->param[kept++] = *param;
	}
	study->params = kept;
	study->points = 1;
}

int sv_sweep_read(struct sv_study *study, struct sv_diag *diag)
{
	const struct sv_node *sweep = sv_node_get(study->doc->root, "sweep");
	struct sv_doc *probe;
	int bad = 0;

	study->points = 1;
	if (!sweep)
		return 0;
	if (sweep->kind != SV_NODE_MAPPING)
		return sv_error(diag, &sweep->place,
			"sweep: expected a mapping of paths to lists of values");
	study->param = calloc(sweep->n + 1, sizeof(*study->param));
	SV_BUG_ON(!study->param);
	probe = sv_doc_copy(study->doc);
	for (size_t i = 0; i < sweep->n; i++) {
		struct sv_param param = { 0 };
		int wrong = read_param(study, &param, probe, sweep, i, diag);

		study->param[study->params++] = param;
		bad |= wrong;
	}
	sv_doc_free(probe);
	if (!bad)
		bad = span_grid(study, &sweep->place, diag);
	if (bad)
		keep_first(study);
	return bad;
}

void sv_sweep_free(struct sv_study *study)
{
	for (size_t p = 0; p < study->params; p++)
		for (size_t i = 0; i < study->param[p].n; i++)
			free(study->param[p].canonical[i]);
	free(study->param);
}
