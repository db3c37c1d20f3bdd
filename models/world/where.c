/*
 * where.c - which points the `where:` of a reference or an expectation means
 */
#include "bug.h"
#include "doc.h"
#include "value.h"
#include "world/study.h"
#include <stdlib.h>
#include <string.h>

const struct sv_shape sv_where_shape = {
	"{\"type\": \"object\", \"additionalProperties\": "
	"{\"type\": [\"string\", \"number\", \"boolean\", \"object\", \"array\"]}}",
	NULL
};

bool sv_path_is_inside(const char *path, const char *outer)
{
	size_t n = strlen(outer);

	return !strncmp(path, outer, n) && path[n] == '.';
}

/* Whether the value at a path can differ between points although the path is not swept. */
static bool varies(const struct sv_study *study, const char *path)
{
	for (size_t p = 0; p < study->params; p++)
		if (sv_path_is_inside(path, study->param[p].path) ||
			sv_path_is_inside(study->param[p].path, path))
			return true;
	return false;
}

static const struct sv_param *swept(const struct sv_study *study, const char *path)
{
	for (size_t p = 0; p < study->params; p++)
		if (!strcmp(study->param[p].path, path))
			return &study->param[p];
	return NULL;
}

/* The kind of a variant, which may be written as just its kind or be left out. */
static char *kind_at(const struct sv_node *root, const char *path, size_t bytes)
{
	char *variant = strndup(path, bytes), *text;
	json_t *json;

	SV_BUG_ON(!variant);
	json = sv_option_effective(
		sv_table_find(&sv_scenario_table, root, variant), sv_node_find(root, variant));
	text = json_dumps(json_object_get(json, "kind"), JSON_ENCODE_ANY | JSON_COMPACT);
	json_decref(json);
	free(variant);
	return text;
}

/* The one text of the value at a path of a point; NULL when the point has no such option. */
static char *value_at(const struct sv_study *study, size_t point, const char *path)
{
	const struct sv_node *root = study->point[point].doc->root;
	const struct sv_option *row = sv_table_find(&sv_scenario_table, root, path);
	size_t bytes = strlen(path), kind = strlen(".kind");

	if (!row)
		return NULL;
	if (row == &sv_kind_row)
		return kind_at(root, path, bytes - kind);
	return sv_canonical(row, sv_node_find(root, path));
}

/* The row of a path at the first point that has one, or NULL. */
static const struct sv_option *row_of(const struct sv_study *study, const char *path)
{
	const struct sv_option *row = NULL;

	for (size_t i = 0; !row && i < study->points; i++)
		row = sv_table_find(&sv_scenario_table, study->point[i].doc->root, path);
	return row;
}

/* Reports a path that leads nowhere, with the suggestion that setting it gives. */
static void complain_path(const struct sv_study *study, const char *path,
	const struct sv_place *place, struct sv_diag *diag)
{
	struct sv_doc *trial = sv_doc_copy(study->point[0].doc);

	sv_doc_set_node(trial, &sv_scenario_table, path, sv_doc_scalar(trial, "", place), diag);
	sv_doc_free(trial);
}

const struct sv_option *sv_path_row(const struct sv_study *study, const char *path,
	const struct sv_place *place, struct sv_diag *diag)
{
	const struct sv_option *row = row_of(study, path);

	if (!row)
		complain_path(study, path, place, diag);
	return row;
}

bool sv_study_has_path(const struct sv_study *study, const char *path)
{
	struct sv_place nowhere = { 0 };
	struct sv_diag *diag = sv_diag_new();
	bool has = sv_can_be_swept(path) && sv_path_row(study, path, &nowhere, diag);

	sv_diag_free(diag);
	return has;
}

static int check_value(const struct sv_option *row, const struct sv_node *value, const char *path,
	struct sv_diag *diag)
{
	struct sv_doc *scratch = sv_doc_new();
	void *out = sv_doc_alloc(scratch, sv_option_size(row));
	int bad = sv_read_value(row, value, path, out, scratch, diag);

	sv_doc_free(scratch);
	return bad;
}

static int no_point(struct sv_where *where, const struct sv_study *study, const char *path,
	const struct sv_node *value, struct sv_diag *diag)
{
	where->impossible = true;
	if (study->overridden || where->lenient)
		return 0;
	return sv_error(diag, &value->place, "where: %s has this value at no point", path);
}

static int pin(struct sv_where *where, const struct sv_study *study, const struct sv_param *param,
	const struct sv_node *value, struct sv_diag *diag)
{
	char *canonical = sv_canonical(param->row, value);
	size_t p = (size_t)(param - study->param), i = 0;

	while (i < param->n && strcmp(param->canonical[i], canonical))
		i++;
	free(canonical);
	if (i == param->n)
		return no_point(where, study, param->path, value, diag);
	if (where->pin[p] != SIZE_MAX && where->pin[p] != i)
		where->impossible = true;
	where->pin[p] = i;
	return 0;
}

static void add_rest(struct sv_where *where, const char *path, char *canonical)
{
	where->rest = realloc(where->rest, (where->rests + 1) * sizeof(*where->rest));
	SV_BUG_ON(!where->rest);
	where->rest[where->rests++] = (struct sv_where_rest){ path, canonical };
}

static int read_entry(struct sv_where *where, const struct sv_study *study, const char *path,
	const struct sv_place *place, const struct sv_node *value, struct sv_diag *diag)
{
	const struct sv_param *param = swept(study, path);
	const struct sv_option *row = param ? param->row : sv_path_row(study, path, place, diag);
	char *fixed, *canonical;
	int bad = 0;

	if (!row)
		return -1;
	if (check_value(row, value, path, diag) < 0)
		return -1;
	if (param)
		return pin(where, study, param, value, diag);
	canonical = sv_canonical(row, value);
	if (varies(study, path)) {
		add_rest(where, path, canonical);
		return 0;
	}
	fixed = value_at(study, 0, path);
	if (!fixed || strcmp(fixed, canonical))
		bad = no_point(where, study, path, value, diag);
	free(fixed);
	free(canonical);
	return bad;
}

int sv_where_read(struct sv_where *where, const struct sv_study *study, const struct sv_node *node,
	struct sv_diag *diag)
{
	size_t n = node ? node->n : 0;
	int bad = 0;

	*where = (struct sv_where){ 0 };
	where->pin = malloc((study->params + 1) * sizeof(*where->pin));
	SV_BUG_ON(!where->pin);
	for (size_t p = 0; p < study->params; p++)
		where->pin[p] = SIZE_MAX;
	if (node && node->kind != SV_NODE_MAPPING)
		return sv_error(
			diag, &node->place, "where: expected a mapping of paths to their values");
	for (size_t i = 0; i < n; i++)
		bad |= read_entry(
			where, study, node->key[i], &node->key_place[i], node->child[i], diag);
	return bad;
}

int sv_where_add(struct sv_where *where, const struct sv_study *study, const char *path,
	const struct sv_node *value, struct sv_diag *diag)
{
	where->lenient = true;
	return read_entry(where, study, path, &value->place, value, diag);
}

void sv_where_fini(struct sv_where *where)
{
	for (size_t i = 0; i < where->rests; i++)
		free(where->rest[i].canonical);
	free(where->rest);
	free(where->pin);
}

static bool rest_holds(const struct sv_where *where, const struct sv_study *study, size_t point)
{
	bool holds = true;

	for (size_t i = 0; holds && i < where->rests; i++) {
		char *value = value_at(study, point, where->rest[i].path);

		holds = value && !strcmp(value, where->rest[i].canonical);
		free(value);
	}
	return holds;
}

bool sv_where_holds(const struct sv_where *where, const struct sv_study *study, size_t point)
{
	if (where->impossible)
		return false;
	for (size_t p = 0; p < study->params; p++) {
		const struct sv_param *param = &study->param[p];

		if (where->pin[p] != SIZE_MAX && where->pin[p] != sv_param_index(param, point))
			return false;
	}
	return rest_holds(where, study, point);
}

size_t sv_where_move(const struct sv_where *where, const struct sv_study *study, size_t point)
{
	size_t moved = 0;

	if (where->impossible)
		return SIZE_MAX;
	for (size_t p = 0; p < study->params; p++) {
		const struct sv_param *param = &study->param[p];
		size_t here = sv_param_index(param, point);

		moved += (where->pin[p] == SIZE_MAX ? here : where->pin[p]) * param->stride;
	}
	return rest_holds(where, study, moved) ? moved : SIZE_MAX;
}
