/*
 * lock_cases.h - every lock as it comes, and again in a hurry
 *
 * By their defaults locks wait long before they halt, sleep or change their mind. A hurried
 * lock does so after a few tests, so that short runs meet its slow paths. A lock is once
 * in the list with its defaults, then once for each line below that names it.
 */
#ifndef SV_LOCK_CASES_H
#define SV_LOCK_CASES_H

#include "config.h"
#include "locks.h"
#include <check.h>
#include <string.h>

struct lock_case {
	unsigned index; /* into the lists of locks */
	const char *options;
};

static const struct {
	const char *lock, *options;
} lock_hurries[] = {
	{ "pv-ticket", "{threshold: 20}" },
	{ "iticket", "{threshold: 5, longest: 40}" },
	{ "oticket", "{longest: 40, shortest: 5, reach: 3}" },
	{ "oticket", "{spinning: long, longest: 20, kicks: 1}" },
	{ "oticket+", "{longest: 40, shortest: 5, reach: 3}" },
	{ "preemptable-ticket", "{shift: 2}" },
	{ "pv-qspinlock", "{threshold: 20}" },
	{ "pv-qspinlock", "{threshold: 20, kick: at-release}" },
	{ "pv-qspinlock-hybrid", "{threshold: 20, check: 8}" },
	{ "qspinlock+", "{threshold: 20, check: 8}" },
	{ "cna", "{flush: 2us}" },
	{ "cna", "{flush: 0ns}" },
	{ "shfllock", "{batch: 2}" },
	{ "hmcs", "{passes: 2}" },
	{ "spin-park", "{spin: 20}" },
};
#define LOCK_HURRIES (sizeof(lock_hurries) / sizeof(lock_hurries[0]))

static inline unsigned lock_index(const char *name)
{
	unsigned i = 0;

	while (sv_locks_native[i] && strcmp(sv_locks_native[i]->name, name) != 0)
		i++;
	ck_assert_msg(sv_locks_native[i] != NULL, "there is no lock %s", name);
	return i;
}

static inline int lock_cases(void)
{
	int n = 0;

	while (sv_locks_native[n])
		n++;
	return n + (int)LOCK_HURRIES;
}

/* The locks first, as they come; then the hurried ones. */
static inline struct lock_case lock_case(int i)
{
	int locks = lock_cases() - (int)LOCK_HURRIES;

	if (i < locks)
		return (struct lock_case){ (unsigned)i, "{}" };
	return (struct lock_case){ lock_index(lock_hurries[i - locks].lock),
		lock_hurries[i - locks].options };
}

/* The lock's configuration, which lives as long as the document. */
static inline void *lock_config(const struct sv_lock *l, const char *options, struct sv_doc **doc)
{
	struct sv_diag *diag = sv_diag_new();
	void *cfg = NULL;

	*doc = sv_doc_parse("options", options, strlen(options), diag);
	ck_assert_ptr_nonnull(*doc);
	if (l->options) {
		cfg = sv_doc_alloc(*doc, l->options->size);
		ck_assert_int_eq(sv_read(l->options, sv_doc_root(*doc), cfg, *doc, diag), 0);
	}
	sv_diag_free(diag);
	return cfg;
}

#endif
