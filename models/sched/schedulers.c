/*
 * schedulers.c - the list of scheduling policies, from sched_list.h
 */
#include "sched/sched.h"
#include "sched/sched_list.h"

#define X(name) extern const struct sv_sched sv_sched_##name;
SV_SCHED_LIST(X)
#undef X

#define X(name) &sv_sched_##name,
static const struct sv_sched *const list[] = { SV_SCHED_LIST(X) NULL };
#undef X

static struct sv_kind kind_at(size_t i)
{
	const struct sv_sched *s = list[i];

	if (!s)
		return (struct sv_kind){ 0 };
	return (struct sv_kind){
		.name = s->name, .help = s->help, .table = s->options, .object = s
	};
}

const struct sv_kinds sv_sched_kinds = { .what = "scheduler", .at = kind_at };
