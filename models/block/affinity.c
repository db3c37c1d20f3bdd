/*
 * affinity.c - requests are completed where they were submitted
 *
 * A driver's handler that runs on another CPU hands a request over to a list of the submitter's
 * CPU, and interrupts that one unless the list had something already. On a guest's CPU sending the
 * interrupt is an exit; between physical CPUs it costs the sender nothing but the list's line.
 *
 * Reference     Linux 6.6, block/blk-mq.c, blk_mq_complete_need_ipi() and
 *               blk_mq_complete_send_ipi(); Documentation/block/queue-sysfs.rst, rq_affinity.
 */
#include "block/disk_private.h"
#include "vm/irq.h"
#define SV_SUBSTRATE_simulated 1
#include "substrate.h"
#include <stdlib.h>

struct sv_remote {
	struct sv_disk *disk;
	struct sv_irq irq;
	struct sv_request_list list;
	sv_u64 *head; /* the list's, in simulated memory */
};

static void complete(struct sv_sim_thread *self, void *arg)
{
	struct sv_remote *there = arg;
	struct sv_request_list list = { .n = 0 };
	struct sv_request *r;

	sv_xchg(there->head, 0, SV_ACQ_REL); /* H: with sv_disk_redirect() */
	sv_request_list_move(&list, &there->list);
	while ((r = sv_request_list_take(&list)))
		sv_disk_complete(there->disk, r, self);
}

/* To a guest all of its CPUs share a cache: it knows of no other ones. */
static bool share_cache(const struct sv_disk *disk, unsigned a, unsigned b)
{
	const struct sv_system *s = disk->config.system;

	return disk->guest || sv_machine_distance(s->memory->machine, s->pu[a], s->pu[b]) <= SV_L3;
}

/* With a queue for each CPU every interrupt comes where its requests were submitted. */
int sv_disk_affinity_start(struct sv_disk *disk, struct sv_diag *diag)
{
	struct sv_system *s = disk->config.system;
	const uint16_t *node = s->memory->machine->node_of;

	if (disk->options.rq_affinity == SV_RQ_ANY || sv_disk_polls(disk) || !s->domain ||
		disk->config.queues == s->team.cpus)
		return 0;
	disk->guest = s->domain->cpu->body;
	disk->remote = calloc(s->team.cpus, sizeof(*disk->remote));
	if (!disk->remote)
		return sv_error(diag, NULL, "out of memory");
	for (unsigned i = 0; i < s->team.cpus; i++) {
		struct sv_remote *there = &disk->remote[i];

		there->disk = disk;
		there->head = sv_memory_alloc(s->memory, SV_LINE_BYTES, node[s->pu[i]]);
		if (!there->head || sv_irq_init(&there->irq, s, i, complete, there) < 0)
			return sv_error(diag, NULL, "out of memory");
	}
	return 0;
}

void sv_disk_affinity_free(struct sv_disk *disk)
{
	for (unsigned i = 0; disk->remote && i < disk->config.system->team.cpus; i++)
		sv_irq_fini(&disk->remote[i].irq);
	free(disk->remote);
}

static void interrupt(struct sv_remote *there, struct sv_sim_thread *self)
{
	struct sv_cpu *cpu = self->task->cpu;

	if (cpu->body)
		sv_vcpu_exit(cpu, SV_EXIT_APIC, sv_disk_cost(there->disk, SV_COST_VM_IPI));
	sv_irq_raise(&there->irq, self);
	sv_sim_elapse(self, 0);
}

bool sv_disk_redirect(struct sv_disk *disk, struct sv_request *r, struct sv_sim_thread *self)
{
	struct sv_remote *there;
	bool first;

	if (!disk->remote || r->cpu == self->cpu)
		return false;
	if (disk->options.rq_affinity == SV_RQ_CACHE && share_cache(disk, r->cpu, self->cpu))
		return false;
	there = &disk->remote[r->cpu];
	first = !there->list.first;
	sv_request_list_add(&there->list, r);
	sv_or(there->head, 1, SV_ACQ_REL); /* H: with complete() */
	disk->redirected++;
	if (first)
		interrupt(there, self);
	return true;
}
