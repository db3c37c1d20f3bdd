/*
 * paths.c - the list of paths, from path_list.h
 */
#include "block/path.h"
#include "block/paths/path_list.h"
#include <math.h>

#define X(name) extern const struct sv_path sv_path_##name;
SV_PATH_LIST(X)
#undef X

#define X(name) &sv_path_##name,
static const struct sv_path *const list[] = { SV_PATH_LIST(X) NULL };
#undef X

static struct sv_kind kind_at(size_t i)
{
	const struct sv_path *p = list[i];

	if (!p)
		return (struct sv_kind){ 0 };
	return (struct sv_kind){
		.name = p->name, .help = p->help, .table = p->options, .object = p
	};
}

enum { KICKS, EXITS, WAKE_UPS, POLLING };
const struct sv_metric sv_path_metrics[] = {
	[KICKS] = { "kicks", "1", "notifications of the device by the driver, for each request",
		0 },
	[EXITS] = { "exits", "1",
		"exits of all vCPUs of the VM, for whatever reason, for each request of this disk",
		0 },
	[WAKE_UPS] = { "wake-ups", "1",
		"wake-ups of the host's threads that serve it, for whatever they serve, for each "
		"request of this disk",
		0 },
	[POLLING] = { "polling", "1",
		"share of their time for which those threads look for something to do", 0 },
	{ 0 },
};

void sv_path_put(const char *owner, const struct sv_path_counts *counts, struct sv_metrics *out)
{
	const struct sv_loop_stats *t = &counts->threads;
	double time = (double)(t->polled + t->slept + t->served);
	/* Without requests there is nothing to divide by: not observed. */
	double n = counts->requests > 0 ? counts->requests : NAN;

	sv_metrics_put(out, owner, &sv_path_metrics[KICKS], counts->kicks / n);
	sv_metrics_put(out, owner, &sv_path_metrics[EXITS], counts->exits / n);
	sv_metrics_put(
		out, owner, &sv_path_metrics[WAKE_UPS], time > 0 ? (double)t->wake_ups / n : NAN);
	sv_metrics_put(out, owner, &sv_path_metrics[POLLING], (double)t->polled / time);
}

const struct sv_kinds sv_path_kinds = { .what = "path", .at = kind_at };
