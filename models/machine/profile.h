/*
 * profile.h - machine profiles as they are written (private to models/machine/)
 *
 * A profile may name a base. Reading one yields a chain of layers, the profile first
 * and its bases behind it; what a layer leaves out comes from the layers behind it.
 */
#ifndef SV_PROFILE_H
#define SV_PROFILE_H

#include "machine/machine.h"

struct sv_profile {
	int64_t version;
	const char *title, *base, *topology;
	const struct sv_node *hops, *costs, *sources;
};

struct sv_layer {
	struct sv_profile profile;
	const char *name;           /* "toy-4"; of an inline profile, the file it is in */
	const struct sv_node *node; /* the profile as it is written */
	struct sv_doc *doc;
	char *path; /* of the layer's own file, whose doc it owns; NULL: inline in a scenario */
	struct sv_layer *base;
};

/* The chain of what `host.machine` says; NULL after reporting. */
struct sv_layer *sv_profile_read(
	const struct sv_node *machine, struct sv_doc *doc, struct sv_diag *diag);
void sv_profile_free(struct sv_layer *layer);

/*
 * Fills the rows (SV_COSTS of them, zeroed) from a chain and the overrides, which may be NULL.
 * What the rows point to lives in the docs. Returns -1 after reporting.
 */
int sv_profile_costs(const struct sv_layer *layer, const struct sv_node *overrides,
	struct sv_doc *doc, struct sv_cost_row *row, struct sv_diag *diag);

/*
 * A path that is relative to the file that `place` is in ("--set ..." stands for the
 * working directory). The caller frees it.
 */
char *sv_profile_beside(const struct sv_place *place, const char *path);

#endif
