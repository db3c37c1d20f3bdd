/*
 * calibrate_topology.c - this host's topology as a profile can say it
 *
 * A synthetic string keeps a profile in one file, and most hosts have one. A host that is not
 * the same everywhere (a core taken out, PUs that a container may not use) has none: its
 * XML export then stands beside the profile.
 */
#include "bug.h"
#include "calibrate.h"
#include "machine/topology.h"
#include <stdlib.h>
#include <string.h>

#define MOST_PACKAGES 64

/* Whether a string says all that the model reads of a topology. */
static bool says_all(const char *text, const struct sv_topology *host)
{
	struct sv_topology *t = calloc(1, sizeof(*t));
	size_t bytes = host->pus * sizeof(host->core_of[0]);
	bool same;

	SV_BUG_ON(!t);
	same = !sv_topology_synthetic(t, text) && t->pus == host->pus && t->nodes == host->nodes &&
	       !memcmp(t->core_of, host->core_of, bytes) && !memcmp(t->l2_of, host->l2_of, bytes) &&
	       !memcmp(t->llc_of, host->llc_of, bytes) &&
	       !memcmp(t->package_of, host->package_of, bytes) &&
	       !memcmp(t->node_of, host->node_of, bytes);
	free(t);
	return same;
}

static char *synthetic(hwloc_topology_t hwloc)
{
	struct sv_topology *host = calloc(1, sizeof(*host));
	char text[1024], *found = NULL;

	SV_BUG_ON(!host);
	if (!sv_topology_this_host(host) &&
		hwloc_topology_export_synthetic(hwloc, text, sizeof(text),
			HWLOC_TOPOLOGY_EXPORT_SYNTHETIC_FLAG_NO_ATTRS) >= 0 &&
		says_all(text, host))
		found = strdup(text);
	free(host);
	return found;
}

char *sv_calibration_synthetic(void)
{
	return synthetic(sv_pinned_topology());
}

int sv_calibration_xml(FILE *to, struct sv_diag *diag)
{
	char *buffer;
	int bytes;

	if (hwloc_topology_export_xmlbuffer(sv_pinned_topology(), &buffer, &bytes, 0) < 0)
		return sv_error(diag, NULL, "hwloc cannot export the topology of this host");
	/* The length counts the final zero. */
	fwrite(buffer, 1, (size_t)bytes - 1, to);
	hwloc_free_xmlbuffer(sv_pinned_topology(), buffer);
	return 0;
}

void sv_calibration_rank(const uint64_t *latency, unsigned n, uint8_t *hops)
{
	uint64_t reached = 0;

	memset(hops, 0, (size_t)n * n);
	for (int rank = 1; rank <= SV_HOP3 - SV_HOP1 + 1; rank++) {
		uint64_t least = UINT64_MAX;

		for (unsigned i = 0; i < n * n; i++)
			if (i / n != i % n && latency[i] > reached && latency[i] < least)
				least = latency[i];
		/* The last rank takes all that is left. */
		for (unsigned i = 0; i < n * n; i++)
			if (i / n != i % n && !hops[i] &&
				(latency[i] <= least || rank == SV_HOP3 - SV_HOP1 + 1))
				hops[i] = (uint8_t)rank;
		reached = least;
	}
}

/* Latencies between the first nodes of the packages. Returns false when they are not told. */
static bool package_latencies(const struct sv_topology *t, uint64_t *latency)
{
	struct hwloc_distances_s *d;
	unsigned count = 1, node[MOST_PACKAGES] = { 0 };
	bool complete = true;

	if (hwloc_distances_get_by_type(sv_pinned_topology(), HWLOC_OBJ_NUMANODE, &count, &d,
		    HWLOC_DISTANCES_KIND_MEANS_LATENCY, 0) < 0 ||
		count == 0)
		return false;
	for (unsigned pu = t->pus; pu-- > 0;)
		node[t->package_of[pu]] = t->node_of[pu];
	for (unsigned i = 0; i < t->packages; i++) {
		for (unsigned k = 0; k < t->packages; k++) {
			complete = complete && node[i] < d->nbobjs && node[k] < d->nbobjs;
			latency[i * t->packages + k] =
				complete ? d->values[node[i] * d->nbobjs + node[k]] : 0;
		}
	}
	hwloc_distances_release(sv_pinned_topology(), d);
	return complete;
}

static char *hops_text(const uint8_t *hops, unsigned n)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);

	SV_BUG_ON(!to);
	for (unsigned i = 0; i < n; i++) {
		fputs(i ? ", [" : "[[", to);
		for (unsigned k = 0; k < n; k++)
			fprintf(to, "%s%u", k ? ", " : "", hops[i * n + k]);
		fputc(']', to);
	}
	fputc(']', to);
	SV_BUG_ON(fclose(to));
	return text;
}

char *sv_calibration_hops(void)
{
	uint64_t latency[MOST_PACKAGES * MOST_PACKAGES];
	uint8_t hops[MOST_PACKAGES * MOST_PACKAGES];
	struct sv_topology *t = calloc(1, sizeof(*t));
	char *text = NULL;

	SV_BUG_ON(!t);
	if (!sv_topology_this_host(t) && t->packages > 2 && t->packages <= MOST_PACKAGES &&
		package_latencies(t, latency)) {
		sv_calibration_rank(latency, t->packages, hops);
		text = hops_text(hops, t->packages);
	}
	free(t);
	return text;
}
