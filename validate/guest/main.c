/*
 * main.c - what runs inside the guest: the driver of a virtio disk
 *
 * No library and no system. The ring and the load are the sources that run natively, compiled for
 * this place. It kicks by writing to a port, which the kernel turns into an eventfd, and polls.
 */
#define SV_SUBSTRATE_native 1
#include "blk_load.h"
#include "virtio_guest.h"
#include <stddef.h>

extern const struct sv_queue sv_queue_vring_split_native;

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
_Noreturn void sv_guest_main(void);

/* The compiler calls these two by itself. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	void *start = to;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
	return start;
}

void *memset(void *to, int value, size_t bytes)
{
	void *start = to;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(value) : "memory");
	return start;
}

static void out(uint16_t port)
{
	__asm__ volatile("outb %%al, %0" : : "d"(port), "a"(0) : "memory");
}

static void kick(void *arg)
{
	(void)arg;
	out(SV_VIRTIO_GUEST_KICK);
}

/* The first instruction is at the image's start; the stack grows down from there. */
__asm__(".section .start, \"ax\"\n"
	".globl _start\n"
	"_start:\n"
	"	lea _start(%rip), %rsp\n"
	"	call sv_guest_main\n"
	".text\n");

void sv_guest_main(void)
{
	const struct sv_virtio_orders *o = (const void *)SV_VIRTIO_GUEST_ORDERS;
	const struct sv_blk_bell bell = { kick, NULL, NULL };
	const struct sv_blk_driver d = { &sv_queue_vring_split_native, (void *)o->driver,
		(void *)o->load, (void *)o->data };
	struct sv_ring ring = { .size = o->size };

	for (unsigned i = 0; i < SV_QUEUE_PARTS; i++)
		ring.part[i] = (void *)o->part[i];
	d.kind->driver_init(d.driver, &ring, o->cfg);
	for (;;) {
		sv_blk_run(&d, &bell);
		out(SV_VIRTIO_GUEST_DONE);
	}
}
