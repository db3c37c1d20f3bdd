/*
 * metric.c - metrics by name, and their units
 */
#include "bug.h"
#include "devices/device.h"
#include "world/copies.h"
#include "world/storage.h"
#include "world/study.h"
#include "world/vms.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct sv_metric_group sv_metric_groups[] = {
	{ "every VM that is scheduled", sv_vm_metrics },
	{ "every VM that is scheduled: time", sv_vm_time_metrics },
	{ "the host of scheduled VMs, named `host`", sv_host_metrics },
	{ "every workload of a VM with copies", sv_copies_metrics },
	{ "every disk of a VM, named `VM.DISK`, and of the host, named `host.DEVICE`",
		sv_disk_metrics },
	{ "every disk of a guest, named `VM.DISK`", sv_path_metrics },
	{ 0 },
};

typedef void visitor(void *arg, const char *owner, const struct sv_metric *metric);

static void each_row(const struct sv_metric *row, const char *owner, visitor *each, void *arg)
{
	for (; row && row->name; row++)
		each(arg, owner, row);
}

static void each_device(const struct sv_scenario *scenario, visitor *each, void *arg)
{
	const struct sv_variant *device = scenario->devices.item;
	char name[SV_METRIC_NAME_BYTES];

	/* Without disks nobody uses them. */
	for (size_t i = 0; sv_scenario_stores(scenario) && i < scenario->devices.n; i++) {
		const struct sv_device_kind *kind = device[i].object;

		each_row(kind->metrics, scenario->devices.name[i], each, arg);
		snprintf(name, sizeof(name), "host.%s", scenario->devices.name[i]);
		each_row(sv_disk_metrics, name, each, arg);
	}
}

static void each_disk(const struct sv_vm *vm, const char *vm_name, visitor *each, void *arg)
{
	const struct sv_disk_options *disk = vm->disks.item;
	char name[SV_METRIC_NAME_BYTES];

	for (size_t i = 0; i < vm->disks.n; i++) {
		const struct sv_path *path = disk[i].path.object;

		snprintf(name, sizeof(name), "%s.%s", vm_name, vm->disks.name[i]);
		if (!(path->uses & SV_PATH_LAYER))
			continue;
		each_row(sv_disk_metrics, name, each, arg);
		each_row(sv_path_metrics, name, each, arg);
	}
}

/* Calls back with every metric that a point yields, as OWNER.METRIC. */
static void each_metric(const struct sv_scenario *scenario, visitor *each, void *arg)
{
	const struct sv_vm *vm = scenario->vms.item;
	bool scheduled = sv_scenario_schedules(scenario);

	for (size_t i = 0; i < scenario->vms.n; i++) {
		const struct sv_variant *v = vm[i].workloads.item;

		each_row(scheduled ? sv_vm_metrics : NULL, scenario->vms.name[i], each, arg);
		each_row(scheduled ? sv_vm_time_metrics : NULL, scenario->vms.name[i], each, arg);
		each_disk(&vm[i], scenario->vms.name[i], each, arg);
		for (size_t j = 0; j < vm[i].workloads.n; j++) {
			const struct sv_workload *w = v[j].object;

			each_row(w->metrics, vm[i].workloads.name[j], each, arg);
			if (vm[i].count > 1 && sv_throughput_of(w))
				each_row(sv_copies_metrics, vm[i].workloads.name[j], each, arg);
		}
	}
	each_row(scheduled ? sv_host_metrics : NULL, "host", each, arg);
	each_device(scenario, each, arg);
}

struct search {
	const char *name;
	const struct sv_metric *found;
	char **names; /* NULL while only looking */
	size_t n;
};

static void look(void *arg, const char *workload, const struct sv_metric *metric)
{
	struct search *s = arg;
	size_t n = strlen(workload);

	if (!strncmp(s->name, workload, n) && s->name[n] == '.' &&
		!strcmp(s->name + n + 1, metric->name))
		s->found = metric;
}

static void collect(void *arg, const char *workload, const struct sv_metric *metric)
{
	struct search *s = arg;

	s->names = realloc(s->names, (s->n + 2) * sizeof(char *));
	SV_BUG_ON(!s->names || asprintf(&s->names[s->n++], "%s.%s", workload, metric->name) < 0);
	s->names[s->n] = NULL;
}

const struct sv_metric *sv_metric_find(const struct sv_scenario *scenario, const char *name,
	const struct sv_place *place, struct sv_diag *diag)
{
	struct search s = { .name = name };
	const char *nearest;

	each_metric(scenario, look, &s);
	if (s.found || !diag)
		return s.found;
	each_metric(scenario, collect, &s);
	nearest = s.n ? sv_nearest(name, (const char *const *)s.names) : NULL;
	sv_error(diag, place, "there is no metric '%.90s'%s%s%s", name,
		nearest ? "; did you mean '" : "; it is written WORKLOAD.METRIC, such as ",
		nearest ? nearest
		: s.n   ? s.names[0]
			: "locks.throughput",
		nearest ? "'?" : "");
	for (size_t i = 0; i < s.n; i++)
		free(s.names[i]);
	free(s.names);
	return NULL;
}

static const struct unit {
	const char *name;
	char kind;
	double factor;
} units[] = {
	{ "s", 't', 1 },
	{ "ms", 't', 1e-3 },
	{ "us", 't', 1e-6 },
	{ "ns", 't', 1e-9 },
	{ "ps", 't', 1e-12 },
	{ "min", 't', 60 },
	{ "h", 't', 3600 },
	{ "1/s", 'r', 1 },
	{ "1/ms", 'r', 1e3 },
	{ "1/us", 'r', 1e6 },
	{ "1/ns", 'r', 1e9 },
	{ "1/min", 'r', 1.0 / 60 },
	{ "1/h", 'r', 1.0 / 3600 },
	{ "1", 'p', 1 },
	{ "%", 'p', 1e-2 },
};

static const struct unit *unit_of(const char *name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(units[i].name, name))
			return &units[i];
	return NULL;
}

int sv_unit_convert(double value, const char *from, const char *to, double *out)
{
	const struct unit *a = unit_of(from), *b = unit_of(to);

	*out = value;
	if (!strcmp(from, to))
		return 0;
	if (!a || !b || a->kind != b->kind)
		return -1;
	*out = value * a->factor / b->factor;
	return 0;
}
