/*
 * expect.h - expectations and references held against the results
 */
#ifndef SV_EXPECT_H
#define SV_EXPECT_H

#include "runner.h"

enum sv_verdict {
	SV_HOLDS,
	SV_BROKEN,
	SV_UNCHECKED, /* a point that it speaks of is not done */
};

struct sv_expect_result {
	enum sv_verdict verdict;
	/* What stands left and right of the relation, the factor not yet applied. */
	struct sv_ci left, right;
};

/*
 * Compares means. A metric that was not observed breaks the expectation. A bound is
 * an exact value: its interval is NAN.
 */
struct sv_expect_result sv_expect_check(
	const struct sv_expectation *e, const struct sv_results *results);

/* "<", "<=", ">" or ">=". */
const char *sv_expect_sign(const struct sv_expectation *e);

/* (predicted - published) / published, NAN when there is no prediction. */
double sv_reference_error(const struct sv_reference *reference, const struct sv_results *results);

/* The part of it that the published uncertainty does not explain: 0 between low and high; NAN also
 * when either is not given. */
double sv_reference_beyond(const struct sv_reference *reference, const struct sv_results *results);

/* Median and largest of the absolute values of n errors (n > 0); sorts them. */
struct sv_error_summary {
	double median, worst;
};
struct sv_error_summary sv_error_summarize(double *error, size_t n);

#endif
