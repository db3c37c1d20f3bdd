/*
 * factor.h - the dimensionless rows of a machine profile
 *
 * One line a factor: enum, name in profiles, bounds, what it is. All are optional (the
 * machine's factor is then NAN): who uses one checks first that it is there.
 */
#ifndef SV_FACTOR_H
#define SV_FACTOR_H

/* X(ENUM, name, minimum, maximum, help); the bounds are text, as in an option table. */
#define SV_FACTOR_LIST(X)                                                                          \
	X(SMT_THROUGHPUT, "smt.throughput", "0.1", "1",                                            \
		"share of a core's full speed that each of two busy SMT siblings gets")            \
	X(NESTED_PAGING, "nested-paging", "1", "10",                                               \
		"how many times longer a guest computes because of nested paging")                 \
	X(EMULATION, "emulation", "1", "1000", "how many times longer an emulated guest computes") \
	X(NESTED_EXIT, "nested.exit", "1", "1000",                                                 \
		"how many times longer an exit of a guest's guest takes")                          \
	X(STORES_AHEAD, "stores.ahead", "1", "16",                                                 \
		"lines that a core has on their way at a time for the stores in its buffer; "      \
		"without the row one, the oldest store's")

enum sv_factor {
#define X(id, name, min, max, help) SV_FACTOR_##id,
	SV_FACTOR_LIST(X)
#undef X
		SV_FACTORS
};

/* One row as the profile gives it. */
struct sv_factor_row {
	const char *name;
	double value, low, high;
	const char *source;
	const char *mark; /* one of SV_MARKS (cost.h); NULL: the profile has no such row */
};

const char *sv_factor_name(enum sv_factor factor);
const char *sv_factor_help(enum sv_factor factor);
/* The bounds of value, low and high, as text. */
const char *sv_factor_min(enum sv_factor factor);
const char *sv_factor_max(enum sv_factor factor);
/* All names in order, NULL behind the last. */
const char *const *sv_factor_names(void);

#endif
