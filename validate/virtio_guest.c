/*
 * virtio_guest.c - a KVM guest with a virtio disk that another process serves
 */
#include "virtio_guest.h"
#include "bug.h"
#include "queues.h"
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct sv_blk_load *sv_virtio_guest_load(const struct sv_virtio_guest *g)
{
	return g->disk.queue[0].driver.load;
}

void sv_virtio_guest_close(struct sv_virtio_guest *g)
{
	sv_vublk_close(&g->disk);
	sv_kvm_guest_fini(&g->kvm);
}

#ifdef SV_GUEST_IMAGE

extern const uint8_t sv_virtio_guest_image[], sv_virtio_guest_image_end[];

const char *sv_virtio_guest_lacks(void)
{
	return access("/dev/kvm", R_OK | W_OK) == 0 ? NULL : "/dev/kvm cannot be opened";
}

static void put_orders(struct sv_virtio_guest *g)
{
	const struct sv_vublk *d = &g->disk;
	const struct sv_blk_place *p = &d->place;
	struct sv_virtio_orders o = { .driver = SV_VIRTIO_GUEST_QUEUE + p->driver,
		.load = SV_VIRTIO_GUEST_QUEUE + p->load,
		.data = SV_VIRTIO_GUEST_QUEUE + p->data,
		.size = d->how.size };

	_Static_assert(sizeof(o.part) / sizeof(o.part[0]) == SV_QUEUE_PARTS, "all of them");
	SV_BUG_ON(d->how.kind->options->size > sizeof(o.cfg));
	memcpy(o.cfg, d->how.cfg, d->how.kind->options->size);
	for (unsigned i = 0; i < SV_QUEUE_PARTS; i++)
		o.part[i] = SV_VIRTIO_GUEST_QUEUE + p->ring + p->queue.part[i].offset;
	memcpy(g->kvm.memory + SV_VIRTIO_GUEST_ORDERS, &o, sizeof(o));
}

static void put_code(struct sv_virtio_guest *g)
{
	static const uint8_t start[] = { 0xb8, 0, 0, SV_VIRTIO_GUEST_IMAGE >> 16, 0, 0xff,
		0xe0 }; /* mov eax, IMAGE; jmp rax */
	size_t bytes = (size_t)(sv_virtio_guest_image_end - sv_virtio_guest_image);

	SV_BUG_ON(SV_VIRTIO_GUEST_IMAGE + bytes > SV_VIRTIO_GUEST_ORDERS);
	sv_kvm_guest_put(&g->kvm, start, sizeof(start));
	memcpy(g->kvm.memory + SV_VIRTIO_GUEST_IMAGE, sv_virtio_guest_image, bytes);
}

int sv_virtio_guest_open(struct sv_virtio_guest *g, const char *socket,
	const struct sv_vublk_how *how, struct sv_diag *diag)
{
	struct kvm_ioeventfd io = {
		.addr = SV_VIRTIO_GUEST_KICK, .len = 1, .flags = KVM_IOEVENTFD_FLAG_PIO
	};
	struct sv_vublk_how in_guest = *how;
	const char *wrong = sv_kvm_guest_init(&g->kvm, SV_GUEST_USER, 0);

	SV_BUG_ON(how->queues != 1 || strcmp(how->kind->name, "vring-split") != 0);
	sv_vublk_init(&g->disk);
	if (wrong)
		return sv_error(diag, NULL, "no guest can be made: %s", wrong);
	in_guest.guest = g->kvm.memory;
	in_guest.fd = g->kvm.fd;
	in_guest.guest_bytes = SV_GUEST_BYTES;
	in_guest.offset = SV_VIRTIO_GUEST_QUEUE;
	if (sv_vublk_open(&g->disk, socket, &in_guest, diag) < 0)
		return -1;
	io.fd = g->disk.queue[0].kick;
	if (ioctl(g->kvm.vm, KVM_IOEVENTFD, &io) < 0)
		return sv_error(diag, NULL, "KVM has no ioeventfd: %s", strerror(errno));
	put_orders(g);
	put_code(g);
	return 0;
}

int sv_virtio_guest_run(struct sv_virtio_guest *g, struct sv_diag *diag)
{
	struct sv_blk_load *l = sv_virtio_guest_load(g);
	int reason;

	sv_vublk_notified(&g->disk, 0);
	/* A signal makes it leave, too. */
	while ((reason = sv_kvm_guest_run(&g->kvm)) < 0 && errno == EINTR)
		;
	if (reason != KVM_EXIT_IO || g->kvm.run->io.port != SV_VIRTIO_GUEST_DONE)
		return sv_error(
			diag, NULL, "the guest left for reason %d of KVM, in its code", reason);
	l->interrupts += sv_vublk_notified(&g->disk, 0);
	return 0;
}

#else

const char *sv_virtio_guest_lacks(void)
{
	return "the guest's code is for x86-64";
}

int sv_virtio_guest_open(struct sv_virtio_guest *g, const char *socket,
	const struct sv_vublk_how *how, struct sv_diag *diag)
{
	(void)socket, (void)how;
	g->kvm = (struct sv_kvm_guest){ .kvm = -1, .vm = -1, .vcpu = -1, .fd = -1 };
	sv_vublk_init(&g->disk);
	return sv_error(diag, NULL, "no guest can be made: %s", sv_virtio_guest_lacks());
}

int sv_virtio_guest_run(struct sv_virtio_guest *g, struct sv_diag *diag)
{
	(void)g;
	return sv_error(diag, NULL, "%s", sv_virtio_guest_lacks());
}

#endif
