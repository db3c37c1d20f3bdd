/*
 * sched_host.h - a policy with a few CPUs and tasks, driven by sched_drive.h
 */
#ifndef SCHED_HOST_H
#define SCHED_HOST_H

#include "sched/sched.h"
#include "test_text.h"

enum { HOST_CPUS = 16, HOST_TASKS = 64, HOST_SLICES = 1 << 16 };

struct host_task {
	void *entity;
	unsigned cpu;
	sv_time burst, sleep;
	sv_time left;  /* of the burst */
	sv_time wakes; /* SV_TIME_MAX: it does not sleep */
	sv_time total; /* it ran */
};

struct host_cpu {
	void *queue;
	struct host_task *running;
	sv_time charged, timer;
	size_t slice; /* the one that lasts */
};

struct host_slice {
	unsigned task, cpu;
	sv_time from, to;
};

struct host {
	const struct sv_sched *s;
	struct sv_doc *doc;
	void *domain;
	sv_time now, tick, account, next_tick, next_account;
	unsigned cpus, tasks;
	struct host_cpu cpu[HOST_CPUS];
	struct host_task task[HOST_TASKS];
	size_t slices;
	struct host_slice slice[HOST_SLICES];
};

/* `options` as in a scenario: "slice: 10ms". */
static inline struct host *host_new(const char *policy, const char *options, unsigned cpus)
{
	struct host *h = calloc(1, sizeof(*h));
	struct sv_diag *diag = sv_diag_new();
	struct sv_kind kind;
	void *cfg = NULL;

	for (size_t i = 0; (kind = sv_sched_kinds.at(i)).name; i++)
		if (!strcmp(kind.name, policy))
			h->s = kind.object;
	options = *options ? options : "{}";
	h->doc = sv_doc_parse("options", options, strlen(options), diag);
	if (h->s->options) {
		cfg = sv_doc_alloc(h->doc, h->s->options->size);
		sv_read(h->s->options, sv_doc_root(h->doc), cfg, h->doc, diag);
	}
	test_no_errors(diag);
	sv_diag_free(diag);
	h->cpus = cpus;
	h->domain = calloc(1, h->s->domain_bytes);
	ck_assert_int_eq(h->s->domain_init(h->domain, cpus, cfg), 0);
	for (unsigned i = 0; i < cpus; i++) {
		h->cpu[i] = (struct host_cpu){ .queue = calloc(1, h->s->queue_bytes),
			.timer = SV_TIME_MAX };
		h->s->queue_init(h->cpu[i].queue, h->domain, i);
	}
	h->tick = h->s->tick_time(h->domain);
	h->account = h->s->period(h->domain);
	h->next_tick = h->tick ? h->tick : SV_TIME_MAX;
	h->next_account = h->account ? h->account : SV_TIME_MAX;
	return h;
}

static inline void host_free(struct host *h)
{
	for (unsigned i = 0; i < h->tasks; i++)
		free(h->task[i].entity);
	for (unsigned i = 0; i < h->cpus; i++)
		free(h->cpu[i].queue);
	if (h->s->domain_fini)
		h->s->domain_fini(h->domain);
	free(h->domain);
	sv_doc_free(h->doc);
	free(h);
}

#endif
