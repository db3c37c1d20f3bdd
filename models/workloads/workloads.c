/*
 * workloads.c - the list of workloads, from workload_list.h
 */
#include "workloads/workload.h"
#include "workloads/workload_list.h"

#define X(name) extern const struct sv_workload sv_workload_##name;
SV_WORKLOAD_LIST(X)
#undef X

#define X(name) &sv_workload_##name,
static const struct sv_workload *const list[] = { SV_WORKLOAD_LIST(X) NULL };
#undef X

static struct sv_kind kind_at(size_t i)
{
	const struct sv_workload *w = list[i];

	if (!w)
		return (struct sv_kind){ 0 };
	return (struct sv_kind){
		.name = w->name, .help = w->help, .table = w->options, .object = w
	};
}

const struct sv_kinds sv_workload_kinds = { .what = "workload", .at = kind_at };
