/*
 * test_study.h - scenarios for the tests of studies
 */
#ifndef TEST_STUDY_H
#define TEST_STUDY_H

#include "test_text.h"
#include "world/scenario.h"

#define HEAD                                                                                       \
	"simsvirt: 1\n"                                                                            \
	"host: {machine: toy-4}\n"                                                                 \
	"vms: {host: {workloads: {locks: {kind: critical, lock: ticket}}}}\n"
#define LOCKS "vms.host.workloads.locks."
#define SWEEP "sweep: {" LOCKS "threads: [1, 2, 4], " LOCKS "lock: [ticket, mcs]}\n"

static inline struct sv_study *parse(const char *text, struct sv_diag *diag)
{
	return sv_study_parse("s.yaml", text, strlen(text), diag);
}

static inline struct sv_study *must_parse(const char *text, struct sv_diag *diag)
{
	struct sv_study *study = parse(text, diag);

	test_no_errors(diag);
	ck_assert_ptr_nonnull(study);
	return study;
}

/* Asserts that HEAD and `rest` are refused with a message that contains a part. */
static inline void refused(const char *rest, const char *part)
{
	struct sv_diag *diag = sv_diag_new();
	char text[2000];

	snprintf(text, sizeof(text), "%s%s", HEAD, rest);
	ck_assert_ptr_null(parse(text, diag));
	ck_assert_uint_gt(sv_diag_errors(diag), 0);
	test_says(diag, part);
	sv_diag_free(diag);
}

#endif
