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
