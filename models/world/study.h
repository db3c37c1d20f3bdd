/*
 * study.h - the study from the inside (private to the study's files)
 */
#ifndef SV_STUDY_H
#define SV_STUDY_H

#include "workloads/workload.h"
#include "world/scenario.h"

#define SV_POINTS_MAX 100000

/* One swept path. */
struct sv_param {
	const char *path;
	const struct sv_option *row;
	size_t n;
	const struct sv_node **value;
	const char **text; /* as written */
	char **canonical;  /* equal values have equal texts; owned */
	size_t stride;     /* points from one value to the next */
};

struct sv_study {
	struct sv_doc *doc;
	struct sv_param *param;
	struct sv_scenario *point;
	struct sv_machine **machine; /* by the combination of the swept paths under host */
	bool *machine_tried;
	size_t params, points, machines;
	struct sv_reference *reference;
	size_t references, reference_room;
	struct sv_expectation *expectation;
	size_t expectations, expectation_room;
	struct sv_output output;
	struct sv_fit *fit; /* NULL: no such block */
	struct sv_uncertain *uncertain;
	size_t uncertains;
	bool overridden; /* by --set: what is said about points may then match none */
	bool complete;   /* no mistake in any point */
};

/*
 * Reads `sweep:`. Returns -1 after reporting; the study then has one point, made of the
 * first value of each path, so that the mistakes of the rest can be told too.
 */
int sv_sweep_read(struct sv_study *study, struct sv_diag *diag);
void sv_sweep_free(struct sv_study *study);

/* Which of a path's values a point has. */
static inline size_t sv_param_index(const struct sv_param *param, size_t point)
{
	return point / param->stride % param->n;
}

/* Whether a path lies inside another: "a.b.c" in "a.b". */
bool sv_path_is_inside(const char *path, const char *outer);
/* A sweep or a fit changes what is simulated, not what is said about it. */
bool sv_can_be_swept(const char *path);
/* The row of a path at the first point that has one; NULL after reporting when none has. */
const struct sv_option *sv_path_row(const struct sv_study *study, const char *path,
	const struct sv_place *place, struct sv_diag *diag);
/* Whether a path leads to an option of host, vms, devices or run. */
bool sv_study_has_path(const struct sv_study *study, const char *path);
/* The row by which the numbers at a path count (under an SV_NODE the text of one tells); NULL: no
 * numbers. */
const struct sv_option *sv_counting_row(const struct sv_option *row, const char *text);

/* Makes room for n values. */
void sv_param_room(struct sv_study *study, struct sv_param *param, size_t n);
/* Reads {from, to, step|factor} into a path's values. */
int sv_range_read(struct sv_study *study, struct sv_param *param, const struct sv_node *node,
	struct sv_diag *diag);
/* The one text of a value, however it is written; the caller frees it. */
char *sv_canonical(const struct sv_option *row, const struct sv_node *node);

/* What a `where:` says. */
struct sv_where {
	size_t *pin; /* for each swept path the index of its value, or SIZE_MAX when left open */
	struct sv_where_rest {
		const char *path; /* not swept itself, but inside or around what is */
		char *canonical;
	} * rest;
	size_t rests;
	bool impossible; /* a value that no point has: after --set, or of sv_where_add() */
	bool lenient;    /* such a value is no mistake */
};
/* Reads a `where:`, NULL for one that leaves all open. Returns -1 after reporting. */
int sv_where_read(struct sv_where *where, const struct sv_study *study, const struct sv_node *node,
	struct sv_diag *diag);
/* Demands one value more. One that no point has is no mistake. Returns -1 after reporting. */
int sv_where_add(struct sv_where *where, const struct sv_study *study, const char *path,
	const struct sv_node *value, struct sv_diag *diag);
void sv_where_fini(struct sv_where *where);
bool sv_where_holds(const struct sv_where *where, const struct sv_study *study, size_t point);
/* The point that differs from `point` only in what `where` says; SIZE_MAX when there is none. */
size_t sv_where_move(const struct sv_where *where, const struct sv_study *study, size_t point);

/* Converts between units of one kind (times, rates, shares). Returns -1 when they are not. */
int sv_unit_convert(double value, const char *from, const char *to, double *out);

/* Each reads its block of the file and returns -1 after reporting. They follow the points; in a
 * study that is not complete they check only the block's own form. */
int sv_references_read(struct sv_study *study, struct sv_diag *diag);
int sv_expectations_read(struct sv_study *study, struct sv_diag *diag);
int sv_output_read(struct sv_study *study, struct sv_diag *diag);
int sv_fit_read(struct sv_study *study, struct sv_diag *diag);
int sv_uncertain_read(struct sv_study *study, struct sv_diag *diag);

/* What single rows of a point cannot tell. Returns -1 after reporting. */
int sv_point_check(const struct sv_scenario *s, struct sv_diag *diag);

/*
 * Reads the list that `list` is the row of, entry by entry, so that a mistake in one does
 * not hide those of the others. Each entry that could be read goes to `take`, filled by the
 * row of the list's items and with its node; in a study that is not complete none does.
 */
typedef int sv_entry_taker(struct sv_study *study, const void *entry, const struct sv_node *node,
	struct sv_diag *diag);
int sv_entries_read(struct sv_study *study, const struct sv_option *list, sv_entry_taker *take,
	struct sv_diag *diag);

/* The rows by which they read. */
extern const struct sv_option sv_reference_list_row, sv_expect_list_row, sv_output_row, sv_fit_row;
extern const struct sv_shape sv_where_shape, sv_uncertain_shape;

#endif
