/*
 * probe_kvm.c - what leaving a guest costs, with a guest of a few instructions
 *
 * Each measurement runs in a child process with a limit of time, because a hypervisor's answer
 * to unusual guests is not always an answer. The child measures in batches on the first PU and
 * hands its samples back in shared memory. Before all others it is checked that the
 * guest's instructions run natively: where each is emulated, the rest means nothing.
 */
#include "probe.h"

#if defined(__x86_64__)
#include "bug.h"
#include "guest.h"
#include "host.h"
#include "kvm_child.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define EXITS     16  /* to user space, in a batch */
#define TRIPS     100 /* of a loop whose exits stay in the kernel, in a batch */
#define STEPS     100000
#define PAGES     400
#define NATIVE_NS 1.0 /* an addition, and the loop around it, take less */

static const uint8_t add[] = { 0x48, 0x83, 0xc0, 0x01 };
static const uint8_t out[] = { 0xee };
static const uint8_t store_rbx[] = { 0x89, 0x03 };
static const uint8_t halt[] = { 0xf4 };
static const uint8_t vmcall[] = { 0xb8, 1, 0, 0, 0, 0x0f, 0x01, 0xc1 };
static const uint8_t vmmcall[] = { 0xb8, 1, 0, 0, 0, 0x0f, 0x01, 0xd9 };
/* mov r8, rcx; mov eax, 0x40000000; cpuid; mov rcx, r8; mov edx, 0x500 */
static const uint8_t cpuid[] = { 0x49, 0x89, 0xc8, 0xb8, 0, 0, 0, 0x40, 0x0f, 0xa2, 0x4c, 0x89,
	0xc1 };
/* mov [rsi], al; add rsi, 4096 */
static const uint8_t touch[] = { 0x88, 0x06, 0x48, 0x81, 0xc6, 0x00, 0x10, 0x00, 0x00 };

/* A guest's loop runs `n` times; nanoseconds, or NAN when it left for another reason than its end.
 */
static double time_loop(struct sv_kvm_guest *g, uint64_t n)
{
	double start;

	memcpy(g->memory + SV_GUEST_DATA, &n, sizeof(n));
	start = sv_sample_clock();
	if (sv_kvm_guest_run(g) != KVM_EXIT_IO || g->run->io.port != SV_GUEST_PORT)
		return NAN;
	return sv_sample_clock() - start;
}

/* For one time around the loop: the difference of many and one, without the exit at the end. */
static double loop_batch(struct sv_kvm_guest *g, uint64_t n)
{
	double one = time_loop(g, 1), many = time_loop(g, n);

	return (many - one) / (double)(n - 1);
}

static double steps_batch(struct sv_kvm_guest *g)
{
	return loop_batch(g, STEPS);
}

static double trips_batch(struct sv_kvm_guest *g)
{
	return loop_batch(g, TRIPS);
}

static double exits_batch(struct sv_kvm_guest *g, int reason)
{
	double start = sv_sample_clock();

	for (unsigned i = 0; i < EXITS; i++)
		if (sv_kvm_guest_run(g) != reason)
			return NAN;
	return (sv_sample_clock() - start) / EXITS;
}

static double port_batch(struct sv_kvm_guest *g)
{
	return exits_batch(g, KVM_EXIT_IO);
}

static double mmio_batch(struct sv_kvm_guest *g)
{
	return exits_batch(g, KVM_EXIT_MMIO);
}

static double halt_batch(struct sv_kvm_guest *g)
{
	return exits_batch(g, KVM_EXIT_HLT);
}

/* Enters no guest at all. */
static double nothing_batch(struct sv_kvm_guest *g)
{
	double start = sv_sample_clock();

	g->run->immediate_exit = 1;
	for (unsigned i = 0; i < EXITS; i++)
		if (sv_kvm_guest_run(g) != -1)
			return NAN;
	return (sv_sample_clock() - start) / EXITS;
}

static double touch_batch(struct sv_kvm_guest *g)
{
	return loop_batch(g, PAGES);
}

struct task {
	const char *name, *method;
	const uint8_t *code;
	size_t bytes;
	enum sv_kvm_guest_mode mode;
	double (*batch)(struct sv_kvm_guest *g);
	bool loop, event, fresh; /* fresh: each batch has a guest of its own */
};

static const char *prepare(struct sv_kvm_guest *g, const struct task *t, int *event)
{
	struct kvm_ioeventfd io = { .addr = 0x500, .len = 1, .flags = KVM_IOEVENTFD_FLAG_PIO };
	/* The code, and a jump back to it. */
	uint8_t endless[32];
	const char *wrong = sv_kvm_guest_init(g, t->mode, 0);

	*event = -1;
	if (wrong)
		return wrong;
	if (t->loop) {
		sv_kvm_guest_put_loop(g, t->code, t->bytes);
	} else {
		memcpy(endless, t->code, t->bytes);
		endless[t->bytes] = 0xeb;
		endless[t->bytes + 1] = (uint8_t)(0u - (t->bytes + 2));
		sv_kvm_guest_put(g, endless, t->bytes + 2);
	}
	if (!t->event)
		return NULL;
	*event = io.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (*event < 0 || ioctl(g->vm, KVM_IOEVENTFD, &io) < 0)
		return "KVM has no ioeventfd";
	return NULL;
}

/* In the child. */
static const char *measure(struct sv_kvm_child *child, const void *arg)
{
	const struct task *t = arg;
	struct sv_kvm_guest g;
	int event;
	const char *wrong = prepare(&g, t, &event);

	/* The first batch meets what is cold. */
	if (!wrong && isnan(t->batch(&g)))
		wrong = "the guest left for another reason than it should";
	while (!wrong && sv_kvm_child_goes_on(child)) {
		double ns;

		if (t->fresh) {
			sv_kvm_guest_fini(&g);
			wrong = prepare(&g, t, &event);
			if (wrong)
				break;
		}
		sv_watch_begin(&child->watch);
		ns = t->batch(&g);
		if (isnan(ns))
			wrong = "the guest left for another reason than it should";
		else
			sv_kvm_child_put(child, ns);
	}
	if (event >= 0)
		close(event);
	sv_kvm_guest_fini(&g);
	return wrong;
}

#define LOOP_IN_GUEST "mean of 99 times in a loop that a guest runs at privilege level 3"

static const struct task tasks[] = {
	{ "kvm.ioctl", "KVM_RUN with immediate_exit: the system call without the guest", out,
		sizeof(out), SV_GUEST_USER, nothing_batch, false, false, false },
	{ "vm.user-exit",
		"A guest at privilege level 3 writes to a port, KVM_RUN returns and is called "
		"again",
		out, sizeof(out), SV_GUEST_USER, port_batch, false, false, false },
	{ "kvm.exit.mmio", "The way of vm.user-exit, with a store where there is no memory",
		store_rbx, sizeof(store_rbx), SV_GUEST_USER, mmio_batch, false, false, false },
	{ "kvm.exit.halt", "The way of vm.user-exit, with hlt at privilege level 0", halt,
		sizeof(halt), SV_GUEST_KERNEL, halt_batch, false, false, false },
	{ "vm.ioeventfd", "A write to a port that the kernel hands to an eventfd, " LOOP_IN_GUEST,
		out, sizeof(out), SV_GUEST_USER, trips_batch, true, true, false },
	{ "vm.exit", "cpuid, which the kernel answers, " LOOP_IN_GUEST, cpuid, sizeof(cpuid),
		SV_GUEST_USER, trips_batch, true, false, false },
	{ "vm.ept",
		"The first store to each of 400 small pages that the host has in memory, in a loop "
		"that "
		"a guest runs at privilege level 3",
		touch, sizeof(touch), SV_GUEST_USER, touch_batch, true, false, true },
};
#define TASKS (sizeof(tasks) / sizeof(tasks[0]))

static int run_task(struct sv_calibration *c, const struct task *t, double seconds)
{
	if (sv_probe_reason(c, t->name))
		return 0;
	return sv_kvm_child_run(c, t->name, t->method, measure, t, seconds);
}

/* Intel's processors know vmcall, AMD's vmmcall, and so does a KVM that needs neither. */
static int run_hypercall(struct sv_calibration *c, double seconds)
{
	bool intel = sv_host_has_flag("vmx");
	const struct task t = { "vm.hypercall",
		"A hypercall that the kernel refuses at once, " LOOP_IN_GUEST,
		intel ? vmcall : vmmcall, intel ? sizeof(vmcall) : sizeof(vmmcall), SV_GUEST_USER,
		trips_batch, true, false, false };

	return run_task(c, &t, seconds);
}

static const char *kind(void)
{
	bool nested = sv_host_has_flag("hypervisor");

	if (access("/sys/module/kvm_pvm", F_OK) == 0)
		return "a software KVM (kvm_pvm), without the processor's help: its costs are not "
		       "those of "
		       "hardware";
	if (sv_host_has_flag("vmx"))
		return nested ? "kvm_intel in a virtual machine: exits go through its hypervisor"
			      : "kvm_intel";
	if (sv_host_has_flag("svm"))
		return nested ? "kvm_amd in a virtual machine: exits go through its hypervisor"
			      : "kvm_amd";
	return "of a kind unknown to this program";
}

static const char *const interrupts[] = { "vm.inject", "vm.posted", "vm.ipi", "vm.eoi" };
static const char *const rows[] = { "vm.exit", "vm.hypercall", "vm.ept", "vm.ioeventfd",
	"vm.user-exit" };

static void give_up(struct sv_calibration *c, const char *why)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		sv_probe_cannot(c, rows[i], "%s", why);
}

/* Returns 1 when a guest's instructions run as they are. */
static int check_native(struct sv_calibration *c, double seconds)
{
	static const struct task steps = { "kvm.step",
		"An addition and the loop around it in a guest at privilege level 3", add,
		sizeof(add), SV_GUEST_USER, steps_batch, true, false, false };
	double ns;

	if (run_task(c, &steps, seconds) < 0)
		return -1;
	ns = sv_probe_median(c, steps.name);
	if (ns < NATIVE_NS)
		return 1;
	if (sv_probe_reason(c, steps.name))
		give_up(c, sv_probe_reason(c, steps.name));
	else if (ns >= NATIVE_NS)
		give_up(c, "KVM emulates each instruction of the guest here");
	return 0;
}

static int run(struct sv_calibration *c, double seconds)
{
	double each = seconds / (TASKS + 3);
	int native;

	if (sv_probe_reason(c, rows[0]))
		return 0;
	if (access("/dev/kvm", R_OK | W_OK) < 0) {
		give_up(c, "there is no /dev/kvm that may be opened");
		return 0;
	}
	sv_probe_note(c, "KVM here is %s", kind());
	for (size_t i = 0; i < sizeof(interrupts) / sizeof(interrupts[0]); i++)
		sv_probe_cannot(c, interrupts[i],
			"it takes a guest that handles interrupts natively, and this one has no "
			"system");
	native = check_native(c, each);
	if (native <= 0)
		return native;
	for (size_t i = 0; i < TASKS; i++)
		if (run_task(c, &tasks[i], each) < 0)
			return -1;
	return run_hypercall(c, each) < 0 ? -1 : sv_kvm_irq_run(c, each);
}

#else

static int run(struct sv_calibration *c, double seconds)
{
	(void)seconds;
	give_up(c, "the guest is written for x86-64");
	return 0;
}

#endif

const struct sv_probe sv_probe_kvm = { "kvm", "leaving a guest", 2, run, NULL };
