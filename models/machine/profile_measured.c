/*
 * profile_measured.c - what a profile says was measured besides the costs of the model
 *
 * Figures have names that whoever measures chooses: no model reads them, so none is
 * unknown. They are here so that a prediction can be held against them, and for the reader.
 */
#include "bug.h"
#include "machine/profile.h"
#include <stdlib.h>

#define NEVER "1s"

static const struct sv_option note = { "", SV_STRING, 0, .help = "a remark on the measurement" };
static const struct sv_option pu = { "", SV_INT, 0, .min = "0", .max = "4095",
	.help = "logical number of a PU" };
static const struct sv_option transfer = { "matrix", SV_TIME, 0, .min = "0ns", .max = NEVER,
	.help = "a time" };

static const struct sv_shape figures_shape = {
	.json = "{\"type\":\"object\",\"additionalProperties\":{\"type\":[\"string\",\"object\"]}}"
};
static const struct sv_shape matrix_shape = {
	.json = "{\"type\":\"array\",\"items\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"
		"}"
};

static const struct sv_option transfer_options[] = {
	{ "pus", SV_LIST, offsetof(struct sv_profile_transfers, pus), .def = "", .more = &pu,
		.help = "the PUs that were measured" },
	{ "matrix", SV_NODE, offsetof(struct sv_profile_transfers, matrix), .def = "",
		.more = &matrix_shape,
		.help = "for each of them a row of times to each; 0ns where none was measured" },
	{ 0 },
};

static const struct sv_table transfer_table =
	SV_TABLE("transfers", struct sv_profile_transfers, transfer_options);

static const struct sv_option options[] = {
	{ "host", SV_STRING, offsetof(struct sv_profile_measured, host), .def = "",
		.help = "what was measured: processor, kernel, hypervisor" },
	{ "day", SV_STRING, offsetof(struct sv_profile_measured, day), .def = "",
		.help = "when it was measured" },
	{ "notes", SV_LIST, offsetof(struct sv_profile_measured, notes), .def = "", .more = &note,
		.help = "remarks on the measurement" },
	{ "figures", SV_NODE, offsetof(struct sv_profile_measured, figures), .def = "",
		.more = &figures_shape,
		.help = "for each figure's name a time, or a mapping as for a cost" },
	{ "transfers", SV_GROUP, offsetof(struct sv_profile_measured, transfers), .def = "",
		.more = &transfer_table,
		.help = "the time that a line takes from PU to PU, one way" },
	{ 0 },
};

const struct sv_table sv_profile_measured_table =
	SV_TABLE("measured", struct sv_profile_measured, options);

static void *array(size_t n, size_t bytes)
{
	void *memory = calloc(n + 1, bytes);

	SV_BUG_ON(!memory);
	return memory;
}

static int read_figures(const struct sv_layer *layer, struct sv_measured *out, struct sv_diag *diag)
{
	const struct sv_node *node = layer->profile.measured.figures;
	struct sv_profile_rows rows = { .layer = layer, .doc = layer->doc, .diag = diag };
	int failed = 0;

	if (!node)
		return 0;
	if (node->kind != SV_NODE_MAPPING)
		return sv_error(diag, &node->place,
			"measured.figures: a mapping is wanted, of names to values");
	out->figure = array(node->n, sizeof(*out->figure));
	out->figures = (unsigned)node->n;
	for (size_t i = 0; i < node->n; i++)
		failed |= sv_profile_row(&rows, node->key[i], node->child[i], &out->figure[i]);
	return failed;
}

static int read_pus(
	const struct sv_layer *layer, unsigned pus, struct sv_measured *out, struct sv_diag *diag)
{
	const struct sv_list *list = &layer->profile.measured.transfers.pus;
	const struct sv_node *node = sv_node_find(layer->node, "measured.transfers.pus");
	const int64_t *number = list->item;

	out->transfer_pu = array(list->n, sizeof(*out->transfer_pu));
	out->transfer_pus = (unsigned)list->n;
	for (size_t i = 0; i < list->n; i++) {
		if (number[i] >= pus)
			return sv_error(diag, &node->child[i]->place,
				"measured.transfers.pus[%zu]: there is no PU %lld: the topology "
				"has %u",
				i, (long long)number[i], pus);
		out->transfer_pu[i] = (uint16_t)number[i];
	}
	return 0;
}

static int read_transfers(
	const struct sv_layer *layer, struct sv_measured *out, struct sv_diag *diag)
{
	const struct sv_node *node = layer->profile.measured.transfers.matrix;
	unsigned n = out->transfer_pus;
	int failed = 0;

	out->transfer = array((size_t)n * n, sizeof(*out->transfer));
	if (!node && n == 0)
		return 0;
	if (!node || node->kind != SV_NODE_SEQUENCE || node->n != n)
		return sv_error(diag, node ? &node->place : &layer->node->place,
			"measured.transfers.matrix: wanted are %u rows, one for each of pus", n);
	for (unsigned i = 0; i < n; i++) {
		const struct sv_node *row = node->child[i];

		if (row->kind != SV_NODE_SEQUENCE || row->n != n) {
			failed = sv_error(diag, &row->place,
				"measured.transfers.matrix[%u]: wanted are %u times, one for each "
				"of "
				"pus",
				i, n);
			continue;
		}
		for (unsigned k = 0; k < n; k++)
			failed |=
				sv_read_value(&transfer, row->child[k], "measured.transfers.matrix",
					&out->transfer[i * n + k], layer->doc, diag);
	}
	return failed;
}

int sv_profile_measurements(
	const struct sv_layer *layer, unsigned pus, struct sv_measured *out, struct sv_diag *diag)
{
	const struct sv_profile_measured *written = &layer->profile.measured;
	int failed;

	if (!sv_node_get(layer->node, "measured"))
		return 0;
	out->host = written->host;
	out->day = written->day;
	out->notes = (unsigned)written->notes.n;
	out->note = array(out->notes, sizeof(*out->note));
	for (unsigned i = 0; i < out->notes; i++)
		out->note[i] = ((const char *const *)written->notes.item)[i];
	failed = read_figures(layer, out, diag);
	if (read_pus(layer, pus, out, diag) < 0 || read_transfers(layer, out, diag) < 0)
		failed = -1;
	return failed ? -1 : 1;
}

void sv_profile_measured_fini(struct sv_measured *m)
{
	free(m->note);
	free(m->figure);
	free(m->transfer_pu);
	free(m->transfer);
}
