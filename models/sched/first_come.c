/*
 * first_come.c - hooks of policies that run entities in the order in which they came
 */
#include "sched/first_come.h"

void sv_come_queue_init(void *queue, void *domain, unsigned cpu)
{
	struct sv_come_queue *q = queue;

	(void)cpu;
	*q = (struct sv_come_queue){ .domain = domain };
}

void sv_come_entity_init(void *entity, void *domain, const struct sv_sched_info *info)
{
	struct sv_come_entity *e = entity;

	(void)domain;
	*e = (struct sv_come_entity){ .run.id = info->id };
}

void sv_come_enqueue(void *queue, void *entity, sv_time now, enum sv_sched_why why)
{
	struct sv_come_queue *q = queue;
	struct sv_come_entity *e = entity;

	(void)why;
	e->run.key = now;
	sv_run_insert(&q->runnable, &e->run, now);
}

void sv_come_dequeue(void *queue, void *entity, sv_time now)
{
	struct sv_come_queue *q = queue;
	struct sv_come_entity *e = entity;

	(void)now;
	sv_run_remove(&q->runnable, &e->run);
}

void *sv_come_pick(void *queue, sv_time now)
{
	struct sv_come_queue *q = queue;
	struct sv_come_entity *e = (struct sv_come_entity *)q->runnable.first;

	(void)now;
	if (!e)
		return NULL;
	sv_run_remove(&q->runnable, &e->run);
	e->ran = 0;
	return e;
}

void sv_come_put(void *queue, void *entity, sv_time now, sv_time ran, bool runnable)
{
	(void)ran;
	if (runnable)
		sv_come_enqueue(queue, entity, now, SV_SCHED_WAKE);
}

void sv_come_yield(void *queue, void *running, sv_time now)
{
	/* put() queues it behind all others anyway. */
	(void)queue, (void)running, (void)now;
}

void sv_come_prefer(void *queue, void *entity, sv_time now)
{
	struct sv_come_queue *q = queue;
	struct sv_come_entity *e = entity;

	e->run.key = q->runnable.first->key - 1;
	sv_run_remove(&q->runnable, &e->run);
	sv_run_insert(&q->runnable, &e->run, now);
}

void sv_come_charge(void *queue, void *entity, sv_time now, sv_time ran)
{
	(void)queue, (void)now;
	((struct sv_come_entity *)entity)->ran += ran;
}

bool sv_come_preempts(void *queue, void *running, void *woken, sv_time now)
{
	(void)queue, (void)running, (void)woken, (void)now;
	return false;
}

unsigned sv_come_length(const void *queue)
{
	return ((const struct sv_come_queue *)queue)->runnable.length;
}

void *sv_come_movable(void *queue, sv_time now)
{
	(void)now;
	return ((struct sv_come_queue *)queue)->runnable.first;
}

void *sv_come_immovable(void *queue, sv_time now)
{
	(void)queue, (void)now;
	return NULL;
}
