/*
 * output.c - what a scenario wants printed and drawn
 */
#include "bug.h"
#include "doc.h"
#include "world/study.h"
#include <stdlib.h>
#include <string.h>

static const struct sv_option plot_rows[] = {
	{ "title", SV_STRING, offsetof(struct sv_plot, title), .def = "",
		.help = "above the plot" },
	{ "x", SV_STRING, offsetof(struct sv_plot, x), .help = "the swept path along the axis" },
	{ "y", SV_STRING, offsetof(struct sv_plot, metric), .help = "the metric: WORKLOAD.METRIC" },
	{ "series", SV_STRING, offsetof(struct sv_plot, series), .def = "",
		.help = "the swept path with a line for each of its values" },
	{ "panels", SV_STRING, offsetof(struct sv_plot, panels), .def = "",
		.help = "the swept path with a picture for each of its values" },
	{ "log-x", SV_BOOL, offsetof(struct sv_plot, log_x), .def = "false",
		.help = "logarithmic x axis" },
	{ "log-y", SV_BOOL, offsetof(struct sv_plot, log_y), .def = "false",
		.help = "logarithmic y axis" },
	{ 0 },
};
static const struct sv_table plot_table = SV_TABLE("plot", struct sv_plot, plot_rows);
static const struct sv_option plot_row = { "", SV_GROUP, 0, .help = "a plot", .more = &plot_table };
static const struct sv_option metric_row = { "", SV_STRING, 0, .help = "WORKLOAD.METRIC" };

static const struct sv_option output_rows[] = {
	{ "metrics", SV_LIST, offsetof(struct sv_output, metrics), .def = "", .more = &metric_row,
		.help = "columns of the table; without it, the headline metrics of the workloads" },
	{ "plots", SV_NAMED, offsetof(struct sv_output, plots), .def = "", .more = &plot_row,
		.help = "pictures, by the names of their files" },
	{ 0 },
};
static const struct sv_table output_table = SV_TABLE("output", struct sv_output, output_rows);
const struct sv_option sv_output_row = { "output", SV_GROUP, 0, .def = "",
	.help = "what to print and to draw", .more = &output_table };

/* A metric that at least one point has: kinds of workloads may be swept. */
static int check_metric(const struct sv_study *study, const char *name,
	const struct sv_place *place, struct sv_diag *diag)
{
	for (size_t i = 0; i < study->points; i++)
		if (sv_metric_find(&study->point[i], name, place, NULL))
			return 0;
	return sv_metric_find(&study->point[0], name, place, diag) ? 0 : -1;
}

static bool is_swept(const struct sv_study *study, const char *path)
{
	for (size_t p = 0; p < study->params; p++)
		if (!strcmp(study->param[p].path, path))
			return true;
	return false;
}

/* NULL when the path is not swept: a mistake, unless --set took it out of the sweep. */
static const char *axis(const struct sv_study *study, const char *path, const char *key,
	const struct sv_node *plot, struct sv_diag *diag)
{
	const char **paths, *nearest;

	if (!path || is_swept(study, path))
		return path;
	if (study->overridden)
		return NULL;
	paths = calloc(study->params + 1, sizeof(*paths));
	SV_BUG_ON(!paths);
	for (size_t p = 0; p < study->params; p++)
		paths[p] = study->param[p].path;
	nearest = sv_nearest(path, paths);
	sv_error(diag, &sv_node_get(plot, key)->place, "output: %s: '%.90s' is not swept%s%s%s",
		key, path, nearest ? "; did you mean '" : "", nearest ? nearest : "",
		nearest ? "'?" : "");
	free(paths);
	return NULL;
}

static void check_plot(const struct sv_study *study, struct sv_plot *plot,
	const struct sv_node *node, struct sv_diag *diag)
{
	plot->x = axis(study, plot->x, "x", node, diag);
	plot->series = axis(study, plot->series, "series", node, diag);
	plot->panels = axis(study, plot->panels, "panels", node, diag);
	if (plot->metric)
		check_metric(study, plot->metric, &sv_node_get(node, "y")->place, diag);
}

/* Plots that --set left without their x axis go. */
static void check_plots(struct sv_study *study, const struct sv_node *node, struct sv_diag *diag)
{
	struct sv_named *plots = &study->output.plots;
	struct sv_plot *plot = plots->item;
	size_t kept = 0;

	for (size_t i = 0; i < plots->n; i++) {
		check_plot(study, &plot[i], node->child[i], diag);
		if (!plot[i].x)
			continue;
		plots->name[kept] = plots->name[i];
		plot[kept++] = plot[i];
	}
	plots->n = kept;
}

int sv_output_read(struct sv_study *study, struct sv_diag *diag)
{
	const struct sv_node *node = sv_node_get(study->doc->root, "output");
	const struct sv_list *metrics = &study->output.metrics;
	size_t before = sv_diag_errors(diag);

	/* What could be read is checked although other parts could not. */
	sv_read_value(&sv_output_row, node, "output", &study->output, study->doc, diag);
	if (study->complete) {
		for (size_t i = 0; i < metrics->n; i++) {
			const char *metric = ((const char **)metrics->item)[i];

			if (metric)
				check_metric(study, metric,
					&sv_node_get(node, "metrics")->child[i]->place, diag);
		}
		check_plots(study, sv_node_get(node, "plots"), diag);
	}
	return sv_diag_errors(diag) > before ? -1 : 0;
}
