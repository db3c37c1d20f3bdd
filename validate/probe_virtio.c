/*
 * probe_virtio.c - what QEMU's own code takes for a request, and for a turn of its event loop
 *
 * qemu-storage-daemon serves a disk that does nothing, on the driver's PU. There it gets the PU
 * when the driver has kicked it, serves all that was submitted, and sleeps again: the CPU time of
 * a turn is a fixed part, and one that grows with the requests. Two depths tell them apart. CPU
 * time is not disturbed by others who run meanwhile, so no batch is discarded for them.
 */
#include "probe.h"
#include "virtio_rig.h"
#include <math.h>

#define FEW      16
#define MANY     80
#define REQUESTS 3200 /* in a batch, of each depth */

static const char request_row[] = "qemu.request", turn_row[] = "qemu.turn";

static void give_up(struct sv_calibration *c, const char *why)
{
	sv_probe_cannot(c, request_row, "%s", why);
	sv_probe_cannot(c, turn_row, "%s", why);
}

/* Nanoseconds of the daemon's CPU time for a turn; NAN when turns were not as they should. */
static double turn_ns(struct sv_virtio_rig *rig, unsigned depth, bool *failed, struct sv_diag *diag)
{
	const uint64_t turns = REQUESTS / depth;
	struct sv_virtio_run run;

	*failed = sv_virtio_rig_run(rig, REQUESTS, &run, diag) < 0;
	if (*failed || run.kicks < turns || run.kicks > turns + turns / 8)
		return NAN;
	return 1e9 * run.daemon / (double)run.kicks;
}

/* The part of a turn that has rows of its own, as they were measured before. */
static double known_ns(const struct sv_calibration *c)
{
	return 2 * sv_probe_median(c, "syscall") + sv_probe_median(c, "ppoll") +
	       sv_probe_median(c, "eventfd") + sv_probe_median(c, "context-switch");
}

static void measure(struct sv_calibration *c, struct sv_virtio_rig *few, struct sv_virtio_rig *many,
	double seconds, struct sv_diag *diag)
{
	struct sv_samples *requests = sv_probe_row(c, request_row,
		"CPU time of qemu-storage-daemon for each further request of a turn, the ring in "
		"its "
		"own "
		"cache; slope between 16 and 80");
	struct sv_samples *turns = sv_probe_row(c, turn_row,
		"CPU time of its turn without requests, less two system calls, ppoll, eventfd and "
		"context-switch");
	double end = sv_sample_clock() + 1e9 * seconds, known = known_ns(c);
	bool failed = false;

	while (!failed && !sv_probe_is_over(c) && sv_sample_clock() < end) {
		double a = turn_ns(few, FEW, &failed, diag);
		double b = failed ? NAN : turn_ns(many, MANY, &failed, diag);
		double each = (b - a) / (MANY - FEW);

		if (failed)
			break;
		sv_samples_put(requests, each, isnan(each));
		if (!isnan(known))
			sv_samples_put(turns, fmax(0, a - FEW * each - known), isnan(each));
	}
	if (failed)
		give_up(c, "qemu-storage-daemon did not serve its disk");
}

static int run(struct sv_calibration *c, double seconds)
{
	const char *lacks = sv_virtio_rig_lacks(false);
	struct sv_diag *diag;
	struct sv_virtio_rig *few, *many;

	/* Starting the daemon takes longer than a short round. */
	if (c->round > 0 || sv_probe_reason(c, request_row))
		return 0;
	if (!lacks && c->pus == 0)
		lacks = "threads cannot be bound to PUs";
	if (lacks) {
		give_up(c, lacks);
		return 0;
	}
	/* What goes wrong with the daemon is no reason to measure nothing else. */
	diag = sv_diag_new();
	few = sv_virtio_rig_new(&(struct sv_virtio_rig_how){ .depth = FEW }, diag);
	many = sv_virtio_rig_new(&(struct sv_virtio_rig_how){ .depth = MANY }, diag);
	if (few && many)
		measure(c, few, many, seconds, diag);
	else
		give_up(c, "qemu-storage-daemon cannot be started");
	if (few)
		sv_virtio_rig_free(few);
	if (many)
		sv_virtio_rig_free(many);
	sv_diag_free(diag);
	return 0;
}

const struct sv_probe sv_probe_virtio = { "virtio", "QEMU's part of an I/O", 1, run, NULL };
