/*
 * machine.c - putting a machine together from a profile's layers
 */
#include "machine/machine.h"
#include "bug.h"
#include "machine/profile.h"
#include "machine/topology.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const sv_distance_name[SV_DISTANCES] = { "same-pu", "smt", "l2", "l3", "package",
	"hop1", "hop2", "hop3" };

#define MAX_HOPS (SV_HOP3 - SV_HOP1 + 1)

/* A machine with the memory behind its const pointers. */
struct owner {
	struct sv_machine machine;
	struct sv_topology topology;
	uint8_t *hops, *distance;
	struct sv_cost_row row[SV_COSTS];
	struct sv_factor_row factor_row[SV_FACTORS];
	struct sv_idle_state *idle_state;
	int idle_states;
	struct sv_measured measured;
	char *texts; /* every string, one behind the other */
};

static const char *read_topology(
	struct sv_topology *t, const char *text, const struct sv_place *place)
{
	size_t n = strlen(text);

	if (!strcmp(text, "this-host"))
		return sv_topology_this_host(t);
	if (n < 4 || strcmp(text + n - 4, ".xml"))
		return sv_topology_synthetic(t, text);
	char *path = sv_profile_beside(place, text);
	const char *wrong = sv_topology_xml(t, path);

	free(path);
	return wrong;
}

/*
 * The layer that states the topology, or NULL. The hops are that layer's or those of one
 * before it: the hops of a base do not fit another topology.
 */
static const struct sv_layer *find_topology(
	const struct sv_layer *layer, const struct sv_node **hops)
{
	for (*hops = NULL; layer; layer = layer->base) {
		if (!*hops)
			*hops = layer->profile.hops;
		if (layer->profile.topology)
			break;
	}
	return layer;
}

static int make_topology(struct owner *o, const struct sv_layer *layer, struct sv_diag *diag)
{
	const struct sv_place *place = &sv_node_get(layer->node, "topology")->place;
	const char *text = layer->profile.topology;
	const char *wrong = read_topology(&o->topology, text, place);

	if (!wrong)
		return 0;
	return sv_error(diag, place,
		"topology '%s': %s; wanted: an hwloc synthetic string like "
		"'package:2 [numa] l3:1 core:8 pu:1', an lstopo export FILE.xml, or this-host",
		text, wrong);
}

static int read_hop(
	struct owner *o, const struct sv_node *node, unsigned i, unsigned k, struct sv_diag *diag)
{
	static const char *const digits[] = { "0", "1", "2", "3" };
	unsigned hops = 0;

	while (hops <= MAX_HOPS &&
		(node->kind != SV_NODE_SCALAR || strcmp(node->text, digits[hops])))
		hops++;
	if (hops > MAX_HOPS)
		return sv_error(
			diag, &node->place, "hops[%u][%u]: wanted is a number of 0 to 3", i, k);
	if ((hops == 0) != (i == k))
		return sv_error(diag, &node->place,
			"hops[%u][%u]: 0 hops are from a package to itself, and only there", i, k);
	if (k < i && o->hops[k * o->topology.packages + i] != hops)
		return sv_error(
			diag, &node->place, "hops[%u][%u] differs from hops[%u][%u]", i, k, k, i);
	o->hops[i * o->topology.packages + k] = (uint8_t)hops;
	return 0;
}

static int read_hops(struct owner *o, const struct sv_node *node, struct sv_diag *diag)
{
	unsigned packages = o->topology.packages;
	int failed = 0;

	if (node->kind != SV_NODE_SEQUENCE || node->n != packages)
		return sv_error(diag, &node->place,
			"hops: wanted are %u rows, one for each package of the topology", packages);
	for (unsigned i = 0; i < packages; i++) {
		const struct sv_node *row = node->child[i];
		if (row->kind != SV_NODE_SEQUENCE || row->n != packages) {
			failed = sv_error(diag, &row->place,
				"hops[%u]: wanted are %u numbers, one for each package", i,
				packages);
			continue;
		}
		for (unsigned k = 0; k < packages; k++)
			failed |= read_hop(o, row->child[k], i, k, diag);
	}
	return failed;
}

static int make_hops(struct owner *o, const struct sv_node *node, struct sv_diag *diag)
{
	unsigned packages = o->topology.packages;

	o->hops = malloc((size_t)packages * packages);
	SV_BUG_ON(!o->hops);
	for (unsigned i = 0; i < packages; i++)
		for (unsigned k = 0; k < packages; k++)
			o->hops[i * packages + k] = i != k;
	return node ? read_hops(o, node, diag) : 0;
}

static enum sv_distance distance(const struct owner *o, unsigned a, unsigned b)
{
	const struct sv_topology *t = &o->topology;
	unsigned from = t->package_of[a], to = t->package_of[b];

	if (a == b)
		return SV_SAME_PU;
	if (from != to)
		return SV_HOP1 + o->hops[from * t->packages + to] - 1;
	if (t->core_of[a] == t->core_of[b])
		return SV_SMT;
	if (t->l2_of[a] == t->l2_of[b])
		return SV_L2;
	return t->llc_of[a] == t->llc_of[b] ? SV_L3 : SV_PACKAGE;
}

/* Returns the set of the distances that occur. */
static unsigned make_distances(struct owner *o)
{
	unsigned pus = o->topology.pus, occur = 0;

	o->distance = malloc((size_t)pus * pus);
	SV_BUG_ON(!o->distance);
	for (unsigned a = 0; a < pus; a++) {
		for (unsigned b = 0; b < pus; b++) {
			enum sv_distance d = distance(o, a, b);
			o->distance[(size_t)a * pus + b] = (uint8_t)d;
			occur |= 1u << d;
		}
	}
	return occur;
}

static bool is_needed(enum sv_cost cost, unsigned distances)
{
	if (cost >= SV_COST_SINGLES_FIRST)
		return cost < SV_COST_OPTIONALS_FIRST;
	return distances >> (SV_SMT + cost % SV_COST_BY_DISTANCE) & 1;
}

/* One message for all: a profile without costs lacks dozens. */
static int check_complete(const struct owner *o, unsigned distances, const struct sv_layer *layer,
	struct sv_diag *diag)
{
	char missing[512] = "";
	size_t used = 0;
	int n = 0;

	for (enum sv_cost c = 0; c < SV_COSTS; c++) {
		if (o->row[c].mark || !is_needed(c, distances))
			continue;
		n++;
		if (used < sizeof(missing) / 2)
			used += (size_t)snprintf(missing + used, sizeof(missing) - used, "%s%s",
				used ? ", " : "", sv_cost_name(c));
		else if (missing[used - 1] != '.')
			used += (size_t)snprintf(missing + used, sizeof(missing) - used, ", ...");
	}
	if (n == 0)
		return 0;
	return sv_error(diag, &layer->node->place,
		"machine %s lacks %d cost%s that its topology needs: %s", layer->name, n,
		n == 1 ? "" : "s", missing);
}

/* Moves *text behind the others, or counts only while there is no room yet. */
static size_t keep(const char **text, char *to, size_t used)
{
	size_t bytes = *text ? strlen(*text) + 1 : 0;

	if (to && bytes)
		*text = memcpy(to + used, *text, bytes);
	return used + bytes;
}

static size_t keep_measured(struct owner *o, char *to, size_t used)
{
	struct sv_measured *m = &o->measured;

	used = keep(&m->host, to, used);
	used = keep(&m->day, to, used);
	for (unsigned i = 0; i < m->notes; i++)
		used = keep(&m->note[i], to, used);
	for (unsigned i = 0; i < m->figures; i++) {
		used = keep(&m->figure[i].name, to, used);
		used = keep(&m->figure[i].source, to, used);
	}
	return used;
}

static size_t keep_all(struct owner *o, char *to)
{
	size_t used = 0;

	used = keep(&o->machine.name, to, used);
	used = keep(&o->machine.title, to, used);
	used = keep(&o->machine.topology, to, used);
	for (int c = 0; c < SV_COSTS; c++)
		used = keep(&o->row[c].source, to, used);
	for (int f = 0; f < SV_FACTORS; f++)
		used = keep(&o->factor_row[f].source, to, used);
	for (int i = 0; i < o->idle_states; i++) {
		used = keep(&o->idle_state[i].name, to, used);
		used = keep(&o->idle_state[i].source, to, used);
	}
	return keep_measured(o, to, used);
}

/* The strings are still the documents', which end with the reading. */
static void publish(struct owner *o, const struct sv_layer *layer, const struct sv_layer *topology)
{
	const struct sv_topology *t = &o->topology;
	struct sv_machine *m = &o->machine;

	*m = (struct sv_machine){ .name = layer->name,
		.title = layer->profile.title,
		.topology = topology->profile.topology,
		.pus = t->pus,
		.cores = t->cores,
		.packages = t->packages,
		.numa_nodes = t->nodes,
		.llcs = t->llcs,
		.core_of = t->core_of,
		.package_of = t->package_of,
		.node_of = t->node_of,
		.distance = o->distance,
		.hops = o->hops,
		.node_package = t->node_package,
		.row = o->row,
		.factor_row = o->factor_row,
		.idle_states = (unsigned)o->idle_states,
		.idle_state = o->idle_state };
	for (int c = 0; c < SV_COSTS; c++)
		m->cost[c] = o->row[c].mark ? o->row[c].value : -1;
	for (int f = 0; f < SV_FACTORS; f++)
		m->factor[f] = o->factor_row[f].mark ? o->factor_row[f].value : NAN;
	o->texts = malloc(keep_all(o, NULL));
	SV_BUG_ON(!o->texts);
	keep_all(o, o->texts);
}

static int make(struct owner *o, const struct sv_layer *layer, const struct sv_node *costs,
	const struct sv_node *factors, struct sv_doc *doc, struct sv_diag *diag)
{
	const struct sv_node *hops;
	const struct sv_layer *topology = find_topology(layer, &hops);
	int failed = sv_profile_costs(layer, costs, doc, o->row, diag);

	failed |= sv_profile_factors(layer, factors, doc, o->factor_row, diag);
	o->idle_states = sv_profile_idle_states(layer, &o->idle_state, diag);
	failed |= o->idle_states < 0;
	if (!topology)
		return sv_error(diag, &layer->node->place, "%s: it has no topology", layer->name);
	if (make_topology(o, topology, diag) < 0 || make_hops(o, hops, diag) < 0)
		return -1;
	unsigned distances = make_distances(o);
	if (failed || check_complete(o, distances, layer, diag) < 0)
		return -1;
	int measured = sv_profile_measurements(layer, o->topology.pus, &o->measured, diag);
	if (measured < 0)
		return -1;
	publish(o, layer, topology);
	o->machine.measured = measured ? &o->measured : NULL;
	return 0;
}

struct sv_machine *sv_machine_new(const struct sv_node *machine, const struct sv_node *costs,
	const struct sv_node *factors, struct sv_doc *doc, struct sv_diag *diag)
{
	struct sv_layer *layer = sv_profile_read(machine, doc, diag);

	if (!layer)
		return NULL;
	struct owner *o = calloc(1, sizeof(*o));
	SV_BUG_ON(!o);
	int failed = make(o, layer, costs, factors, doc, diag);
	sv_profile_free(layer);
	if (!failed)
		return &o->machine;
	sv_machine_free(&o->machine);
	return NULL;
}

void sv_machine_free(struct sv_machine *m)
{
	struct owner *o = (struct owner *)m; /* its first member */

	if (!o)
		return;
	free(o->hops);
	free(o->distance);
	free(o->idle_state);
	sv_profile_measured_fini(&o->measured);
	free(o->texts);
	free(o);
}
