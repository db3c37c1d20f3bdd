/*
 * guest.c - a virtual machine of a few instructions, by the kernel's KVM interface
 */
#include "guest.h"
#include "bug.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__x86_64__)

#define TASK_STATE  0x4000 /* its bitmap of ports: 8 KiB of zeros, and a last byte of ones */
#define TASK_BYTES  104
#define PORT_BYTES  8192
#define STACK       0xa000
#define TABLES      0x10000
#define DESCRIPTORS 0x500
#define MOST_CPUID  100

static void put64(struct sv_kvm_guest *g, size_t at, uint64_t value)
{
	memcpy(g->memory + at, &value, sizeof(value));
}

/* Large pages: the first GiB, and the fourth without caching. All may be used by all levels. */
static void make_tables(struct sv_kvm_guest *g)
{
	put64(g, TABLES, TABLES + 0x1007);
	put64(g, TABLES + 0x1000, TABLES + 0x2007);
	put64(g, TABLES + 0x1000 + 3 * 8, TABLES + 0x3007);
	for (uint64_t i = 0; i < 512; i++) {
		put64(g, TABLES + 0x2000 + i * 8, i << 21 | 0x87);
		put64(g, TABLES + 0x3000 + i * 8, ((uint64_t)3 << 30) + (i << 21) + 0x9f);
	}
	/* Code and data of level 0, data and code of level 3. */
	put64(g, DESCRIPTORS + 0x10, 0x00af9b000000ffff);
	put64(g, DESCRIPTORS + 0x18, 0x00cf93000000ffff);
	put64(g, DESCRIPTORS + 0x28, 0x00cff3000000ffff);
	put64(g, DESCRIPTORS + 0x30, 0x00affb000000ffff);
	memcpy(g->memory + TASK_STATE + 102, &(uint16_t){ TASK_BYTES }, 2);
	g->memory[TASK_STATE + TASK_BYTES + PORT_BYTES] = 0xff;
}

static void set_long(struct kvm_sregs *s, int level)
{
	struct kvm_segment code = { .limit = 0xffffffff,
		.selector = level ? 0x33 : 0x10,
		.type = 11,
		.present = 1,
		.dpl = (uint8_t)level,
		.s = 1,
		.l = 1,
		.g = 1 };
	struct kvm_segment data = { .limit = 0xffffffff,
		.selector = level ? 0x2b : 0x18,
		.type = 3,
		.present = 1,
		.dpl = (uint8_t)level,
		.db = 1,
		.s = 1,
		.g = 1 };

	s->cs = code;
	s->ds = s->es = s->fs = s->gs = s->ss = data;
	s->tr = (struct kvm_segment){ .base = TASK_STATE,
		.limit = TASK_BYTES + PORT_BYTES,
		.selector = 0x38,
		.type = 11,
		.present = 1 };
	s->gdt.base = DESCRIPTORS;
	s->gdt.limit = 0x47;
	s->cr3 = TABLES;
	s->cr4 = 0x620;      /* physical address extension, SSE */
	s->cr0 = 0x80050033; /* paging, protection */
	s->efer = 0xd01;     /* long mode, active; system calls; no-execute */
}

static void set_real(struct kvm_sregs *s)
{
	struct kvm_segment *const all[] = { &s->cs, &s->ds, &s->es, &s->fs, &s->gs, &s->ss };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		all[i]->base = 0;
		all[i]->selector = 0;
	}
}

static const char *set_registers(struct sv_kvm_guest *g, enum sv_kvm_guest_mode mode)
{
	struct kvm_regs r = { .rip = SV_GUEST_CODE,
		.rflags = 2,
		.rsp = STACK,
		.rdx = 0x500,
		.rbx = SV_GUEST_MMIO,
		.rsi = SV_GUEST_FRESH };
	struct kvm_sregs s;

	if (ioctl(g->vcpu, KVM_GET_SREGS, &s) < 0)
		return "KVM does not tell the vCPU's registers";
	if (mode == SV_GUEST_REAL)
		set_real(&s);
	else
		set_long(&s, mode == SV_GUEST_USER ? 3 : 0);
	if (ioctl(g->vcpu, KVM_SET_SREGS, &s) < 0 || ioctl(g->vcpu, KVM_SET_REGS, &r) < 0)
		return "KVM refuses the vCPU's registers";
	return NULL;
}

static const char *make_memory(struct sv_kvm_guest *g)
{
	struct kvm_userspace_memory_region region = { .memory_size = SV_GUEST_BYTES };

	g->fd = memfd_create("guest", MFD_CLOEXEC);
	if (g->fd < 0 || ftruncate(g->fd, SV_GUEST_BYTES) < 0)
		return "there is no memory for a guest";
	g->memory = mmap(NULL, SV_GUEST_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, g->fd, 0);
	if (g->memory == MAP_FAILED) {
		g->memory = NULL;
		return "there is no memory for a guest";
	}
	/* Small pages, all there: what the guest pays for a new page is KVM's part alone. */
	madvise(g->memory, SV_GUEST_BYTES, MADV_NOHUGEPAGE);
	memset(g->memory, 0, SV_GUEST_BYTES);
	region.userspace_addr = (uintptr_t)g->memory;
	if (ioctl(g->vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return "KVM refuses the guest's memory";
	return NULL;
}

static const char *make_vcpu(struct sv_kvm_guest *g)
{
	struct kvm_cpuid2 *cpuid;
	int bytes = ioctl(g->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	g->vcpu = ioctl(g->vm, KVM_CREATE_VCPU, 0);
	if (g->vcpu < 0 || bytes < 0)
		return "KVM makes no vCPU";
	g->run_bytes = (size_t)bytes;
	g->run = mmap(NULL, g->run_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, g->vcpu, 0);
	if (g->run == MAP_FAILED) {
		g->run = NULL;
		return "KVM does not share the vCPU's state";
	}
	cpuid = calloc(1, sizeof(*cpuid) + MOST_CPUID * sizeof(cpuid->entries[0]));
	SV_BUG_ON(!cpuid);
	cpuid->nent = MOST_CPUID;
	/* Without it the guest's processor has no long mode: setting the registers then fails. */
	if (ioctl(g->kvm, KVM_GET_SUPPORTED_CPUID, cpuid) == 0)
		ioctl(g->vcpu, KVM_SET_CPUID2, cpuid);
	free(cpuid);
	return NULL;
}

const char *sv_kvm_guest_init(struct sv_kvm_guest *g, enum sv_kvm_guest_mode mode, int irqchip)
{
	const char *wrong;

	*g = (struct sv_kvm_guest){ .kvm = -1, .vm = -1, .vcpu = -1, .fd = -1 };
	g->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (g->kvm < 0)
		return "/dev/kvm cannot be opened";
	g->vm = ioctl(g->kvm, KVM_CREATE_VM, 0);
	if (g->vm < 0)
		return "KVM makes no virtual machine";
	if (irqchip && ioctl(g->vm, KVM_CREATE_IRQCHIP, 0) < 0)
		return "KVM has no interrupt controllers";
	wrong = make_memory(g);
	if (!wrong)
		wrong = make_vcpu(g);
	if (wrong)
		return wrong;
	make_tables(g);
	return set_registers(g, mode);
}

void sv_kvm_guest_fini(struct sv_kvm_guest *g)
{
	if (g->run)
		munmap(g->run, g->run_bytes);
	if (g->vcpu >= 0)
		close(g->vcpu);
	if (g->vm >= 0)
		close(g->vm);
	if (g->kvm >= 0)
		close(g->kvm);
	if (g->memory)
		munmap(g->memory, SV_GUEST_BYTES);
	if (g->fd >= 0)
		close(g->fd);
}

void sv_kvm_guest_put(struct sv_kvm_guest *g, const uint8_t *code, size_t bytes)
{
	memcpy(g->memory + SV_GUEST_CODE, code, bytes);
}

static uint8_t *put_bytes(uint8_t *at, const uint8_t *code, size_t bytes)
{
	memcpy(at, code, bytes);
	return at + bytes;
}

/* The distance of a jump counts from its end. */
static uint8_t *put_jump(uint8_t *at, const uint8_t *code, size_t bytes, const uint8_t *target)
{
	at = put_bytes(at, code, bytes);
	int32_t distance = (int32_t)(target - (at + 4));
	return put_bytes(at, (const uint8_t *)&distance, 4);
}

void sv_kvm_guest_put_loop(struct sv_kvm_guest *g, const uint8_t *body, size_t bytes)
{
	static const uint8_t load_count[] = { 0x48, 0x8b, 0x0c, 0x25, SV_GUEST_DATA & 0xff,
		SV_GUEST_DATA >> 8, 0, 0 };                      /* mov rcx, [SV_GUEST_DATA] */
	static const uint8_t decrement[] = { 0x48, 0xff, 0xc9 }; /* dec rcx */
	static const uint8_t jump_not_zero[] = { 0x0f, 0x85 };
	static const uint8_t leave[] = { 0xba, SV_GUEST_PORT & 0xff, SV_GUEST_PORT >> 8, 0, 0, 0xee,
		0xba, 0x00, 0x05, 0, 0, 0x31, 0xc0 }; /* mov edx, PORT; out dx, al; mov edx, 0x500;
						       * xor eax, eax */
	static const uint8_t jump[] = { 0xe9 };
	uint8_t *start = g->memory + SV_GUEST_CODE, *at = start, *top;

	at = put_bytes(at, load_count, sizeof(load_count));
	top = at;
	at = put_bytes(at, body, bytes);
	at = put_bytes(at, decrement, sizeof(decrement));
	at = put_jump(at, jump_not_zero, sizeof(jump_not_zero), top);
	at = put_bytes(at, leave, sizeof(leave));
	put_jump(at, jump, sizeof(jump), start);
}

int sv_kvm_guest_run(struct sv_kvm_guest *g)
{
	return ioctl(g->vcpu, KVM_RUN, 0) < 0 ? -1 : (int)g->run->exit_reason;
}

#endif
