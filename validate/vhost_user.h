/*
 * vhost_user.h - the front end of the vhost-user protocol
 *
 * A front end owns the queues: it tells the back end, another process, where the memory is that
 * they lie in (an open file, mapped by both), where in it each ring lies, and by which eventfds
 * the two notify each other. From then on requests go through the rings alone.
 *
 *	sv_vhost_user_connect(&v, path, 5, diag)
 *	sv_vhost_user_features(&v, wanted, diag)
 *	sv_vhost_user_memory(&v, at, guest, bytes, fd, diag)
 *	sv_vhost_user_queue(&v, 0, &queue, diag), ...
 *	...
 *	sv_vhost_user_stop(&v, 0, diag), ...
 *	sv_vhost_user_close(&v)
 *
 * Functions that take a diag return -1 after reporting. None waits longer than the patience
 * given to connect(). Where the back end can acknowledge messages it is asked to.
 *
 * Reference: "Vhost-user Protocol", QEMU documentation, docs/interop/vhost-user.rst.
 */
#ifndef SV_VHOST_USER_H
#define SV_VHOST_USER_H

#include "diag.h"
#include <stdint.h>

/* Of virtio's features, by bit. */
#define SV_VIRTIO_INDIRECT  (UINT64_C(1) << 28)
#define SV_VIRTIO_EVENT_IDX (UINT64_C(1) << 29)
#define SV_VIRTIO_VERSION_1 (UINT64_C(1) << 32)
#define SV_VIRTIO_PACKED    (UINT64_C(1) << 34)
#define SV_VIRTIO_IN_ORDER  (UINT64_C(1) << 35)

struct sv_vhost_user {
	int socket;
	uint64_t offered, features; /* virtio's, of the back end and agreed upon */
	uint64_t protocol;          /* features of the protocol, agreed upon */
	unsigned queues;            /* that the back end has; 1 when it does not say */
};

/* The ring's parts as pointers of this process, into memory that was told of. */
struct sv_vhost_user_queue {
	unsigned size;
	unsigned base; /* index of the first request */
	const void *descriptors, *driver, *device;
	int kick, call; /* eventfds */
};

/* Waits until somebody listens at the path. */
int sv_vhost_user_connect(
	struct sv_vhost_user *v, const char *path, double seconds, struct sv_diag *diag);
/* Says what both are to use: all of `needed`, and of `wanted` what the back end offers. */
int sv_vhost_user_features(
	struct sv_vhost_user *v, uint64_t needed, uint64_t wanted, struct sv_diag *diag);
/* The first bytes of the device's configuration. */
int sv_vhost_user_config(struct sv_vhost_user *v, void *out, size_t bytes, struct sv_diag *diag);
/* Memory at `at`, which is `fd` from its start; in rings its address is `guest`. */
int sv_vhost_user_memory(struct sv_vhost_user *v, const void *at, uint64_t guest, size_t bytes,
	int fd, struct sv_diag *diag);
int sv_vhost_user_queue(struct sv_vhost_user *v, unsigned index,
	const struct sv_vhost_user_queue *queue, struct sv_diag *diag);
/* The back end has done with the queue when this returns. */
int sv_vhost_user_stop(struct sv_vhost_user *v, unsigned index, struct sv_diag *diag);
void sv_vhost_user_close(struct sv_vhost_user *v);

#endif
