/*
 * ssd_queues.c - which queue a drive fetches from next, and when it interrupts
 *
 * Arbitration as NVMe has it: by turns, up to a burst of commands each; or by classes, of which
 * the urgent one always comes first and the others by weights, by turns within a class. A command
 * is fetched when the controller has room for it: what has no room stays in its queue, where
 * arbitration still decides.
 *
 * Coalescing (feature 08h): a vector interrupts when `coalesce` completions have come, or the
 * first of them is `coalesce-time` old.
 */
#include "ssd.h"

enum { URGENT, CLASSES = 4, NO_LIMIT = 7 };
/* Fetched ahead of the cores, so that these need not wait for the link. */
enum { AHEAD = 16 };

static void append(struct sv_ssd_class *class, struct sv_ssd_queue *q)
{
	q->next = NULL;
	if (class->last)
		class->last->next = q;
	else
		class->first = q;
	class->last = q;
}

static struct sv_ssd_queue *take(struct sv_ssd_class *class)
{
	struct sv_ssd_queue *q = class->first;

	class->first = q->next;
	if (!class->first)
		class->last = NULL;
	return q;
}

static struct sv_ssd_class *class_of(struct sv_ssd *ssd, const struct sv_ssd_queue *q)
{
	if (ssd->cfg->arbitration == SV_SSD_ROUND_ROBIN)
		return &ssd->class[URGENT];
	return &ssd->class[q->port->priority < CLASSES ? q->port->priority : CLASSES - 1];
}

/* The class to serve; NULL: no queue waits. When those that wait have used up their weights, all
 * get them anew. */
static struct sv_ssd_class *next_class(struct sv_ssd *ssd)
{
	struct sv_ssd_class *class = &ssd->class[URGENT];

	if (class->first)
		return class;
	for (int round = 0; round < 2; round++) {
		for (int i = 1; i < CLASSES; i++)
			if (ssd->class[i].first && ssd->class[i].credit > 0)
				return &ssd->class[i];
		for (int i = 1; i < CLASSES; i++)
			ssd->class[i].credit = ssd->cfg->weight[i - 1];
	}
	return NULL;
}

static bool has_room(const struct sv_ssd *ssd)
{
	return ssd->idle && ssd->fetching < (unsigned)ssd->cfg->cores + AHEAD;
}

/* One turn of a class. */
static void serve(struct sv_ssd *ssd, struct sv_ssd_class *class)
{
	struct sv_ssd_queue *q = take(class);
	int64_t burst = ssd->cfg->burst == NO_LIMIT ? INT64_MAX : INT64_C(1) << ssd->cfg->burst;
	struct sv_io *io = NULL;

	/* A weight is a number of commands, too. */
	if (class != &ssd->class[URGENT] && burst > class->credit)
		burst = class->credit;
	while (burst > 0 && has_room(ssd) && (io = q->port->fetch(q->port))) {
		sv_ssd_fetched(ssd, q, io);
		class->credit--;
		burst--;
	}
	q->ready = burst == 0 || !has_room(ssd);
	if (q->ready)
		append(class, q);
}

void sv_ssd_pump(struct sv_ssd *ssd)
{
	struct sv_ssd_class *class;

	/* A port may ring from within fetch() and post(). */
	if (ssd->pumping)
		return;
	ssd->pumping = true;
	while (has_room(ssd) && (class = next_class(ssd)))
		serve(ssd, class);
	ssd->pumping = false;
}

void sv_ssd_ring(struct sv_device *device, struct sv_device_port *port)
{
	struct sv_ssd *ssd = (struct sv_ssd *)device;
	struct sv_ssd_queue *q = &ssd->queue[port->number];

	if (!q->ready) {
		q->ready = true;
		append(class_of(ssd, q), q);
	}
	sv_ssd_pump(ssd);
}

static void deliver(struct sv_device_alarm *alarm)
{
	struct sv_ssd_queue *q =
		(struct sv_ssd_queue *)((char *)alarm - offsetof(struct sv_ssd_queue, message));

	q->port->interrupt(q->port);
}

static void interrupt(struct sv_ssd_queue *q)
{
	q->pending = 0;
	q->due = -1;
	q->ssd->interrupts++;
	sv_device_after(q->ssd->device.lp, q->ssd->cfg->interrupt, &q->message);
}

static void time_is_over(struct sv_device_alarm *alarm)
{
	struct sv_ssd_queue *q = (struct sv_ssd_queue *)alarm;

	/* A timer of completions that were told before does nothing. */
	if (q->due == sv_now(q->ssd->device.lp))
		interrupt(q);
}

void sv_ssd_tell(struct sv_ssd_queue *q)
{
	const struct sv_ssd_cfg *cfg = q->ssd->cfg;
	struct sv_lp *lp = q->ssd->device.lp;

	if (!q->port->interrupts)
		return;
	q->pending++;
	if (q->port->prompt || q->pending >= cfg->coalesce) {
		interrupt(q);
	} else if (q->due < 0) {
		q->due = sv_now(lp) + cfg->coalesce_time;
		sv_device_after(lp, cfg->coalesce_time, &q->coalesced);
	}
}

int sv_ssd_attach(struct sv_device *device, struct sv_device_port *port)
{
	struct sv_ssd *ssd = (struct sv_ssd *)device;
	struct sv_ssd_queue *q = &ssd->queue[ssd->queues];

	if (ssd->queues >= (unsigned)ssd->cfg->queues)
		return -1;
	port->device = device;
	port->number = ssd->queues++;
	q->ssd = ssd;
	q->port = port;
	q->due = -1;
	q->coalesced.fire = time_is_over;
	q->message.fire = deliver;
	return 0;
}
