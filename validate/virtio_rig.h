/*
 * virtio_rig.h - a virtio disk of qemu-storage-daemon under load, measured
 *
 * The driver runs on the first PU, as a thread of this process or as a guest's vCPU; the daemon's
 * threads on the PU given. A run does a number of requests and says how long that took, what the
 * sides told each other, and whether anything else ran on their PUs.
 */
#ifndef SV_VIRTIO_RIG_H
#define SV_VIRTIO_RIG_H

#include "storage_daemon.h"
#include "virtio_guest.h"

struct sv_virtio_rig_how {
	bool guest;
	unsigned depth;
	unsigned pu; /* the daemon's */
	bool events; /* the driver waits for notifications; a guest polls */
};

struct sv_virtio_run {
	uint64_t requests, kicks, interrupts;
	double seconds;
	double daemon; /* seconds of CPU time */
	bool disturbed;
};

struct sv_virtio_rig;

/* Why there can be none here; NULL: it may be tried. */
const char *sv_virtio_rig_lacks(bool guest);

/* NULL after reporting. */
struct sv_virtio_rig *sv_virtio_rig_new(const struct sv_virtio_rig_how *how, struct sv_diag *diag);
void sv_virtio_rig_free(struct sv_virtio_rig *rig);

struct sv_peer *sv_virtio_rig_daemon(struct sv_virtio_rig *rig);

/* Returns -1 after reporting, also when the daemon does not serve within seconds. */
int sv_virtio_rig_run(struct sv_virtio_rig *rig, uint64_t requests, struct sv_virtio_run *out,
	struct sv_diag *diag);

#endif
