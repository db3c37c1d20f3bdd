/*
 * bug.h - assertions that stay on in every build
 *
 * SV_BUG_ON(condition) is for what only a defect in simsvirt can cause; what a user
 * can cause is an sv_error(). It prints the condition, the simulated time and the LP
 * that ran, then aborts.
 */
#ifndef SV_BUG_H
#define SV_BUG_H

#include "simtime.h"

#define sv_likely(x)   __builtin_expect(!!(x), 1)
#define sv_unlikely(x) __builtin_expect(!!(x), 0)

#define SV_BUG_ON(condition)                                                                       \
	do {                                                                                       \
		if (sv_unlikely(condition))                                                        \
			sv_bug(__FILE__, __LINE__, #condition);                                    \
	} while (0)

_Noreturn void sv_bug(const char *file, int line, const char *condition);

/*
 * What sv_bug() reports as "where": set by whoever runs an LP, one per thread.
 * `describe` may be NULL; otherwise it writes the current vCPU or thread into buf.
 */
struct sv_bug_context {
	const sv_time *now;
	uint32_t lp;
	void (*describe)(char *buf, size_t size);
};
extern _Thread_local struct sv_bug_context sv_bug_context;

/* Called before sv_bug() says anything, by whoever lets code run that is not ours; NULL: nobody. */
extern void (*sv_bug_hook)(const char *condition);

#endif
