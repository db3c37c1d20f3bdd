/*
 * sim_host.h - a simulated host for tests: engine, memory, one system
 */
#ifndef SV_SIM_HOST_H
#define SV_SIM_HOST_H

#include "toy_machine.h"
#include "world/system.h"
#include <check.h>
#include <stdlib.h>

struct sim_host {
	struct sv_engine *engine;
	struct sv_lp *lp;
	struct sv_memory *memory;
	struct sv_system system;
	struct sv_diag *diag;
};

static inline void sim_host_handle(struct sv_lp *lp, const struct sv_event *event)
{
	struct sim_host *h = lp->state;

	sv_sim_handle(h->memory, event);
}

static inline void sim_host_init(
	struct sim_host *h, const struct sv_machine *machine, bool no_run_ahead)
{
	h->engine = sv_engine_new(
		&(struct sv_engine_config){ .threads = 1, .no_run_ahead = no_run_ahead });
	h->lp = sv_engine_add(h->engine, sim_host_handle, h, "host");
	h->memory = sv_memory_new(h->lp, machine, 1, 0);
	ck_assert_int_eq(sv_system_init(&h->system, h->memory, 0, machine->pus), 0);
	h->system.seed = 1;
	h->diag = sv_diag_new();
}

static inline void sim_host_run(struct sim_host *h, sv_time until)
{
	int result = sv_engine_run(h->engine, until, h->diag);

	sv_diag_print(h->diag, stderr);
	ck_assert_int_eq(result, 0);
}

static inline void sim_host_fini(struct sim_host *h)
{
	sv_system_fini(&h->system);
	sv_memory_free(h->memory);
	sv_engine_free(h->engine);
	sv_diag_free(h->diag);
}

/* A thread on the next CPU, started at `at`. */
static inline void sim_host_thread(struct sim_host *h, struct sv_sim_thread *t,
	void (*body)(struct sv_sim_thread *, void *), void *arg, sv_time at)
{
	sv_system_thread(&h->system, t, sv_system_take_cpu(&h->system, false));
	ck_assert_int_eq(sv_sim_thread_start(t, body, arg, at), 0);
}

#endif
