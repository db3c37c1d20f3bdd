/*
 * scenario.h - the scenario language: one YAML file, one question
 *
 * sv_study_load() reads and checks a file and everything its sweep will set, and
 * reports all mistakes. A study yields points: the file's configuration with the
 * values of one element of the sweep's grid.
 *
 * --set of a path that the file sweeps, or of a value that it says is uncertain, fixes it;
 * references and expectations that then hold at no point are left out.
 */
#ifndef SV_SCENARIO_H
#define SV_SCENARIO_H

#include "block/layer_options.h"
#include "config.h"
#include "machine/machine.h"
#include "vm/lock_state.h"
#include "world/claims.h"
#include "world/result.h"

struct sv_vm {
	int64_t count;
	int mode, pin; /* enum sv_mode, enum sv_pin */
	int64_t vcpus; /* 0: one for every PU that the VMs before it leave */
	bool posted;   /* interrupts */
	sv_time guest_poll;
	struct sv_variant scheduler; /* of the guest; object: const struct sv_sched */
	struct sv_kernel {
		struct sv_variant spinlock; /* object: const struct sv_lock */
		int64_t numa_nodes;         /* 0: one in a guest, else the machine's */
		bool nohz_full, skew_tick;
	} kernel;
	struct sv_lock_yield lock_yield;
	struct sv_named disks;     /* of struct sv_disk_options */
	struct sv_named iothreads; /* of struct sv_iothread_options */
	struct sv_named workloads; /* of struct sv_variant; object: const struct sv_workload */
};

enum sv_mode {
	SV_MODE_BARE,
	SV_MODE_CONTAINER,
	SV_MODE_HVM,
	SV_MODE_PVM,
	SV_MODE_EMULATED,
	SV_MODE_NESTED
};
#define SV_MODES_OF_HOSTS  (1u << SV_MODE_BARE | 1u << SV_MODE_CONTAINER)
#define SV_MODES_OF_GUESTS (~SV_MODES_OF_HOSTS)
enum sv_pin { SV_PIN_NONE, SV_PIN_ONE_TO_ONE, SV_PIN_ROUND_ROBIN };

struct sv_run_options {
	sv_time warmup, duration;
	int64_t replications;
	int64_t seed;
	int polling; /* enum sv_polling */
	bool run_ahead, until_done, uncertain;
};

/* parked: waiters cost no events while nothing changes; exact: every poll is simulated. */
enum sv_polling { SV_POLLING_PARKED, SV_POLLING_EXACT };

/* One point: a fully read configuration. */
struct sv_scenario {
	const char *title;
	struct sv_host {
		const struct sv_node *machine_node, *costs_node, *factors_node;
		int kernel; /* of sv_kernel_names */
		struct sv_variant scheduler;
		struct sv_variant spinlock; /* object: const struct sv_lock */
		struct sv_host_block {
			struct sv_layer_options layer;
		} block;
		sv_time halt_poll, pause_window, latency_limit;
		bool nohz_full, skew_tick;
		struct sv_machine *machine; /* shared by the points whose host is the same */
	} host;
	struct sv_named vms;     /* of struct sv_vm */
	struct sv_named devices; /* of struct sv_variant; object: const struct sv_device_kind */
	struct sv_run_options run;
	const struct sv_node *sweep, *reference, *expect, *output, *fit, *uncertain;
	int64_t version;
	struct sv_doc *doc; /* owns all of the above */
};

extern const struct sv_table sv_scenario_table;

/* A file with its overrides, and the grid that its sweep spans. */
struct sv_study;

struct sv_override {
	const char *path, *value;
	struct sv_place place; /* "--set vms.guest.vcpus=8" */
};

/* NULL after reporting every mistake (in all points of the sweep). */
struct sv_study *sv_study_load(const char *path, const struct sv_override *override,
	size_t overrides, struct sv_diag *diag);
/* The same from memory (tests, fuzzing). */
struct sv_study *sv_study_parse(
	const char *source, const char *text, size_t text_bytes, struct sv_diag *diag);
void sv_study_free(struct sv_study *study);

size_t sv_study_points(const struct sv_study *study);
/* The i-th point, the last swept path varying fastest. Belongs to the study; immutable; threads may
 * share it. */
const struct sv_scenario *sv_study_point(const struct sv_study *study, size_t i);

/* The metric "WORKLOAD.METRIC" at a point; NULL when there is none, after reporting unless diag is
 * NULL. */
const struct sv_metric *sv_metric_find(const struct sv_scenario *scenario, const char *name,
	const struct sv_place *place, struct sv_diag *diag);

/* The swept paths, in the file's order, and the text of a path's value at a point. */
size_t sv_study_params(const struct sv_study *study);
const char *sv_study_param_path(const struct sv_study *study, size_t param);
const char *sv_study_param_value(const struct sv_study *study, size_t param, size_t point);
/* The same value for results: numbers without a unit are numbers. The caller owns the object. */
json_t *sv_study_param_json(const struct sv_study *study, size_t param, size_t point);

/* The whole scenario with every default and override filled in. The caller owns the object. */
json_t *sv_study_effective(const struct sv_study *study);

#endif
