/*
 * fit_param.c - reading what names a number of the scenario and says amounts of it
 */
#include "world/fit_param.h"
#include "doc.h"
#include "value.h"
#include "world/study.h"
#include <math.h>
#include <string.h>

int sv_param_option(struct sv_param_reading *r)
{
	const struct sv_fit_param *p = r->param;

	if (strncmp(p->path, "host.", 5) && strncmp(p->path, "vms.", 4))
		return sv_error(r->diag, &p->place, "%s: '%.90s' is no number of host or vms",
			r->block, p->path);
	r->option = sv_path_row(r->study, p->path, &p->place, r->diag);
	return r->option ? 0 : -1;
}

int sv_param_row(const struct sv_param_reading *r, const struct sv_node *amount)
{
	struct sv_fit_param *p = r->param;

	p->row = sv_counting_row(r->option, amount->kind == SV_NODE_SCALAR ? amount->text : "");
	if (!p->row)
		return sv_error(
			r->diag, &p->place, "%s: '%.90s' is not a number", r->block, p->path);
	return 0;
}

int sv_param_amount(
	const struct sv_param_reading *r, const struct sv_node *node, const char *key, double *out)
{
	const char *path = r->param->path, *wrong;
	struct sv_number number;
	char name[256];
	void *scratch;

	if (node->kind != SV_NODE_SCALAR)
		return sv_error(r->diag, &node->place, "%s.%.90s.%s: expected a number", r->block,
			path, key);
	wrong = sv_number_parse(r->param->row, node->text, &number);
	if (wrong)
		return sv_error(r->diag, &node->place, "%s.%.90s.%s: %.40s %s", r->block, path, key,
			node->text, wrong);
	*out = sv_number_real(&number);
	snprintf(name, sizeof(name), "%s.%.90s.%s", r->block, path, key);
	scratch = sv_doc_alloc(r->study->doc, sv_option_size(r->option));
	return sv_read_value(r->option, node, name, scratch, r->study->doc, r->diag);
}

/* What the scenario says where the parameter stands; NULL when it is no scalar. */
static const char *present_text(const struct sv_param_reading *r)
{
	const struct sv_node *root = r->study->point[0].doc->root;
	const struct sv_node *node = sv_node_find(root, r->param->path);

	if (!node && r->option->type != SV_NODE)
		node = sv_option_default(r->option, r->study->doc);
	return node && node->kind == SV_NODE_SCALAR ? node->text : NULL;
}

/* A distribution keeps its form; only its mean moves. */
static int read_shape(const struct sv_param_reading *r, const char *text, double *present)
{
	struct sv_dist *dist = sv_doc_alloc(r->study->doc, sizeof(*dist));

	r->param->shape = dist;
	if (!text || sv_dist_parse(text, dist))
		return 0;
	*present = sv_dist_mean(dist);
	if (dist->kind != SV_DIST_FIXED && (!isfinite(*present) || *present <= 0))
		return sv_error(r->diag, &r->param->place,
			"%s.%.90s: %.60s has no mean above 0 to change", r->block, r->param->path,
			text);
	return 0;
}

int sv_param_present(const struct sv_param_reading *r, double *present)
{
	const char *text = present_text(r);
	struct sv_number number;

	*present = NAN;
	if (r->option->type == SV_DIST)
		return read_shape(r, text, present);
	if (text && !sv_number_parse(r->param->row, text, &number))
		*present = sv_number_real(&number);
	return 0;
}
