/*
 * options.h - option tables: every key of the scenario language is a row
 *
 * A row says a key's name, type, unit, bounds, default and help. The rows alone drive
 * parsing into a C struct, range checks, "did you mean", `simsvirt show`, the JSON
 * Schema, the effective scenario in results and the generated reference page.
 *
 *	struct backoff_cfg { sv_time first, last; };
 *	static const struct sv_option backoff_options[] = {
 *		{ "first", SV_TIME, offsetof(struct backoff_cfg, first), .min = "1ns", .max = "1s",
 *		  .def = "100ns", .help = "first wait after a failed attempt" },
 *		{ 0 } };
 *	static const struct sv_table backoff_table =
 *		SV_TABLE("ttas-backoff", struct backoff_cfg, backoff_options);
 *
 * Types and the C type of the member that a row fills:
 *
 *	SV_BOOL      bool             true | false
 *	SV_INT       int64_t          a whole number, `unit` says of what
 *	SV_REAL      double
 *	SV_TIME      sv_time          "40us"; a bare number is a mistake
 *	SV_BYTES     int64_t          "4KiB", "64B"; a bare number is a mistake
 *	SV_RATE      double           "10Gbit/s", "200/s": per second
 *	SV_STRING    const char *
 *	SV_CHOICE    int              index into `more`: a NULL-terminated const char *const *
 *	SV_DIST      struct sv_dist   see dist.h
 *	SV_GROUP     the table's struct, embedded; `more`: const struct sv_table *
 *	SV_VARIANT   struct sv_variant; `more`: const struct sv_kinds *. A mapping with a
 *	             `kind:` key whose other keys are that kind's table, or just the kind's name.
 *	SV_NAMED     struct sv_named; `more`: const struct sv_option *, one row (GROUP or
 *	             VARIANT, offset 0) for every item. A mapping of names the user chooses
 *	             (letters, digits, - and _). Required ones hold at least one item, as do
 *	             required lists.
 *	SV_LIST      struct sv_list; `more`: const struct sv_option *, one row (offset 0) for every
 *	             item.
 *	SV_NODE      const struct sv_node *: taken as it stands, for blocks with their own reader;
 *	             `more`: const struct sv_shape *, or NULL for anything. In a path, all behind
 *	             such a row is one key: host.costs.load.modified.l3
 *
 * A row with def == NULL is required. def == "" on GROUP, NAMED, LIST and NODE means "may be
 * left out" (a GROUP is then filled by its defaults, a NODE is NULL); on STRING, "" is NULL,
 * on REAL and RATE NAN.
 * SV_VARIANT's default is a kind's name; "" leaves name NULL. A LIST's default is written as in
 * YAML. The bounds of an SV_DIST are those of its mean.
 */
#ifndef SV_OPTIONS_H
#define SV_OPTIONS_H

#include "dist.h"
#include "simtime.h"
#include <stdbool.h>
#include <stddef.h>

enum sv_type {
	SV_BOOL = 1,
	SV_INT,
	SV_REAL,
	SV_TIME,
	SV_BYTES,
	SV_RATE,
	SV_STRING,
	SV_CHOICE,
	SV_DIST,
	SV_GROUP,
	SV_VARIANT,
	SV_NAMED,
	SV_LIST,
	SV_NODE,
};

struct sv_option {
	const char *name;
	enum sv_type type;
	size_t offset;
	const char *unit;
	/* Inclusive, as text, read by the type's own parser; NULL: no bound. */
	const char *min, *max;
	const char *def;
	const char *help;
	const void *more;
};

struct sv_table {
	const char *name;
	size_t size;                  /* of the struct it fills */
	const struct sv_option *rows; /* ends with a row whose name is NULL */
};

#define SV_TABLE(title, type, options)                                                             \
	{                                                                                          \
		.name = (title), .size = sizeof(type), .rows = (options)                           \
	}

/* What the schema and the reference page say of an SV_NODE: all that is not NULL is accepted. */
struct sv_shape {
	const char *json;            /* a JSON Schema */
	const struct sv_option *row; /* by which the block's own reader reads it */
};

/* One kind of a variant: a lock, a workload, a scheduler. */
struct sv_kind {
	const char *name;
	const char *help;             /* one line */
	const struct sv_table *table; /* NULL: no options */
	const void *object;           /* what the kind is to its owner */
};

struct sv_kinds {
	const char *what; /* "lock": for messages and for `simsvirt list` */
	/* The i-th kind; name == NULL behind the last. */
	struct sv_kind (*at)(size_t i);
};

struct sv_variant {
	const char *name; /* NULL: left out */
	const void *object;
	void *config; /* the kind's struct; NULL when it has no options */
};

struct sv_named {
	size_t n;
	const char **name;
	void *item; /* n structs of `stride` bytes */
	size_t stride;
};

struct sv_list {
	size_t n;
	void *item;
	size_t stride;
};

#endif
