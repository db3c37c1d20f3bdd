/*
 * data_columns.c - what a scenario says of the columns of its data
 */
#include "world/data.h"
#include "world/study.h"
#include <string.h>

const struct sv_shape sv_data_columns_shape = {
	"{\"type\": \"object\", \"additionalProperties\": "
	"{\"type\": [\"string\", \"number\", \"boolean\", \"null\"]}}",
	NULL
};

/* A mapping of texts; keys become `column`, values `is`. */
static struct sv_data_column *read_columns(const struct sv_data_spec *spec, struct sv_study *study,
	const struct sv_node *node, const char *what, size_t *n, struct sv_diag *diag)
{
	struct sv_data_column *columns;

	*n = 0;
	if (!node)
		return NULL;
	if (node->kind != SV_NODE_MAPPING) {
		sv_error(diag, &node->place, "%s.%s: expected a mapping", spec->block, what);
		return NULL;
	}
	columns = sv_doc_alloc(study->doc, (node->n + 1) * sizeof(*columns));
	for (size_t i = 0; i < node->n; i++) {
		const struct sv_node *child = node->child[i];

		if (child->kind != SV_NODE_SCALAR)
			sv_error(diag, &child->place, "%s.%s.%.90s: expected one text", spec->block,
				what, node->key[i]);
		else
			columns[(*n)++] = (struct sv_data_column){ node->key[i], child->text,
				node->key_place[i] };
	}
	return columns;
}

/* In `x:` the path stands first. */
static void swap_column(struct sv_data_column *c)
{
	const char *path = c->column;

	c->column = *c->is && strcmp(c->is, "~") && strcmp(c->is, "null") ? c->is : NULL;
	c->is = path;
}

void sv_data_columns(struct sv_data_spec *spec, struct sv_study *study, const struct sv_node *x,
	const struct sv_node *select, struct sv_diag *diag)
{
	spec->x = read_columns(spec, study, x, "x", &spec->xs, diag);
	for (size_t i = 0; i < spec->xs; i++) {
		struct sv_data_column *c = &spec->x[i];

		swap_column(c);
		if (!sv_can_be_swept(c->is))
			sv_error(diag, &c->place,
				"%s.x: '%.60s' cannot vary; name an option of host, vms, devices "
				"or run",
				spec->block, c->is);
		else
			sv_path_row(study, c->is, &c->place, diag);
	}
	spec->select = read_columns(spec, study, select, "select", &spec->selects, diag);
}
