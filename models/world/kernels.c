/*
 * kernels.c - defaults of hosts by Linux version
 *
 * KVM's halt polling: off until 4.2, 500 us, then 200 us since 4.12. Pause-loop exits have had
 * their growing window in all of these (since 3.18). Balancing of busy CPUs: twice as often
 * since 5.10. The scheduler: EEVDF since 6.6, with a shorter slice since 6.15.
 *
 * Reference     Linux, arch/x86/include/asm/kvm_host.h (KVM_HALT_POLL_NS_DEFAULT),
 *               kernel/sched/topology.c (sd_init), kernel/sched/fair.c; docs/schedulers.md.
 */
#include "world/kernels.h"
#include <stdio.h>
#include <string.h>

enum { KEYS = 2 };
static const char *const keys[KEYS] = { "scheduler", "halt-poll" };

const char *const sv_kernel_names[] = { "none", "4.0", "4.5", "4.14", "5.10", "6.6", "6.15", NULL };

/* By kernel, without "none". */
static const char *const presets[][KEYS] = {
	{ "{kind: cfs}", "0s" },
	{ "{kind: cfs}", "500us" },
	{ "{kind: cfs}", "200us" },
	{ "{kind: cfs, busy_factor: 16}", "200us" },
	{ "{kind: eevdf, busy_factor: 16}", "200us" },
	{ "{kind: eevdf, busy_factor: 16, base_slice: 2800us}", "200us" },
};

int sv_kernel_apply(struct sv_doc *doc, struct sv_diag *diag)
{
	const struct sv_node *kernel = sv_node_find(sv_doc_root(doc), "host.kernel");
	int which = 1, bad = 0;

	if (!kernel || kernel->kind != SV_NODE_SCALAR)
		return 0;
	while (sv_kernel_names[which] && strcmp(sv_kernel_names[which], kernel->text))
		which++;
	for (int i = 0; i < KEYS && sv_kernel_names[which]; i++) {
		char path[32];

		snprintf(path, sizeof(path), "host.%s", keys[i]);
		if (!sv_node_find(sv_doc_root(doc), path))
			bad |= sv_doc_set(doc, &sv_scenario_table, path, presets[which - 1][i],
				&kernel->place, diag);
	}
	return bad;
}
