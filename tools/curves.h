/*
 * curves.h - what a reader asks of published curves and their predictions
 *
 * The references of one source and metric are a series. Along the last of the swept
 * paths with numbers that it varies over it is a curve, one for each combination of
 * the other paths that it varies over.
 *
 * Where does a curve break: at which x does it first fall below 90 % of its maximum
 * so far? And at the same x, in which order are the series? Both say more than
 * errors do of whether a mechanism is understood, and less of whether a clock was.
 */
#ifndef SV_CURVES_H
#define SV_CURVES_H

#include "report.h"

#define SV_BREAK_SHARE 0.9 /* of the maximum so far */
#define SV_ORDER_RATIO 1.1 /* published values nearer than this have no order */

struct sv_curve {
	size_t param; /* the path along which it runs */
	size_t n;
	size_t *reference; /* by x, in the order of the sweep */
	/* Which of them is the break point; SIZE_MAX: there is none. */
	size_t predicted, published;
	bool is_predicted; /* at every x */
};

/* Two series at the same x, in the published order. */
struct sv_pair {
	size_t higher, lower; /* references */
};

struct sv_curves {
	size_t curves;
	struct sv_curve *curve;
	size_t pairs; /* that are far enough apart and predicted */
	size_t wrongs;
	struct sv_pair *wrong; /* those predicted the other way round, or equal */
	bool *varies;          /* private: by reference and path, for the first of each series */
};

void sv_curves_init(struct sv_curves *c, const struct sv_report *r);
void sv_curves_fini(struct sv_curves *c);

bool sv_same_series(const struct sv_reference *a, const struct sv_reference *b);
/* Whether the break points, if any, are at most one value of the sweep apart. A break that only
 * one of both has is no agreement. */
bool sv_curve_agrees(const struct sv_curve *curve);
/* Whether two points of the same curve may differ in a path that it does not run along: "vms". */
bool sv_curve_is_one_of_many(const struct sv_curves *c, const struct sv_report *r,
	const struct sv_curve *curve, size_t p);

#endif
