/*
 * guest.c - making a virtual machine
 */
#include "vm/guest.h"
#include <stdlib.h>

static int init_vcpu(struct sv_guest *g, const struct sv_guest_config *c, unsigned i)
{
	struct sv_cpu *pin = c->pinned ? &c->host->cpu[i % c->host->cpus] : NULL;
	struct sv_sched_info info = { .id = c->host->tasks, .group = c->group, .weight = 1024 };

	if (sv_task_init(&g->body[i], c->host, pin, &info) < 0)
		return -1;
	sv_task_be_cpu(&g->body[i], &g->domain.cpu[i]);
	return 0;
}

/* Guests are started at different times, so their ticks do not fall together with each other's or
 * the host's. */
static sv_time started(uint32_t group, sv_time step)
{
	uint32_t spread = (group * 0x9e3779b1U) >> 16; /* the golden ratio's multiples lie evenly */

	return spread * step >> 16;
}

int sv_guest_init(struct sv_guest *g, const struct sv_guest_config *c)
{
	struct sv_domain_config domain = { .name = c->name,
		.lp = c->host->lp,
		.machine = c->machine,
		.sched = c->sched,
		.options = c->options,
		.cpus = c->vcpus };

	*g = (struct sv_guest){ .body = calloc(c->vcpus, sizeof(*g->body)) };
	if (!g->body || sv_domain_init(&g->domain, &domain) < 0)
		return -1;
	g->domain.posted = c->posted;
	g->domain.ticks = c->ticks;
	g->domain.skew_tick = c->skew_tick;
	g->domain.tick_phase = started(c->group, c->sched->tick_time(g->domain.state));
	g->domain.guest_poll = c->guest_poll;
	g->domain.poll_limit = c->guest_poll ? 0 : c->poll_limit;
	g->domain.pause_window = c->pause_window;
	g->domain.lock.yield = c->lock_yield;
	g->domain.lock.next = c->host->lock.guests;
	c->host->lock.guests = &g->domain;
	for (unsigned i = 0; i < c->vcpus; i++)
		if (init_vcpu(g, c, i) < 0)
			return -1;
	return 0;
}

int sv_guest_serve(struct sv_guest *g, struct sv_memory *memory, struct sv_sim_team *host)
{
	g->outside = calloc(g->domain.cpus, sizeof(*g->outside));
	if (!g->outside)
		return -1;
	for (unsigned i = 0; i < g->domain.cpus; i++)
		if (sv_outside_init(&g->outside[i], &g->domain.cpu[i], memory, host) < 0)
			return -1;
	return 0;
}

void sv_guest_fini(struct sv_guest *g)
{
	for (unsigned i = 0; g->outside && i < g->domain.cpus; i++)
		sv_outside_fini(&g->outside[i]);
	free(g->outside);
	for (unsigned i = 0; g->body && i < g->domain.cpus; i++)
		sv_task_fini(&g->body[i]);
	sv_domain_fini(&g->domain);
	free(g->body);
}
