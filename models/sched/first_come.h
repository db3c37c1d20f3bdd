/*
 * first_come.h - hooks of policies that run entities in the order in which they came
 *
 * fifo and rr differ only in when the running entity gives way, gang in whose turn it is.
 */
#ifndef SV_FIRST_COME_H
#define SV_FIRST_COME_H

#include "sched/run_list.h"
#include "sched/sched.h"

struct sv_come_domain {
	sv_time slice; /* of rr; the slot of gang */
};

struct sv_come_queue {
	struct sv_run_list runnable; /* by the time of the enqueue */
	const struct sv_come_domain *domain;
};

struct sv_come_entity {
	struct sv_run run;
	sv_time ran; /* since it was picked */
};

void sv_come_queue_init(void *queue, void *domain, unsigned cpu);
void sv_come_entity_init(void *entity, void *domain, const struct sv_sched_info *info);
void sv_come_enqueue(void *queue, void *entity, sv_time now, enum sv_sched_why why);
void sv_come_dequeue(void *queue, void *entity, sv_time now);
void *sv_come_pick(void *queue, sv_time now);
void sv_come_put(void *queue, void *entity, sv_time now, sv_time ran, bool runnable);
void sv_come_yield(void *queue, void *running, sv_time now);
void sv_come_prefer(void *queue, void *entity, sv_time now);
void sv_come_charge(void *queue, void *entity, sv_time now, sv_time ran);
bool sv_come_preempts(void *queue, void *running, void *woken, sv_time now);
unsigned sv_come_length(const void *queue);
void *sv_come_movable(void *queue, sv_time now);
void *sv_come_immovable(void *queue, sv_time now);

#endif
