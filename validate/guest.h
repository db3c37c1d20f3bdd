/*
 * guest.h - a virtual machine of a few instructions, by the kernel's KVM interface
 *
 * One vCPU, 4 MiB of memory, code at SV_GUEST_CODE. In long mode at privilege level 3 every kind
 * of KVM runs code natively, software ones too; at level 0 and in real mode a software KVM
 * emulates it. Identity page tables; all I/O ports are granted by the bitmap of the task state
 * segment. Physical addresses from 3 GiB on are no memory: touching them is MMIO.
 *
 * Functions return NULL, or say what is wrong as a constant string.
 */
#ifndef SV_KVM_GUEST_H
#define SV_KVM_GUEST_H

#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>

#define SV_GUEST_BYTES (4 << 20)
#define SV_GUEST_CODE  0x1000
#define SV_GUEST_DATA  0x9000   /* a page for the code's own use */
#define SV_GUEST_FRESH 0x200000 /* from here on nothing has been touched */
#define SV_GUEST_MMIO  0xd0000000

enum sv_kvm_guest_mode { SV_GUEST_USER, SV_GUEST_KERNEL, SV_GUEST_REAL };

struct sv_kvm_guest {
	int kvm, vm, vcpu; /* -1: not open */
	int fd;            /* the memory's file, for others to map */
	struct kvm_run *run;
	size_t run_bytes;
	uint8_t *memory;
};

/* `irqchip`: with interrupt controllers in the kernel. To be ended by sv_kvm_guest_fini() in any
 * case.
 */
const char *sv_kvm_guest_init(struct sv_kvm_guest *g, enum sv_kvm_guest_mode mode, int irqchip);
void sv_kvm_guest_fini(struct sv_kvm_guest *g);

/* Puts code where the vCPU begins. */
void sv_kvm_guest_put(struct sv_kvm_guest *g, const uint8_t *code, size_t bytes);

/*
 * Puts a loop without end: it reads a count from SV_GUEST_DATA, runs `body` so often with rcx as
 * its counter, and writes to port SV_GUEST_PORT, which leaves to user space. In the body rdx is
 * 0x500, rbx SV_GUEST_MMIO and rsi SV_GUEST_FRESH at first.
 */
#define SV_GUEST_PORT 0x3f8
void sv_kvm_guest_put_loop(struct sv_kvm_guest *g, const uint8_t *body, size_t bytes);

/* Runs it until it leaves to user space: the reason, or -1. */
int sv_kvm_guest_run(struct sv_kvm_guest *g);

#endif
