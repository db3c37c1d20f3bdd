/*
 * guest.h - a virtual machine: vCPUs that are tasks of the host, and a scheduler of its own
 */
#ifndef SV_GUEST_H
#define SV_GUEST_H

#include "vm/os.h"
#include "vm/outside.h"

struct sv_guest {
	struct sv_domain domain;
	struct sv_task *body;       /* of each vCPU: its task in the host's domain */
	struct sv_outside *outside; /* of each vCPU; NULL: no doorbell leads to code of the host */
};

struct sv_guest_config {
	const char *name;
	struct sv_domain *host;
	const struct sv_machine *machine; /* as the guest pays for it */
	const struct sv_sched *sched;
	const void *options;
	unsigned vcpus;
	uint32_t group;        /* the host's policy knows the VM by it */
	sv_time poll_limit;    /* of the host's halt polling; 0: off */
	sv_time pause_window;  /* of pause-loop exits; 0: none */
	sv_time guest_poll;    /* of its own, which takes the place of the host's; 0: none */
	bool posted;           /* interrupts */
	bool ticks, skew_tick; /* of its kernel */
	struct sv_lock_yield lock_yield;
	bool pinned; /* vCPU i runs on CPU i of the host only */
};

/* Returns -1 when no memory is left. */
int sv_guest_init(struct sv_guest *g, const struct sv_guest_config *config);
/* Its doorbells lead to code of threads of this team. Returns -1 when no memory is left. */
int sv_guest_serve(struct sv_guest *g, struct sv_memory *memory, struct sv_sim_team *host);
void sv_guest_fini(struct sv_guest *g);

#endif
