/*
 * ahci_driver.c - the host's disk of a SATA drive
 */
#include "run_suite.h"
#include "test_world.h"

static const char scenario[] =
	"simsvirt: 1\n"
	"host: {machine: toy-4, costs: {mmio.read: %s, mmio.write: %s}, block: %s}\n"
	"devices: {sda: {kind: sata, read-time: 1ms, fetch-time: 2us}}\n"
	"vms:\n"
	"  vm: {mode: container, disks: {sda: {device: sda, path: host}}, workloads: {io: {kind: "
	"fio,\n"
	"    rw: randread, bs: 4KiB, engine: libaio, iodepth: %d}}}\n"
	"run: {warmup: 1ms, duration: 20ms}\n";

static double metric_of(
	const char *read, const char *write, const char *block, int depth, const char *metric)
{
	char text[1024];

	snprintf(text, sizeof(text), scenario, read, write, block, depth);
	return value_of(text, metric);
}

START_TEST(the_drive_serves_what_the_layer_submits_in_either_layer)
{
	ck_assert_double_gt(metric_of("1us", "100ns", "{}", 16, "io.iops"), 5e3);
	ck_assert_double_gt(metric_of("1us", "100ns", "{layer: sq}", 16, "io.iops"), 5e3);
}
END_TEST

START_TEST(a_request_waits_for_three_reads_and_four_writes_of_registers)
{
	double cheap = metric_of("100ns", "100ns", "{}", 1, "io.latency.mean");
	double reads = metric_of("1100ns", "100ns", "{}", 1, "io.latency.mean");
	double writes = metric_of("100ns", "600ns", "{}", 1, "io.latency.mean");

	/* Two writes on the way down; the thread runs when the handler has done the others. */
	ck_assert_double_eq_tol(reads - cheap, 3e-6, 0.1e-6);
	ck_assert_double_eq_tol(writes - cheap, 2e-6, 0.1e-6);
}
END_TEST

START_TEST(no_more_than_32_commands_are_in_the_drive)
{
	/* Of 128 the others wait for tags. */
	ck_assert_double_ge(metric_of("1us", "100ns", "{}", 128, "host.sda.in-flight"), 31);
	ck_assert_double_le(metric_of("1us", "100ns", "{}", 128, "sda.held"), 32);
}
END_TEST

int main(void)
{
	return run_tests("ahci_driver",
		(const TTest *const[]){ the_drive_serves_what_the_layer_submits_in_either_layer,
			a_request_waits_for_three_reads_and_four_writes_of_registers,
			no_more_than_32_commands_are_in_the_drive, NULL });
}
