/*
 * vm_time.h - what the time of the host's CPUs went to, and how long VMs wait for it
 */
#ifndef SV_VM_TIME_H
#define SV_VM_TIME_H

#include "vm/account.h"
#include "vm/guest.h"
#include "world/result.h"
#include "world/system.h"

/* The window starts anew. */
void sv_vm_time_reset(struct sv_system *s, struct sv_guest *guest);

/* What a VM had of it. guest: NULL for a container. Returns -1 after reporting that the account
 * does not add up. */
int sv_vm_time(struct sv_account *out, struct sv_system *s, struct sv_guest *guest,
	const char *name, struct sv_diag *diag);

/* All VMs together, and what is left. Zeroed at first. */
struct sv_host_time {
	struct sv_account vms, own;               /* own: threads of the host that are no VM's */
	sv_time switching, idle, handlers, total; /* handlers: of interrupts, of the host */
};

void sv_host_time_add(struct sv_host_time *host, const struct sv_account *vm);
/* Returns -1 after reporting that the accounts and what the CPUs did besides do not add up to the
 * window. */
int sv_host_time_finish(
	struct sv_host_time *t, struct sv_domain *host, sv_time window, struct sv_diag *diag);

void sv_vm_time_put(const struct sv_account *a, const struct sv_host_time *host, const char *name,
	struct sv_metrics *out);
void sv_vm_wake_ups_put(const struct sv_system *s, const struct sv_guest *guest, const char *name,
	struct sv_metrics *out);
/* ran: the CPU time of each copy. */
void sv_vm_fairness_put(const double *ran, size_t copies, const char *name, struct sv_metrics *out);
void sv_host_time_put(
	const struct sv_host_time *host, const double *ran, size_t vms, struct sv_metrics *out);

#endif
