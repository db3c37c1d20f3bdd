/*
 * queue_explore.h - exploring a queue in a test
 */
#ifndef SV_QUEUE_EXPLORE_H
#define SV_QUEUE_EXPLORE_H

#include "explore/explore_queue.h"
#include "queue_cases.h"

struct setup {
	struct queue_case what;
	struct sv_explore_queue how;
	struct sv_explore_options options;
};

static inline struct setup usual(int i)
{
	return (struct setup){ .what = queue_cases[i],
		.how = { .size = 4, .requests = 2, .batch = 1, .buffers = 2 },
		.options = sv_explore_defaults };
}

static inline void explore(const struct setup *s)
{
	const struct sv_queue *queue = queue_find(sv_queues_explored, s->what.queue);
	struct sv_diag *diag = sv_diag_new();
	struct sv_explore_queue how = s->how;
	struct sv_explore_result r;
	struct sv_doc *doc;

	how.queue = queue;
	how.config = queue_config(queue, s->what.options, &doc);
	ck_assert_int_eq(sv_explore_queue(&how, &s->options, &r, diag), 0);
	ck_assert_msg(r.fault == SV_FAULT_NONE, "%s %s: %s: %s; replay %s", queue->name,
		s->what.options, sv_fault_name[r.fault], r.reason, r.replay);
	ck_assert_msg(r.exhaustive, "%s %s: not all was explored", queue->name, s->what.options);
	sv_explore_result_fini(&r);
	sv_doc_free(doc);
	sv_diag_free(diag);
}

#endif
