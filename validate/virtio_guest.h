/*
 * virtio_guest.h - a KVM guest with a virtio disk that another process serves
 *
 *	guest/main.c, our ring	--OUT-->  KVM's ioeventfd  -->  back end (qemu-storage-daemon)
 *	   polls the ring  <------------- the guest's memory ----------'
 *
 * A whole virtio path with real exits, without a system in the guest: its code runs at privilege
 * level 3 (guest.h). What it works on lies in its memory, which the back end maps too.
 */
#ifndef SV_VIRTIO_GUEST_H
#define SV_VIRTIO_GUEST_H

#include <stdint.h>

/* Where things lie in the guest. */
#define SV_VIRTIO_GUEST_IMAGE  0x100000 /* as image.ld has it */
#define SV_VIRTIO_GUEST_ORDERS 0x200000
#define SV_VIRTIO_GUEST_QUEUE  0x201000

/* Its ports. */
#define SV_VIRTIO_GUEST_KICK 0x500
#define SV_VIRTIO_GUEST_DONE 0x3f8

/* What the host tells the guest's code; addresses are the guest's. */
struct sv_virtio_orders {
	uint64_t part[5], driver, load, data;
	uint64_t size;
	uint8_t cfg[64]; /* of the queue */
};

#if __STDC_HOSTED__
#include "guest.h"
#include "vublk.h"

struct sv_virtio_guest {
	struct sv_kvm_guest kvm;
	struct sv_vublk disk;
};

/* Why there can be no such guest here; NULL: nothing is known that speaks against it. */
const char *sv_virtio_guest_lacks(void);

/* The queue is a split virtqueue, `how->cfg` its own. Returns -1 after reporting; to be closed in
 * any case. */
int sv_virtio_guest_open(struct sv_virtio_guest *g, const char *socket,
	const struct sv_vublk_how *how, struct sv_diag *diag);

/* The load in the guest's memory, to be set before it runs, and read while it does. */
struct sv_blk_load *sv_virtio_guest_load(const struct sv_virtio_guest *g);

/* Runs the guest on this thread until its load is done or abandoned. Returns -1 after
 * reporting that the guest left for another reason. */
int sv_virtio_guest_run(struct sv_virtio_guest *g, struct sv_diag *diag);

void sv_virtio_guest_close(struct sv_virtio_guest *g);
#endif

#endif
