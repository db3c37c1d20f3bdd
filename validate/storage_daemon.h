/*
 * storage_daemon.h - qemu-storage-daemon as a virtio disk of another process
 *
 * It serves a vhost-user-blk device with one I/O thread on its peer's socket, and speaks split
 * virtqueues. In Debian it is in the package qemu-system-common.
 */
#ifndef SV_STORAGE_DAEMON_H
#define SV_STORAGE_DAEMON_H

#include "peer.h"
#include <stdint.h>

#define SV_STORAGE_DAEMON "qemu-storage-daemon"

/* Whether it is installed. */
bool sv_storage_daemon_is_there(void);

/*
 * A disk of so many bytes: a file in the peer's directory (peer->file), or, `null`, one that does
 * nothing. On PU `pu`, for at most so many seconds. Returns -1 after reporting.
 */
struct sv_storage_daemon {
	uint64_t bytes;
	bool null;
	unsigned queues, pu, seconds;
};
int sv_storage_daemon_start(
	struct sv_peer *p, const struct sv_storage_daemon *how, struct sv_diag *diag);

#endif
