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
	const struct sv_node *hops, *costs, *factors, *sources;
	struct sv_list idle_states; /* of struct sv_profile_idle */
	struct sv_profile_measured {
		const char *host, *day;
		struct sv_list notes; /* of texts */
		const struct sv_node *figures;
		struct sv_profile_transfers {
			struct sv_list pus; /* of numbers */
			const struct sv_node *matrix;
		} transfers;
	} measured;
};
extern const struct sv_table sv_profile_measured_table;

/* An idle state as it is written. */
struct sv_profile_idle {
	const char *name, *source;
	sv_time exit, residency;
	int mark;
};
extern const struct sv_table sv_profile_idle_table;

/* The rows that say where a figure comes from, for the table of a struct that has both members. */
#define SV_PROFILE_CITATION(type)                                                                  \
	{ "source", SV_STRING, offsetof(type, source), .def = "",                                  \
		.help = "id of an entry in sources" },                                             \
	{                                                                                          \
		"mark", SV_CHOICE, offsetof(type, mark),                                           \
			.def = "U", .more = sv_profile_marks,                                      \
			.help = "E exact, E2 quoted, A approximate, R remembered, M measured, "    \
				"U unsourced"                                                      \
	}
extern const char *const sv_profile_marks[]; /* SV_MARKS */
#define SV_PROFILE_UNSOURCED "U"

struct sv_profile_rows;

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
 * Each fills rows (SV_COSTS or SV_FACTORS of them, zeroed) from a chain. They may be overridden
 * by a mapping, which may be NULL. What the rows point to lives in the docs. Returns -1 after
 * reporting.
 */
int sv_profile_costs(const struct sv_layer *layer, const struct sv_node *overrides,
	struct sv_doc *doc, struct sv_cost_row *row, struct sv_diag *diag);
int sv_profile_factors(const struct sv_layer *layer, const struct sv_node *overrides,
	struct sv_doc *doc, struct sv_factor_row *row, struct sv_diag *diag);

/* Reads one row, of a cost or of another figure; *out keeps the name. */
int sv_profile_row(struct sv_profile_rows *rows, const char *name, const struct sv_node *node,
	struct sv_cost_row *out);

/*
 * What the first layer measured besides its costs (its bases are other machines), of `pus` PUs.
 * The caller frees it by sv_profile_measured_fini(), also after a failure. Returns 1, 0 when
 * it says nothing, or -1 after reporting.
 */
int sv_profile_measurements(
	const struct sv_layer *layer, unsigned pus, struct sv_measured *out, struct sv_diag *diag);
void sv_profile_measured_fini(struct sv_measured *m);

/*
 * Makes *state, which the caller frees, of the first layer that states them; `[]` states
 * that there are none. Returns their number, or -1 after reporting.
 */
int sv_profile_idle_states(
	const struct sv_layer *layer, struct sv_idle_state **state, struct sv_diag *diag);

/* For the readers of blocks: a mapping of dotted names to values, written flat or nested. */
struct sv_profile_rows {
	const char *block, *what;     /* "costs", "cost": for messages */
	const char *const *names;     /* ends with NULL */
	const struct sv_node **given; /* as many, NULL: by this mapping */
	const struct sv_layer *layer; /* whose sources, and its bases', count */
	struct sv_doc *doc;
	struct sv_diag *diag;
	/* Reads one value. Returns -1 after reporting. */
	int (*read)(struct sv_profile_rows *rows, int id, const struct sv_node *node);
	void *row; /* where read() puts it */
};

/* Goes on after a mistake, to report all. Returns -1 after reporting. */
int sv_profile_rows_read(struct sv_profile_rows *rows, const struct sv_node *node);

/*
 * Where the figure that `node` states comes from: the citation of its source's id, or its own
 * place when id is NULL. NULL after reporting.
 */
const char *sv_profile_cite(const struct sv_profile_rows *rows, const struct sv_node *node,
	const char *name, const char *id);

/*
 * A path that is relative to the file that `place` is in ("--set ..." stands for the
 * working directory). The caller frees it.
 */
char *sv_profile_beside(const struct sv_place *place, const char *path);

#endif
