/*
 * scenario.c - the option tables of the scenario language
 */
#include "world/scenario.h"
#include "block/disk_options.h"
#include "devices/device.h"
#include "locks/locks.h"
#include "sched/sched.h"
#include "workloads/workload.h"
#include "world/kernels.h"
#include "world/modes.h"
#include "world/study.h"

static const struct sv_option profile_row = { "", SV_GROUP, 0, .def = "",
	.more = &sv_profile_table };
static const struct sv_shape machine_shape = { "{\"type\": \"string\"}", &profile_row };
static const struct sv_shape costs_shape = {
	"{\"type\": \"object\", \"additionalProperties\": {\"type\": [\"string\", \"object\"]}}",
	NULL
};

static const struct sv_shape factors_shape = {
	"{\"type\": \"object\", \"additionalProperties\": {\"type\": [\"number\", \"object\"]}}",
	NULL
};

/* The rows of a kernel, in a struct that has members of these names. */
#define TICK_ROWS(config, who)                                                                     \
	{ "nohz-full", SV_BOOL, offsetof(config, nohz_full), .def = "false",                       \
		.help = "a CPU has timer ticks only while a second task waits for it; otherwise "  \
			"every busy one " who " has, at the rate of its scheduler's hz" },         \
	{                                                                                          \
		"skew-tick", SV_BOOL, offsetof(config, skew_tick),                                 \
			.def = "false",                                                            \
			.help = "ticks of different CPUs are spread over half of the time "        \
				"between "                                                         \
				"two, as by Linux's parameter skew_tick; otherwise they fall "     \
				"together"                                                         \
	}

static const struct sv_option block_rows[] = { SV_LAYER_OPTIONS(struct sv_host_block), { 0 } };
static const struct sv_table block_table = SV_TABLE("block", struct sv_host_block, block_rows);

static const struct sv_option host_rows[] = {
	{ "machine", SV_NODE, offsetof(struct sv_host, machine_node), .more = &machine_shape,
		.help = "the machine: the name of a profile ('simsvirt list machines'), the path "
			"of one, "
			"or a profile written here" },
	{ "costs", SV_NODE, offsetof(struct sv_host, costs_node), .def = "", .more = &costs_shape,
		.help = "costs that replace those of the machine's profile, as 'pause: 10ns'" },
	{ "factors", SV_NODE, offsetof(struct sv_host, factors_node), .def = "",
		.more = &factors_shape,
		.help = "factors that replace those of the machine's profile, as "
			"'nested-paging: 1.1'" },
	{ "kernel", SV_CHOICE, offsetof(struct sv_host, kernel), .def = "none",
		.more = sv_kernel_names,
		.help = "the host's Linux version: it decides scheduler and halt-poll where they "
			"are not written; none: nothing does but their defaults" },
	{ "scheduler", SV_VARIANT, offsetof(struct sv_host, scheduler), .def = "cfs",
		.more = &sv_sched_kinds,
		.help = "which task a CPU of the host runs: vCPUs, and the threads of containers" },
	{ "spinlock", SV_VARIANT, offsetof(struct sv_host, spinlock), .def = "qspinlock",
		.more = &sv_lock_kinds, .help = "the lock of the host's own kernel" },
	{ "block", SV_GROUP, offsetof(struct sv_host, block), .def = "", .more = &block_table,
		.help = "the block layer of the host's own disks, one for each device" },
	{ "halt-poll", SV_TIME, offsetof(struct sv_host, halt_poll), .min = "0s", .max = "1s",
		.def = "200us",
		.help = "how long the host polls at most before a halted vCPU gives up its CPU; "
			"0s: not at all, as Linux before 4.2" },
	{ "latency-limit", SV_TIME, offsetof(struct sv_host, latency_limit), .min = "0s",
		.max = "1s", .def = "1s",
		.help = "idle states that take longer to leave are not used: what a program asks "
			"for by /dev/cpu_dma_latency, as hosts tuned for latency do" },
	{ "pause-window", SV_TIME, offsetof(struct sv_host, pause_window), .min = "0s", .max = "1s",
		.def = "2us",
		.help = "how long a vCPU spins before the hardware makes it exit and the host "
			"looks "
			"for another one to run (4096 cycles in KVM); 0s: no pause-loop exits" },
	TICK_ROWS(struct sv_host, "that runs a vCPU"),
	{ 0 },
};
static const struct sv_table host_table = SV_TABLE("host", struct sv_host, host_rows);

static const char *const pins[] = { "none", "one-to-one", "round-robin", NULL };
static const struct sv_option workload_row = { "", SV_VARIANT, 0,
	.help = "a workload: its kind, and the options of that kind", .more = &sv_workload_kinds };

static const struct sv_option disk_row = { "", SV_GROUP, 0,
	.help = "a disk: what it is on, and how requests get there", .more = &sv_disk_table };
static const struct sv_option iothread_row = { "", SV_GROUP, 0,
	.help = "a thread of QEMU that serves the disks that name it", .more = &sv_iothread_table };
static const struct sv_option device_row = { "", SV_VARIANT, 0,
	.help = "a device: its kind, and the options of that kind", .more = &sv_device_kinds };

static const struct sv_option kernel_rows[] = {
	{ "spinlock", SV_VARIANT, offsetof(struct sv_kernel, spinlock), .def = "qspinlock",
		.more = &sv_lock_kinds,
		.help = "the lock that kernel workloads (gmake, lock-storm) use unless they choose "
			"one" },
	{ "numa-nodes", SV_INT, offsetof(struct sv_kernel, numa_nodes), .unit = "nodes", .min = "0",
		.max = "4096", .def = "0",
		.help = "NUMA nodes that a guest is told of, by equal parts of its vCPUs; 0: one, "
			"as virtual machines have it unless they ask; bare systems and containers "
			"see those of the machine" },
	TICK_ROWS(struct sv_kernel, "of a guest"),
	{ 0 },
};
static const struct sv_table kernel_table = SV_TABLE("kernel", struct sv_kernel, kernel_rows);

static const struct sv_option vm_rows[] = {
	{ "count", SV_INT, offsetof(struct sv_vm, count), .min = "1", .max = "1024", .def = "1",
		.help = "copies of this VM" },
	{ "mode", SV_CHOICE, offsetof(struct sv_vm, mode), .def = "bare", .more = sv_mode_names,
		.help = "how it runs; bare: each thread on a PU of its own; container: threads "
			"that the host schedules; hvm, pvm: threads that a guest schedules on "
			"vCPUs, which the host schedules; emulated: the same without help from "
			"the hardware; nested: the same in a guest of the host" },
	{ "vcpus", SV_INT, offsetof(struct sv_vm, vcpus), .unit = "CPUs", .min = "0", .max = "4096",
		.def = "0", .help = "its CPUs; 0: one for every PU that the VMs before it leave" },
	{ "pin", SV_CHOICE, offsetof(struct sv_vm, pin), .def = "none", .more = pins,
		.help = "where vCPUs run; one-to-one: vCPU i on PU i only; round-robin: they, or "
			"the "
			"threads of a container, are dealt out to the PUs and stay there" },
	{ "guest-halt-poll", SV_TIME, offsetof(struct sv_vm, guest_poll), .min = "0s", .max = "1s",
		.def = "0s",
		.help = "how long a vCPU with nothing to do looks for a task at most before it "
			"halts (Linux's haltpoll: 200us); its host then does not poll for it; 0s: "
			"not at all" },
	{ "posted-interrupts", SV_BOOL, offsetof(struct sv_vm, posted), .def = "false",
		.help = "running vCPUs take interrupts, and end them, without exits (APICv)" },
	{ "scheduler", SV_VARIANT, offsetof(struct sv_vm, scheduler), .def = "cfs",
		.more = &sv_sched_kinds, .help = "which thread a vCPU of a guest runs" },
	{ "kernel", SV_GROUP, offsetof(struct sv_vm, kernel), .def = "", .more = &kernel_table,
		.help = "what its kernel is made of" },
	{ "lock-yield", SV_GROUP, offsetof(struct sv_vm, lock_yield), .def = "",
		.more = &sv_lock_yield_table,
		.help = "what the host does when a lock tells it what its vCPU halts for, and whom "
			"it kicks (oticket+, qspinlock+)" },
	{ "disks", SV_NAMED, offsetof(struct sv_vm, disks), .def = "", .more = &disk_row,
		.help = "its disks, by the names that workloads use" },
	{ "iothreads", SV_NAMED, offsetof(struct sv_vm, iothreads), .def = "",
		.more = &iothread_row,
		.help = "threads of QEMU that disks name, each for one or several of them" },
	{ "workloads", SV_NAMED, offsetof(struct sv_vm, workloads), .more = &workload_row,
		.help = "what runs in it; names are unique over all VMs, because they begin the "
			"names "
			"of metrics" },
	{ 0 },
};
static const struct sv_table vm_table = SV_TABLE("vm", struct sv_vm, vm_rows);
static const struct sv_option vm_row = { "", SV_GROUP, 0,
	.help = "one system: its CPUs and what runs on them", .more = &vm_table };

static const char *const pollings[] = { "parked", "exact", NULL };

static const struct sv_option run_rows[] = {
	{ "warmup", SV_TIME, offsetof(struct sv_run_options, warmup), .min = "0s", .max = "24h",
		.def = "1ms", .help = "simulated time before anything is counted" },
	{ "duration", SV_TIME, offsetof(struct sv_run_options, duration), .min = "1ns",
		.max = "24h", .def = "10ms", .help = "simulated time that is counted" },
	{ "until-done", SV_BOOL, offsetof(struct sv_run_options, until_done), .def = "false",
		.help = "stop earlier, when all workloads that have an end (the build of gmake) "
			"have reached it" },
	{ "replications", SV_INT, offsetof(struct sv_run_options, replications), .min = "1",
		.max = "1000", .def = "5",
		.help = "independent runs of each point, for confidence intervals" },
	{ "seed", SV_INT, offsetof(struct sv_run_options, seed), .min = "0", .def = "1",
		.help = "of the random streams; the same seed gives the same results" },
	{ "polling", SV_CHOICE, offsetof(struct sv_run_options, polling), .def = "parked",
		.more = pollings,
		.help = "parked: a waiter costs no events while nothing changes; exact: every poll "
			"is "
			"simulated, slowly, to check the former" },
	{ "run-ahead", SV_BOOL, offsetof(struct sv_run_options, run_ahead), .def = "true",
		.help = "skip the event queue where nothing can come between; changes no result" },
	{ "uncertain", SV_BOOL, offsetof(struct sv_run_options, uncertain), .def = "true",
		.help = "draw the values of `uncertain` anew in each replication; false: take "
			"those "
			"of the scenario" },
	{ 0 },
};
static const struct sv_table run_table = SV_TABLE("run", struct sv_run_options, run_rows);

static const struct sv_shape sweep_shape = {
	"{\"type\": \"object\", \"additionalProperties\": {\"anyOf\": ["
	"{\"type\": \"array\", \"minItems\": 1},"
	"{\"type\": \"object\", \"required\": [\"from\", \"to\"], \"additionalProperties\": false,"
	" \"properties\": {\"from\": {\"type\": [\"number\", \"string\"]},"
	" \"to\": {\"type\": [\"number\", \"string\"]}, \"step\": {\"type\": [\"number\", "
	"\"string\"]},"
	" \"factor\": {\"type\": \"number\"}}}]}}",
	NULL
};
static const struct sv_shape reference_shape = { NULL, &sv_reference_list_row };
static const struct sv_shape expect_shape = { NULL, &sv_expect_list_row };
static const struct sv_shape output_shape = { NULL, &sv_output_row };
static const struct sv_shape fit_shape = { NULL, &sv_fit_row };

static const struct sv_option scenario_rows[] = {
	{ "simsvirt", SV_INT, offsetof(struct sv_scenario, version), .min = "1", .max = "1",
		.help = "version of the scenario language" },
	{ "title", SV_STRING, offsetof(struct sv_scenario, title), .def = "",
		.help = "the question that the scenario asks" },
	{ "host", SV_GROUP, offsetof(struct sv_scenario, host), .more = &host_table,
		.help = "the machine that everything runs on" },
	{ "vms", SV_NAMED, offsetof(struct sv_scenario, vms), .more = &vm_row,
		.help = "the systems on the host, by names of your choice" },
	{ "devices", SV_NAMED, offsetof(struct sv_scenario, devices), .def = "",
		.more = &device_row,
		.help = "storage devices of the host; their names begin the names of their "
			"metrics" },
	{ "run", SV_GROUP, offsetof(struct sv_scenario, run), .def = "", .more = &run_table,
		.help = "how long and how often to simulate" },
	{ "sweep", SV_NODE, offsetof(struct sv_scenario, sweep), .def = "", .more = &sweep_shape,
		.help = "paths of options and the values they take in turn, all combinations: a "
			"list, "
			"{from, to, step} or {from, to, factor}" },
	{ "reference", SV_NODE, offsetof(struct sv_scenario, reference), .def = "",
		.more = &reference_shape,
		.help = "published or measured values, shown beside the prediction" },
	{ "expect", SV_NODE, offsetof(struct sv_scenario, expect), .def = "", .more = &expect_shape,
		.help = "what must hold of the results; otherwise the exit status is 3" },
	{ "output", SV_NODE, offsetof(struct sv_scenario, output), .def = "", .more = &output_shape,
		.help = "what to print and to draw" },
	{ "fit", SV_NODE, offsetof(struct sv_scenario, fit), .def = "", .more = &fit_shape,
		.help = "what 'simsvirt fit' may change, and what of the data it compares" },
	{ "uncertain", SV_NODE, offsetof(struct sv_scenario, uncertain), .def = "",
		.more = &sv_uncertain_shape,
		.help = "values that are known with an error: paths, and for each {low, high, "
			"scale} "
			"(any value between is equally likely, or any logarithm) or {error} "
			"(normal "
			"around the scenario's value); each replication draws its own" },
	{ 0 },
};
const struct sv_table sv_scenario_table = SV_TABLE("scenario", struct sv_scenario, scenario_rows);
