/*
 * catalog.c - what `list` and `show` know
 */
#include "catalog.h"
#include "bench.h"
#include "block/path.h"
#include "devices/device.h"
#include "devices/model.h"
#include "grid.h"
#include "locks/locks.h"
#include "memory.h"
#include "sched/sched.h"
#include "value.h"
#include "workloads/workload.h"
#include "world/vms.h"
#include <string.h>

static void each_kind(const struct sv_kinds *kinds, sv_catalog_visit *visit, void *arg)
{
	struct sv_kind kind;

	for (size_t i = 0; (kind = kinds->at(i)).name; i++)
		visit(arg, kind.name, kind.help);
}

static void each_lock(sv_catalog_visit *visit, void *arg)
{
	each_kind(&sv_lock_kinds, visit, arg);
}

static int show_lock(const char *name, FILE *to, struct sv_diag *diag)
{
	struct sv_kind kind = sv_kinds_find(&sv_lock_kinds, name);
	const struct sv_lock *lock = kind.object;

	(void)diag;
	fprintf(to, "%s: %s\n\n", kind.name, kind.help);
	fprintf(to, "  order    %s\n",
		lock->traits & SV_LOCK_FIFO ? "first come, first served" : "any");
	fprintf(to, "  waiters  %s\n",
		lock->traits & SV_LOCK_PARAVIRTUAL ? "spin, then halt their CPU"
		: lock->traits & SV_LOCK_BLOCKING  ? "sleep"
						   : "spin");
	fprintf(to, "  memory   %zu B a lock, %zu B a thread, %zu B a CPU\n", lock->lock_bytes,
		lock->node_bytes, lock->percpu_bytes);
	sv_catalog_options(kind.table, to);
	return 0;
}

static void each_scheduler(sv_catalog_visit *visit, void *arg)
{
	each_kind(&sv_sched_kinds, visit, arg);
}

static int show_scheduler(const char *name, FILE *to, struct sv_diag *diag)
{
	struct sv_kind kind = sv_kinds_find(&sv_sched_kinds, name);

	(void)diag;
	fprintf(to, "%s: %s\n", kind.name, kind.help);
	sv_catalog_options(kind.table, to);
	return 0;
}

static void each_workload(sv_catalog_visit *visit, void *arg)
{
	each_kind(&sv_workload_kinds, visit, arg);
}

static int show_workload(const char *name, FILE *to, struct sv_diag *diag)
{
	struct sv_kind kind = sv_kinds_find(&sv_workload_kinds, name);
	const struct sv_workload *workload = kind.object;
	struct sv_grid g;

	(void)diag;
	fprintf(to, "%s: %s\n", kind.name, kind.help);
	sv_catalog_options(kind.table, to);
	fputs("\nMetrics (* in the table unless the scenario chooses)\n\n", to);
	sv_grid_init(&g, 3);
	for (const struct sv_metric *m = workload->metrics; m->name; m++) {
		sv_grid_put(&g, "%s%s", m->name, m->headline > 0 ? " *" : "");
		sv_grid_put(&g, "%s", m->unit);
		sv_grid_put(&g, "%s", m->help);
	}
	sv_grid_print(&g, to, sv_terminal_width(to));
	sv_grid_fini(&g);
	return 0;
}

static void each_device(sv_catalog_visit *visit, void *arg)
{
	each_kind(&sv_device_kinds, visit, arg);
	sv_device_models(visit, arg);
}

static int show_device(const char *name, FILE *to, struct sv_diag *diag)
{
	struct sv_kind kind = sv_kinds_find(&sv_device_kinds, name);

	if (!kind.name)
		return sv_device_model_print(name, to, diag);
	fprintf(to, "%s: %s\n", kind.name, kind.help);
	sv_catalog_options(kind.table, to);
	return 0;
}

static void each_path(sv_catalog_visit *visit, void *arg)
{
	each_kind(&sv_path_kinds, visit, arg);
}

static int show_path(const char *name, FILE *to, struct sv_diag *diag)
{
	struct sv_kind kind = sv_kinds_find(&sv_path_kinds, name);

	(void)diag;
	fprintf(to, "%s: %s\n", kind.name, kind.help);
	sv_catalog_options(kind.table, to);
	return 0;
}

/* The tables of metrics, one after the other: of workloads, of devices, and all others. */
static const struct sv_metric *metrics_at(size_t i, const char **owner)
{
	size_t workloads = 0, devices = 0;

	for (; sv_workload_kinds.at(workloads).name; workloads++)
		if (workloads == i) {
			const struct sv_workload *w = sv_workload_kinds.at(i).object;

			*owner = w->name;
			return w->metrics;
		}
	for (i -= workloads; sv_device_kinds.at(devices).name; devices++)
		if (devices == i) {
			const struct sv_device_kind *d = sv_device_kinds.at(i).object;

			*owner = d->name;
			return d->metrics;
		}
	*owner = sv_metric_groups[i - devices].owner;
	return *owner ? sv_metric_groups[i - devices].metrics : NULL;
}

/* Metrics of the same name mean the same everywhere: each is named once. */
static bool named_before(size_t table, const char *metric)
{
	const char *owner;

	for (size_t i = 0; i < table; i++)
		for (const struct sv_metric *m = metrics_at(i, &owner); m->name; m++)
			if (!strcmp(m->name, metric))
				return true;
	return false;
}

static void each_metric(sv_catalog_visit *visit, void *arg)
{
	const struct sv_metric *table;
	const char *owner;

	for (size_t i = 0; (table = metrics_at(i, &owner)); i++)
		for (const struct sv_metric *m = table; m->name; m++)
			if (!named_before(i, m->name))
				visit(arg, m->name, m->help);
}

/* Prints one place where a metric of this name comes from; the first time its meaning, too. */
static void show_origin(
	const struct sv_metric *m, const char *name, const char *origin, bool *first, FILE *to)
{
	if (strcmp(m->name, name) != 0)
		return;
	if (*first)
		fprintf(to, "%s: %s\n\n  unit          %s\n", m->name, m->help, m->unit);
	fprintf(to, "  of            %s\n", origin);
	*first = false;
}

static int show_metric(const char *name, FILE *to, struct sv_diag *diag)
{
	const struct sv_metric *table;
	const char *owner;
	bool first = true;

	(void)diag;
	for (size_t i = 0; (table = metrics_at(i, &owner)); i++)
		for (const struct sv_metric *m = table; m->name; m++)
			show_origin(m, name, owner, &first, to);
	fprintf(to, "  in scenarios  NAME.%s, NAME being the name of the workload, VM or device\n",
		name);
	return 0;
}

static void each_bench(sv_catalog_visit *visit, void *arg)
{
	for (size_t i = 0; sv_benches[i]; i++)
		visit(arg, sv_bench_name(sv_benches[i]), sv_benches[i]->help);
}

static int show_bench(const char *name, FILE *to, struct sv_diag *diag)
{
	(void)diag;
	for (size_t i = 0; sv_benches[i]; i++)
		if (!strcmp(sv_bench_name(sv_benches[i]), name))
			sv_cli_help(sv_benches[i], to);
	return 0;
}

const struct sv_catalog sv_catalogs[] = {
	{ "locks", "lock", "what `lock:` of a workload can be", each_lock, show_lock, false },
	{ "queues", "queue", "rings between drivers and devices", sv_catalog_each_queue,
		sv_catalog_show_queue, false },
	{ "workloads", "workload", "what runs on the CPUs of a system", each_workload,
		show_workload, false },
	{ "schedulers", "scheduler", "what `scheduler:` of the host and of VMs can be",
		each_scheduler, show_scheduler, false },
	{ "devices", "device", "what `devices` of the host can be: kinds, and models of them",
		each_device, show_device, true },
	{ "paths", "path", "how requests of a VM's disk reach a device", each_path, show_path,
		false },
	{ "machines", "machine", "topologies and costs that `host.machine` can name",
		sv_catalog_each_machine, sv_catalog_show_machine, true },
	{ "metrics", "metric", "what workloads, VMs and devices report", each_metric, show_metric,
		false },
	{ "scenarios", "scenario", "questions that come with simsvirt", sv_catalog_each_scenario,
		sv_catalog_show_scenario, false },
	{ "benches", "bench", "benchmarks of the simulator itself", each_bench, show_bench, false },
	{ 0 },
};

const struct sv_catalog *sv_catalog_find(const char *name)
{
	for (const struct sv_catalog *c = sv_catalogs; c->name; c++)
		if (!strcmp(c->name, name) || !strcmp(c->one, name))
			return c;
	return NULL;
}

struct names {
	size_t n;
	char **name;
};

static void collect(void *arg, const char *name, const char *help)
{
	struct names *names = arg;

	(void)help;
	names->name = sv_must(realloc(names->name, (names->n + 2) * sizeof(*names->name)));
	names->name[names->n++] = sv_must(strdup(name));
	names->name[names->n] = NULL;
}

char **sv_catalog_names(const struct sv_catalog *catalog)
{
	struct names names = { .name = sv_array(1, sizeof(char *)) };

	catalog->each(collect, &names);
	return names.name;
}
