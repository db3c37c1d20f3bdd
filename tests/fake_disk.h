/*
 * fake_disk.h - a disk on a toy host over a driver that is a thread, for tests
 */
#ifndef SV_FAKE_DISK_H
#define SV_FAKE_DISK_H

#include "config.h"
#include "fake_driver.h"
#include "locks/locks.h"
#include <string.h>

struct fake_options {
	struct sv_layer_options layer;
};

/* Options as the scenario language would have them, by text; and a driver's depth. */
static inline void fake_disk_init(struct fake_disk *f, const char *options, unsigned queues,
	uint32_t depth, bool no_run_ahead)
{
	static const struct sv_option rows[] = { SV_LAYER_OPTIONS(struct fake_options), { 0 } };
	static const struct sv_table table = SV_TABLE("disk", struct fake_options, rows);
	struct sv_doc *doc;
	struct fake_options o;
	const struct sv_lock **lock = sv_locks_simulated;

	*f = (struct fake_disk){ .depth = depth, .latency = 10 * SV_US };
	toy_machine_init(&f->toy);
	f->toy.machine.cost[SV_COST_BLOCK_SUBMIT] = 500 * SV_NS;
	f->toy.machine.cost[SV_COST_BLOCK_COMPLETE] = 300 * SV_NS;
	f->toy.machine.cost[SV_COST_BLOCK_MERGE] = 100 * SV_NS;
	f->toy.machine.cost[SV_COST_BLOCK_SCHEDULE] = 200 * SV_NS;
	sim_host_init(&f->host, &f->toy.machine, no_run_ahead);
	while (strcmp((*lock)->name, "qspinlock") != 0)
		lock++;
	f->host.system.spinlock = (struct sv_variant){ .name = "qspinlock", .object = *lock };
	doc = sv_doc_parse("options", options, strlen(options), f->host.diag);
	ck_assert_int_eq(sv_read(&table, sv_doc_root(doc), &o, doc, f->host.diag), 0);
	f->options = o.layer;
	sv_doc_free(doc);
	f->disk = sv_disk_new(&(struct sv_disk_config){ .owner = "vda",
				      .system = &f->host.system,
				      .layer = &f->options,
				      .queues = queues,
				      .depth = depth,
				      .capacity = 1 << 30 },
		f->host.diag);
	sv_diag_print(f->host.diag, stderr);
	ck_assert_ptr_nonnull(f->disk);
	ck_assert_int_eq(
		sv_lock_class_init(&f->locks, &f->host.system, NULL, true, f->host.diag), 0);
	ck_assert_int_eq(sv_kernel_lock_init(&f->lock, &f->locks, 0, f->host.diag), 0);
	sv_disk_drive(f->disk, &fake_driver, f);
	if (!sv_disk_polls(f->disk)) {
		f->host.system.taken[TOY_PUS - 1] = true;
		sv_system_thread(&f->host.system, &f->completer, TOY_PUS - 1);
		ck_assert_int_eq(sv_sim_thread_start(&f->completer, fake_complete, f, 0), 0);
	}
}

static inline void fake_disk_fini(struct fake_disk *f)
{
	if (!sv_disk_polls(f->disk))
		sv_sim_thread_fini(&f->completer);
	sv_disk_free(f->disk);
	sv_lock_class_fini(&f->locks);
	sim_host_fini(&f->host);
}

/* The disk's laws hold; one of its metrics. */
static inline double fake_disk_finish(struct fake_disk *f, const char *metric)
{
	struct sv_metrics m;
	double value = NAN;

	sv_metrics_init(&m);
	ck_assert_int_eq(sv_disk_finish(f->disk, sv_now(f->host.lp), &m, f->host.diag), 0);
	for (size_t i = 0; i < m.n; i++)
		if (!strcmp(m.value[i].metric->name, metric))
			value = m.value[i].value;
	sv_metrics_fini(&m);
	return value;
}

#endif
