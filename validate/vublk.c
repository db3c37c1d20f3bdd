/*
 * vublk.c - a virtio disk that another process serves, by vhost-user
 *
 * In this process' own memory the addresses in rings are its pointers, in a guest's they are the
 * guest's: the back end is told which.
 */
#include "vublk.h"
#include "bug.h"
#include "config.h"
#include "queues.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATIENCE 10 /* seconds for an answer of the back end */

/* A queue's features are options of it; one that it does not have is off. */
static int64_t option(const struct sv_vublk_how *how, const char *name)
{
	const struct sv_option *row = sv_table_find(how->kind->options, NULL, name);
	const char *at = (const char *)how->cfg + (row ? row->offset : 0);
	int64_t number;

	if (!row)
		return 0;
	if (row->type == SV_BOOL)
		return *(const bool *)at;
	memcpy(&number, at, sizeof(number));
	return number;
}

static int agree(struct sv_vublk *d, struct sv_diag *diag)
{
	uint64_t needed = SV_VIRTIO_VERSION_1;

	if (!strcmp(d->how.kind->name, "vring-packed"))
		needed |= SV_VIRTIO_PACKED;
	if (option(&d->how, "event-idx"))
		needed |= SV_VIRTIO_EVENT_IDX;
	if (option(&d->how, "indirect"))
		needed |= SV_VIRTIO_INDIRECT;
	if (option(&d->how, "in-order"))
		needed |= SV_VIRTIO_IN_ORDER;
	return sv_vhost_user_features(&d->v, needed, 0, diag);
}

static int make_memory(struct sv_vublk *d, struct sv_diag *diag)
{
	size_t needed = d->how.queues * d->place.bytes;

	if (d->how.guest) {
		if (d->how.offset + needed > d->how.guest_bytes)
			return sv_error(diag, NULL, "the guest has no room for its queues");
		d->memory = d->how.guest;
		d->memory_bytes = d->how.guest_bytes;
		d->fd = d->how.fd;
		return 0;
	}
	d->memory_bytes = needed;
	d->fd = memfd_create("queues", MFD_CLOEXEC);
	if (d->fd < 0 || ftruncate(d->fd, (off_t)needed) < 0)
		return sv_error(diag, NULL, "no shared memory for queues: %s", strerror(errno));
	d->memory = mmap(NULL, needed, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, d->fd, 0);
	if (d->memory != MAP_FAILED)
		return 0;
	d->memory = NULL;
	return sv_error(diag, NULL, "no shared memory for queues: %s", strerror(errno));
}

static int make_queue(struct sv_vublk *d, unsigned i, struct sv_diag *diag)
{
	struct sv_vublk_queue *q = &d->queue[i];
	const struct sv_blk_place *p = &d->place;
	struct sv_vhost_user_queue told;
	struct sv_ring ring;

	q->at = d->how.offset + i * p->bytes;
	memset(d->memory + q->at, 0, p->bytes);
	q->driver = (struct sv_blk_driver){ d->how.kind, d->memory + q->at + p->driver,
		(void *)(d->memory + q->at + p->load), d->memory + q->at + p->data };
	q->driver.load->depth = d->how.depth;
	q->driver.load->bytes = d->how.bytes;
	q->driver.load->sectors = d->sectors;
	ring = sv_queue_ring(&p->queue, d->memory + q->at + p->ring, d->how.size);
	if (!d->how.guest)
		d->how.kind->driver_init(q->driver.driver, &ring, d->how.cfg);
	q->kick = eventfd(0, EFD_CLOEXEC);
	q->call = eventfd(0, EFD_CLOEXEC);
	if (q->kick < 0 || q->call < 0)
		return sv_error(diag, NULL, "no eventfd for a queue: %s", strerror(errno));
	told = (struct sv_vhost_user_queue){ d->how.size, 0, ring.part[0], ring.part[1],
		ring.part[2], q->kick, q->call };
	return sv_vhost_user_queue(&d->v, i, &told, diag);
}

static int read_capacity(struct sv_vublk *d, struct sv_diag *diag)
{
	/* Of a virtio disk's configuration the first field, in sectors. */
	if (sv_vhost_user_config(&d->v, &d->sectors, sizeof(d->sectors), diag) < 0)
		return -1;
	if (d->sectors < d->how.bytes / SV_BLK_SECTOR)
		return sv_error(diag, NULL, "the disk is smaller than a request");
	return 0;
}

void sv_vublk_init(struct sv_vublk *d)
{
	*d = (struct sv_vublk){ .fd = -1, .v = { .socket = -1 } };
	for (unsigned i = 0; i < SV_VUBLK_QUEUES; i++)
		d->queue[i].kick = d->queue[i].call = -1;
}

int sv_vublk_open(struct sv_vublk *d, const char *socket, const struct sv_vublk_how *how,
	struct sv_diag *diag)
{
	SV_BUG_ON(how->queues > SV_VUBLK_QUEUES || how->depth > SV_BLK_MOST_DEPTH ||
		  how->bytes % SV_BLK_SECTOR);
	sv_vublk_init(d);
	d->how = *how;
	sv_blk_lay(&d->place, how->kind, how->size, how->cfg, (size_t)how->depth * how->bytes);
	if (sv_vhost_user_connect(&d->v, socket, PATIENCE, diag) < 0 || agree(d, diag) < 0 ||
		read_capacity(d, diag) < 0 || make_memory(d, diag) < 0)
		return -1;
	if (sv_vhost_user_memory(&d->v, d->memory, how->guest ? 0 : (uintptr_t)d->memory,
		    d->memory_bytes, d->fd, diag) < 0)
		return -1;
	for (unsigned i = 0; i < how->queues; i++)
		if (make_queue(d, i, diag) < 0)
			return -1;
	return 0;
}

static void kick(void *arg)
{
	const struct sv_vublk_queue *q = arg;
	const uint64_t one = 1;

	SV_BUG_ON(write(q->kick, &one, sizeof(one)) != sizeof(one));
}

static uint64_t sleep_until_notified(void *arg)
{
	const struct sv_vublk_queue *q = arg;
	uint64_t times = 0;

	while (read(q->call, &times, sizeof(times)) < 0 && errno == EINTR)
		;
	return times;
}

uint64_t sv_vublk_notified(const struct sv_vublk *d, unsigned queue)
{
	struct pollfd p = { .fd = d->queue[queue].call, .events = POLLIN };
	uint64_t times = 0;

	if (poll(&p, 1, 0) == 1 && read(p.fd, &times, sizeof(times)) != sizeof(times))
		return 0;
	return times;
}

void sv_vublk_run(struct sv_vublk *d, unsigned queue)
{
	struct sv_vublk_queue *q = &d->queue[queue];
	const struct sv_blk_bell bell = { kick, sleep_until_notified, q };

	/* A back end notifies once when it gets the eventfd. */
	sv_vublk_notified(d, queue);
	sv_blk_run(&q->driver, &bell);
	q->driver.load->interrupts += sv_vublk_notified(d, queue);
}

void sv_vublk_abandon(struct sv_vublk *d, unsigned queue)
{
	const uint64_t one = 1;
	ssize_t written;

	__atomic_store_n(&d->queue[queue].driver.load->abandoned, 1, __ATOMIC_RELAXED);
	/* Who sleeps is woken; that it cannot be is no worse. */
	written = write(d->queue[queue].call, &one, sizeof(one));
	(void)written;
}

void sv_vublk_close(struct sv_vublk *d)
{
	sv_vhost_user_close(&d->v);
	for (unsigned i = 0; i < SV_VUBLK_QUEUES; i++) {
		if (d->queue[i].kick >= 0)
			close(d->queue[i].kick);
		if (d->queue[i].call >= 0)
			close(d->queue[i].call);
	}
	if (d->how.guest)
		return;
	if (d->memory)
		munmap(d->memory, d->memory_bytes);
	if (d->fd >= 0)
		close(d->fd);
}
