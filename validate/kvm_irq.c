/*
 * kvm_irq.c - from an irqfd to the handler of a vCPU that has halted
 *
 * The guest runs in real mode with the old interrupt controllers, the shortest way to an
 * interrupt there is; its handler counts in memory. A software KVM emulates these few
 * instructions, which adds some microseconds: the method says so.
 */
#include "kvm_child.h"

#if defined(__x86_64__)
#include "guest.h"
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LINE      4 /* the interrupt's, at vector 0x24 */
#define HANDLER   0x2000
#define REST_NS   500e3 /* longer than KVM polls for a halted vCPU */
#define MOST_LOST 2     /* a machine may stand still for longer than the patience lasts */
#define PATIENCE  500e6 /* for one interrupt */

/* Sets both controllers up with vectors from 0x20, admits one line; sets a word at 0x9010; waits.
 */
static const uint8_t code[] = { 0xfa, 0xb0, 0x11, 0xe6, 0x20, 0xb0, 0x20, 0xe6, 0x21, 0xb0, 0x04,
	0xe6, 0x21, 0xb0, 0x01, 0xe6, 0x21, 0xb0, 0xef, 0xe6, 0x21, 0xc7, 0x06, 0x10, 0x90, 0x01,
	0x00, 0xfb, 0xf4, 0xeb, 0xfd };
/* inc dword [0x9000]; the end of the interrupt; iret */
static const uint8_t handler[] = { 0x66, 0xff, 0x06, 0x00, 0x90, 0xb0, 0x20, 0xe6, 0x20, 0xcf };

struct vcpu {
	struct sv_kvm_guest guest;
	unsigned pu;
	atomic_bool stop;
	pthread_t thread;
};

static void no_action(int number)
{
	(void)number;
}

static void *run_vcpu(void *arg)
{
	struct vcpu *v = arg;
	int cpu = sv_pinned_os_index(v->pu);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned)cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	/* Port writes of the set-up are KVM's own; anything else ends it, or a signal. */
	while (!atomic_load(&v->stop))
		sv_kvm_guest_run(&v->guest);
	return NULL;
}

static uint32_t word(const struct vcpu *v, size_t at)
{
	return atomic_load((const _Atomic uint32_t *)(const void *)(v->guest.memory + at));
}

/* Spins until the word differs; false when it takes too long. */
static bool await_change(const struct vcpu *v, size_t at, uint32_t before)
{
	double start = sv_sample_clock();

	while (word(v, at) == before)
		if (sv_sample_clock() - start > PATIENCE)
			return false;
	return true;
}

static void rest(void)
{
	double start = sv_sample_clock();

	while (sv_sample_clock() - start < REST_NS)
		;
}

static const char *deliver(struct sv_kvm_child *child, struct vcpu *v, int event)
{
	const uint64_t one = 1;
	int lost = 0;

	if (!await_change(v, SV_GUEST_DATA + 16, 0))
		return "the guest does not get ready for interrupts";
	while (sv_kvm_child_goes_on(child)) {
		uint32_t before = word(v, SV_GUEST_DATA);
		double start;

		rest();
		sv_watch_begin(&child->watch);
		start = sv_sample_clock();
		if (write(event, &one, sizeof(one)) != sizeof(one))
			return "an irqfd cannot be written";
		if (await_change(v, SV_GUEST_DATA, before))
			sv_kvm_child_put(child, sv_sample_clock() - start);
		else if (++lost > MOST_LOST)
			return "interrupts were lost";
	}
	return NULL;
}

static const char *prepare(struct vcpu *v, int *event)
{
	struct kvm_irqfd irq = { .gsi = LINE };
	const char *wrong = sv_kvm_guest_init(&v->guest, SV_GUEST_REAL, 1);

	*event = eventfd(0, EFD_CLOEXEC);
	if (wrong)
		return wrong;
	sv_kvm_guest_put(&v->guest, code, sizeof(code));
	memcpy(v->guest.memory + HANDLER, handler, sizeof(handler));
	/* The vector: offset, segment. */
	memcpy(v->guest.memory + 0x24 * 4, &(uint32_t){ HANDLER }, 4);
	irq.fd = (uint32_t)*event;
	return *event >= 0 && ioctl(v->guest.vm, KVM_IRQFD, &irq) == 0 ? NULL : "KVM has no irqfd";
}

/* In the child. */
static const char *measure(struct sv_kvm_child *child, const void *arg)
{
	struct vcpu v = { .pu = child->c->pus - 1 };
	struct sigaction action = { .sa_handler = no_action };
	int event;
	const char *wrong = prepare(&v, &event);

	(void)arg;
	/* The kernel may deliver by a worker of its own, which then preempts this thread. */
	child->shared = true;
	sigaction(SIGUSR1, &action, NULL);
	if (!wrong && pthread_create(&v.thread, NULL, run_vcpu, &v) == 0) {
		wrong = deliver(child, &v, event);
		atomic_store(&v.stop, true);
		v.guest.run->immediate_exit = 1;
		pthread_kill(v.thread, SIGUSR1);
		pthread_join(v.thread, NULL);
	}
	if (event >= 0)
		close(event);
	sv_kvm_guest_fini(&v.guest);
	return wrong;
}

int sv_kvm_irq_run(struct sv_calibration *c, double seconds)
{
	if (c->pus < 2 || sv_probe_reason(c, "kvm.irqfd-wake"))
		return 0;
	return sv_kvm_child_run(c, "kvm.irqfd-wake",
		"From writing an irqfd to the count of the handler of a vCPU on another PU that "
		"halted "
		"500 us before; the guest in real mode, which a software KVM emulates",
		measure, NULL, seconds);
}

#endif
