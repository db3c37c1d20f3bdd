/*
 * qemu.c - main loop, named threads and big lock of a VM's hypervisor
 *
 * Reference     QEMU, util/main-loop.c (the main loop sleeps in ppoll() and does not poll),
 *               iothread.c, system/cpus.c (bql_lock()).
 */
#include "block/qemu.h"
#include "block/disk_options.h"
#include "locks/locks.h"
#include "value.h"
#include <stdlib.h>
#include <string.h>

int sv_qemu_init(struct sv_qemu *q, struct sv_system *host, const struct sv_named *threads,
	struct sv_diag *diag)
{
	*q = (struct sv_qemu){ .host = host,
		.options = threads,
		.named = calloc(threads->n + 1, sizeof(struct sv_loop *)),
		.kind = sv_kinds_find(&sv_lock_kinds, "mutex").object };
	q->lock = sv_memory_alloc(host->memory, q->kind->lock_bytes, 0);
	if (!q->named || !q->lock)
		return sv_error(diag, NULL, "out of memory");
	q->kind->init(q->lock, NULL);
	return 0;
}

void sv_qemu_fini(struct sv_qemu *q)
{
	for (size_t i = 0; q->named && i < q->options->n; i++)
		if (q->named[i])
			sv_loop_free(q->named[i]);
	free(q->named);
	if (q->main)
		sv_loop_free(q->main);
}

void sv_qemu_reset(struct sv_qemu *q, sv_time now)
{
	for (size_t i = 0; i < q->options->n; i++)
		if (q->named[i])
			sv_loop_reset(q->named[i], now);
	if (q->main)
		sv_loop_reset(q->main, now);
}

static struct sv_loop *made(struct sv_loop *loop, struct sv_diag *diag)
{
	if (!loop)
		sv_error(diag, NULL, "out of memory");
	return loop;
}

static sv_time turn_of(const struct sv_qemu *q)
{
	sv_time turn = q->host->memory->machine->cost[SV_COST_QEMU_TURN];

	return turn > 0 ? turn : 0;
}

struct sv_loop *sv_qemu_main(struct sv_qemu *q, struct sv_diag *diag)
{
	struct sv_loop_config config = { .name = "main loop", .turn = turn_of(q), .cpu = -1 };

	if (!q->main)
		q->main = sv_loop_new(q->host, &config);
	return made(q->main, diag);
}

struct sv_loop *sv_qemu_thread(struct sv_qemu *q, const char *name, struct sv_diag *diag)
{
	const struct sv_iothread_options *o = q->options->item;
	size_t i = 0;

	while (strcmp(q->options->name[i], name) != 0)
		i++;
	if (!q->named[i]) {
		struct sv_loop_config config = { .name = name,
			.poll_max = o[i].poll_max,
			.poll_start = o[i].poll_start,
			.poll_grow = o[i].poll_grow,
			.poll_shrink = o[i].poll_shrink,
			.turn = turn_of(q),
			.cpu = (int)o[i].cpu };

		q->named[i] = sv_loop_new(q->host, &config);
	}
	return made(q->named[i], diag);
}

/* As threads that have names do by default. */
void sv_disk_thread_config(
	const struct sv_qemu *q, const struct sv_disk_options *options, struct sv_loop_config *out)
{
	out->turn = turn_of(q);
	out->poll_max = options->poll_max;
	out->poll_start = 4 * SV_US;
	out->poll_grow = 2;
	out->poll_shrink = 0;
}

void sv_qemu_lock(struct sv_qemu *q, struct sv_sim_thread *self)
{
	struct sv_lp *lp = self->process.lp;

	sv_meter_enter(&self->meter, sv_now(lp), SV_LOCK_WAITING);
	q->kind->acquire(q->lock, NULL, NULL);
	sv_meter_enter(&self->meter, sv_now(lp), SV_LOCK_HOLDING);
}

void sv_qemu_unlock(struct sv_qemu *q, struct sv_sim_thread *self)
{
	struct sv_lp *lp = self->process.lp;

	sv_meter_enter(&self->meter, sv_now(lp), SV_LOCK_RELEASING);
	q->kind->release(q->lock, NULL, NULL);
	sv_meter_enter(&self->meter, sv_now(lp), SV_LOCK_NONE);
}
