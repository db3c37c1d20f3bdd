/*
 * kvm_child.h - measuring in a child process that has a limit of time
 *
 * The child calls `measure`, which puts a value behind each batch as long as
 * sv_kvm_child_goes_on():
 *
 *	while (sv_kvm_child_goes_on(child)) {
 *		sv_watch_begin(&child->watch);
 *		ns = ...;
 *		sv_kvm_child_put(child, ns);
 *	}
 */
#ifndef SV_KVM_CHILD_H
#define SV_KVM_CHILD_H

#include "probe.h"

#define SV_KVM_CHILD_VALUES 4096

struct sv_kvm_child {
	const struct sv_calibration *c;
	struct sv_watch watch;
	double seconds, end; /* no batch begins later */
	double limit;        /* the child is ended then */
	bool complete;
	bool shared; /* a kernel thread has a part in it, on this PU: only stolen time disturbs */
	const char *wrong; /* a constant: parent and child have it at the same address */
	size_t n;
	double value[SV_KVM_CHILD_VALUES];
	bool disturbed[SV_KVM_CHILD_VALUES];
};

bool sv_kvm_child_goes_on(struct sv_kvm_child *child);
void sv_kvm_child_put(struct sv_kvm_child *child, double ns);

/*
 * Runs measure() in a child for about `seconds` and adds its samples to the row. What measure()
 * says is wrong, or that it did not end, is why the row cannot be measured. Returns -1
 * after reporting that no child can be made.
 */
int sv_kvm_child_run(struct sv_calibration *c, const char *name, const char *method,
	const char *(*measure)(struct sv_kvm_child *child, const void *arg), const void *arg,
	double seconds);

/* From an irqfd to a halted vCPU's handler. */
int sv_kvm_irq_run(struct sv_calibration *c, double seconds);

#endif
