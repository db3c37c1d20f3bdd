/*
 * emulated.c - a guest's driver of an emulated controller, and QEMU's model of it
 *
 * Every access to a register makes the vCPU exit to QEMU, whose vCPU thread takes the big lock and
 * runs the model of the device. The access that starts a command submits it from there;
 * its completion comes to the main loop, which raises the controller's one interrupt. Its handler
 * reads and clears registers, by exits again. The driver holds the controller's lock meanwhile, so
 * that other vCPUs wait for exits.
 *
 * Reference     Linux, drivers/ata/libahci.c, libata-sff.c; QEMU, hw/ide/.
 */
#include "block/emulated.h"
#include "block/driver.h"
#include "block/kernel_lock.h"
#include "block/qemu.h"
#include "block/submitter.h"
#include "vm/doorbell.h"
#include "vm/irq.h"
#include <stdlib.h>

#define MOST_SLOTS 32

struct slot {
	struct sv_submitter_request inner; /* first */
	struct sv_request *outer;          /* NULL: it is free */
	bool done;
};

struct emulated {
	const struct sv_controller *controller;
	struct sv_disk *disk;
	struct sv_site *site;
	struct sv_submitter *submitter;
	struct sv_lock_class locks;
	struct sv_kernel_lock lock;
	struct sv_irq irq;
	struct sv_eventfd irqfd;
	struct sv_doorbell bell, start;
	struct slot slot[MOST_SLOTS];
	struct slot *starting;
	uint64_t kicks, interrupts;
	bool has_irq;
};

static sv_time cost(const struct emulated *e, enum sv_cost which)
{
	return e->site->host->domain->machine->cost[which];
}

static sv_time now_of(const struct emulated *e)
{
	return sv_now(e->site->host->memory->lp);
}

/* In QEMU, on the vCPU's thread: an access that only reads or sets something. */
static void access_register(struct sv_sim_thread *by, void *arg)
{
	struct emulated *e = arg;

	sv_qemu_lock(e->site->qemu, by);
	sv_sim_work(by, cost(e, SV_COST_QEMU_REGISTER));
	sv_qemu_unlock(e->site->qemu, by);
}

/* The same for one that starts a command. */
static void start_command(struct sv_sim_thread *by, void *arg)
{
	struct emulated *e = arg;
	struct slot *s = e->starting;
	struct sv_submitter_request *inner = &s->inner;
	struct sv_request *r = &inner->request;

	sv_request_stage(s->outer, now_of(e), SV_STAGE_WAKE);
	sv_qemu_lock(e->site->qemu, by);
	sv_request_stage(s->outer, now_of(e), SV_STAGE_BACKEND);
	sv_sim_work(by, cost(e, SV_COST_QEMU_REGISTER) + cost(e, SV_COST_QEMU_REQUEST) / 2);
	r->io.op = s->outer->io.op;
	r->io.bytes = s->outer->io.bytes;
	r->io.offset = s->outer->io.offset;
	sv_request_stage(s->outer, now_of(e), SV_STAGE_HOST);
	sv_request_begin(r, now_of(e));
	sv_submitter_submit(e->submitter, by, &inner, 1);
	sv_qemu_unlock(e->site->qemu, by);
}

/* On the main loop: commands are done. */
static void done(void *owner, struct sv_submitter_request *list, struct sv_sim_thread *self)
{
	struct emulated *e = owner;

	sv_qemu_lock(e->site->qemu, self);
	for (; list; list = list->next) {
		struct slot *s = (struct slot *)list;

		sv_request_absorb(s->outer, &list->request, now_of(e));
		sv_sim_work(self, cost(e, SV_COST_QEMU_REQUEST) / 2);
		sv_request_stage(s->outer, now_of(e), SV_STAGE_INJECT);
		s->done = true;
	}
	sv_eventfd_write(&e->irqfd, self);
	sv_qemu_unlock(e->site->qemu, self);
}

static struct slot *free_slot(struct emulated *e)
{
	for (unsigned i = 0; i < e->controller->slots; i++)
		if (!e->slot[i].outer)
			return &e->slot[i];
	return NULL;
}

static bool emulated_queue(void *driver, unsigned hw_queue, struct sv_sim_thread *self,
	struct sv_request *request, bool last)
{
	struct emulated *e = driver;
	struct slot *s;

	(void)hw_queue, (void)last;
	sv_kernel_lock_acquire(&e->lock, self, request);
	s = free_slot(e);
	if (s) {
		s->outer = request;
		s->done = false;
		e->starting = s;
		e->kicks += e->controller->starts;
		sv_request_stage(request, now_of(e), SV_STAGE_NOTIFY);
		for (unsigned i = 1; i < e->controller->starts; i++)
			sv_vm_doorbell(self, &e->bell);
		sv_vm_doorbell(self, &e->start);
	}
	sv_kernel_lock_release(&e->lock, self);
	return s != NULL;
}

/* Each request was started when it was queued. */
static void emulated_commit(void *driver, unsigned hw_queue, struct sv_sim_thread *self)
{
	(void)driver, (void)hw_queue, (void)self;
}

static struct sv_request *take_done(struct emulated *e)
{
	struct sv_request *list = NULL;

	for (unsigned i = e->controller->slots; i-- > 0;) {
		struct slot *s = &e->slot[i];

		if (!s->outer || !s->done)
			continue;
		sv_request_stage(s->outer, now_of(e), SV_STAGE_FINISH);
		s->outer->next = list;
		list = s->outer;
		s->outer = NULL;
	}
	return list;
}

static void interrupted(struct sv_sim_thread *self, void *arg)
{
	struct emulated *e = arg;
	struct sv_request *list, *next;

	e->interrupts++;
	sv_kernel_lock_acquire(&e->lock, self, NULL);
	for (unsigned i = 0; i < e->controller->handles; i++)
		sv_vm_doorbell(self, &e->bell);
	list = take_done(e);
	sv_kernel_lock_release(&e->lock, self);
	for (; list; list = next) {
		next = list->next;
		sv_disk_end(e->disk, list, self);
	}
}

static void emulated_reset(void *driver, sv_time now)
{
	struct emulated *e = driver;

	(void)now;
	e->kicks = e->interrupts = 0;
	sv_kernel_lock_reset(&e->lock);
}

static const char *emulated_check(const void *driver)
{
	const struct emulated *e = driver;

	return e->lock.broken ? "two threads had the lock of a controller" : NULL;
}

static sv_time emulated_waited(const void *driver)
{
	const struct emulated *e = driver;

	return e->lock.waited;
}

static uint64_t emulated_interrupts(const void *driver)
{
	const struct emulated *e = driver;

	return e->interrupts;
}

static void emulated_end(void *driver)
{
	struct emulated *e = driver;

	if (e->submitter)
		sv_submitter_free(e->submitter);
	if (e->has_irq)
		sv_irq_fini(&e->irq);
	sv_lock_class_fini(&e->locks);
	free(e);
}

static const struct sv_driver emulated = {
	.name = "emulated",
	.queue = emulated_queue,
	.commit = emulated_commit,
	.reset = emulated_reset,
	.check = emulated_check,
	.waited = emulated_waited,
	.interrupts = emulated_interrupts,
	.free = emulated_end,
};

static int init(struct emulated *e, const struct sv_seat *seat, struct sv_diag *diag)
{
	struct sv_submitter_config config = { .host = seat->site->host,
		.file = seat->options->backing == SV_BACKING_FILE,
		.depth = e->controller->slots,
		.done = done,
		.owner = e };

	config.disk = seat->site->disk(seat->site, seat->options->device, diag);
	config.loop = sv_qemu_main(seat->site->qemu, diag);
	if (!config.disk || !config.loop)
		return -1;
	e->submitter = sv_submitter_new(sv_submitter_of(seat->options), &config, diag);
	if (!e->submitter ||
		sv_lock_class_init(&e->locks, seat->system, &seat->options->lock, true, diag) < 0 ||
		sv_kernel_lock_init(&e->lock, &e->locks, 0, diag) < 0)
		return -1;
	if (sv_irq_init(&e->irq, seat->system, sv_disk_queue_cpu(e->disk, 0), interrupted, e) < 0)
		return sv_error(diag, NULL, "out of memory");
	e->has_irq = true;
	return 0;
}

void *sv_emulated_start(const struct sv_seat *seat, struct sv_disk **disk, struct sv_diag *diag)
{
	const struct sv_path *path = seat->options->path.object;
	struct sv_disk_config config = { .owner = seat->name,
		.system = seat->system,
		.layer = &seat->options->layer,
		.lock = &seat->options->lock,
		.queues = 1,
		.depth = path->controller->slots,
		.capacity = seat->capacity };
	struct emulated *e = calloc(1, sizeof(*e));

	if (!e) {
		sv_error(diag, NULL, "%s: out of memory", seat->name);
		return NULL;
	}
	e->controller = path->controller;
	e->site = seat->site;
	sv_eventfd_be_irqfd(&e->irqfd, &e->irq);
	e->bell = (struct sv_doorbell){ e->controller->reason, true, access_register, e };
	e->start = (struct sv_doorbell){ e->controller->reason, true, start_command, e };
	e->disk = *disk = sv_disk_new(&config, diag);
	if (!e->disk) {
		free(e);
		return NULL;
	}
	sv_disk_drive(e->disk, &emulated, e);
	if (init(e, seat, diag) == 0)
		return e;
	sv_disk_free(e->disk);
	return NULL;
}

uint64_t sv_emulated_kicks(const void *state)
{
	const struct emulated *e = state;

	return e->kicks;
}

void sv_emulated_free(void *state)
{
	struct emulated *e = state;

	sv_disk_free(e->disk);
}
