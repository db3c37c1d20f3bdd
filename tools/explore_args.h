/*
 * explore_args.h - the flags of `explore`
 *
 * Every flag that takes a value is a row of an option table, which gives it its bounds and its
 * default.
 */
#ifndef SV_EXPLORE_ARGS_H
#define SV_EXPLORE_ARGS_H

#include "cli.h"
#include "config.h"
#include "explore/explore_lock.h"
#include "explore/explore_queue.h"
#include "run_args.h"

struct sv_explore_cfg {
	int64_t threads, acquisitions, locks;           /* of a lock */
	int64_t requests, batch, buffers, size, served; /* of a queue */
	int64_t spurious, preemptions, depth, runs, seed;
	int memory;
	sv_time time_limit;
	bool tries, reversed, polling;
};

/* What is explored. */
enum sv_explore_kind { SV_EXPLORE_A_LOCK, SV_EXPLORE_A_QUEUE, SV_EXPLORE_KINDS };
struct sv_explore_subject {
	enum sv_explore_kind kind;
	const struct sv_lock *lock;   /* or NULL */
	const struct sv_queue *queue; /* or NULL */
	const char *name;
	const struct sv_table *options;
};

/* "threshold=20" of --set. */
struct sv_explore_set {
	char *name, *option;
	const char *value;
};

struct sv_explore_args {
	const char *name; /* of a lock or a queue, or "all"; NULL: the user's own locks */
	const char **own; /* the names of those that --lock has added, and their files */
	const char **own_file;
	size_t owns;
	struct sv_doc *doc;
	struct sv_explore_cfg cfg;
	const char *replay;                 /* NULL: none */
	const char *flag[SV_EXPLORE_KINDS]; /* the first that means only this kind; NULL: none */
	struct sv_explore_set *set;
	size_t sets;
	enum sv_format format;
};

/* Returns -1, or the exit status, all being said. Free the arguments in any case. */
int sv_explore_args_read(
	struct sv_explore_args *out, const struct sv_command *self, int argc, char **argv);
void sv_explore_args_fini(struct sv_explore_args *args);

/* Whether the lock or queue of that name is to be explored. */
bool sv_explore_args_means(const struct sv_explore_args *args, const char *name);

/*
 * A subject's configuration by --set, in an empty doc, which owns it; what is counted in tests is
 * 2 by default, because an explored wait may end at any time and a long count would only
 * repeat it. NULL without options.
 */
void *sv_explore_args_config(const struct sv_explore_args *args,
	const struct sv_explore_subject *subject, struct sv_doc *doc, struct sv_diag *diag);

#endif
