/*
 * bug.c - the end of a run that met a defect
 */
#include "bug.h"
#include <stdio.h>
#include <stdlib.h>

_Thread_local struct sv_bug_context sv_bug_context;
void (*sv_bug_hook)(const char *condition);

void sv_bug(const char *file, int line, const char *condition)
{
	const struct sv_bug_context *c = &sv_bug_context;
	char where[128] = "";

	if (sv_bug_hook)
		sv_bug_hook(condition);
	fprintf(stderr, "simsvirt: defect at %s:%d: %s\n", file, line, condition);
	if (c->now) {
		if (c->describe)
			c->describe(where, sizeof(where));
		fprintf(stderr, "simsvirt: at %lld ps, LP %u%s%s\n", (long long)*c->now, c->lp,
			where[0] ? ", " : "", where);
	}
	abort();
}
