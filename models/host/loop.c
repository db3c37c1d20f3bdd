/*
 * loop.c - event loops of threads of the host
 *
 * Reference     QEMU 8.2, util/aio-posix.c: aio_poll(), try_poll_mode(), run_poll_handlers();
 *               SPDK, lib/event/reactor.c, _reactor_run().
 */
#include "host/loop.h"
#include "parked.h"
#include "simulated_private.h"
#include "wait.h"
#include <stdlib.h>

enum doing { POLLS, SLEEPS, SERVES, DOINGS };

struct sv_loop {
	struct sv_sim_thread thread;
	struct sv_loop_config config;
	struct sv_loop_source *sources, **last;
	struct sv_wait_queue queue; /* the loop, while it sleeps */
	bool pollable;              /* all sources can be looked at */
	bool quiet;                 /* they have been asked not to notify */
	bool hinted;                /* since the last turn began */
	sv_time poll;               /* how long it polls now */
	/* The window's account. */
	enum doing doing;
	sv_time since, spent[DOINGS];
	struct sv_loop_stats stats;
};

static sv_time now_of(const struct sv_loop *l)
{
	return sv_now(l->thread.process.lp);
}

static void account(struct sv_loop *l, sv_time now)
{
	l->spent[l->doing] += now - l->since;
	l->since = now;
}

static void begin(struct sv_loop *l, enum doing what)
{
	account(l, now_of(l));
	l->doing = what;
}

static void keep_quiet(struct sv_loop *l)
{
	for (struct sv_loop_source *s = l->sources; s && !l->quiet; s = s->next)
		if (s->quiet)
			s->quiet(s);
	l->quiet = true;
}

/* Returns whether something came before a source knew that it must notify again. */
static bool be_told(struct sv_loop *l)
{
	bool found = false;

	for (struct sv_loop_source *s = l->sources; s && l->quiet; s = s->next) {
		s->found = s->listen && s->listen(s);
		found |= s->found;
	}
	l->quiet = false;
	return found;
}

/* A turn over all sources. */
static bool look(struct sv_loop *l)
{
	bool found = false;

	l->hinted = false;
	for (struct sv_loop_source *s = l->sources; s; s = s->next) {
		s->found = s->ready(s);
		found |= s->found;
	}
	return found;
}

/* Looks until there is something, or until a time. */
static bool look_until(struct sv_loop *l, sv_time until)
{
	for (;;) {
		sv_time start = now_of(l);

		if (look(l))
			return true;
		if (now_of(l) >= until)
			return false;
		if (!l->hinted && !sv_sim_park(&l->thread, now_of(l) - start, until))
			return false;
	}
}

static bool poll(struct sv_loop *l)
{
	bool found;

	if (l->poll == 0 || !l->pollable)
		return false;
	begin(l, POLLS);
	keep_quiet(l);
	found = look_until(l, now_of(l) + l->poll);
	if (found)
		l->stats.polls_won++;
	else
		l->stats.polls_lost++;
	return found;
}

static bool any_told(const struct sv_loop *l)
{
	for (const struct sv_loop_source *s = l->sources; s; s = s->next)
		if (s->efd.set)
			return true;
	return false;
}

static void sleep_until_told(struct sv_loop *l)
{
	struct sv_waiter w;

	while (!any_told(l)) {
		sv_wait_join(&l->queue, &w, &l->thread);
		sv_wait_sleep(&w);
		sv_wait_leave(&l->queue, &w);
		l->stats.wake_ups++;
	}
}

/* ppoll(); it does not sleep when there is something to do already. */
static void wait(struct sv_loop *l, bool sleep)
{
	struct sv_sim_thread *self = &l->thread;
	sv_time own = sv_sim_cost(self, SV_COST_PPOLL);

	sv_sim_drain(self);
	if (!l->config.kernel)
		sv_sim_elapse(self, sv_sim_cost(self, SV_COST_SYSCALL) + (own > 0 ? own : 0));
	if (sleep)
		sleep_until_told(l);
	sv_sim_elapse(self, l->config.turn);
	for (struct sv_loop_source *s = l->sources; s; s = s->next)
		s->read = s->efd.set;
}

/* Whether it was signalled, which is forgotten. */
static bool read_efd(struct sv_loop *l, struct sv_loop_source *s)
{
	bool set = s->efd.set;

	if (!l->config.kernel)
		return sv_eventfd_read(&s->efd, &l->thread);
	s->efd.set = false;
	return set;
}

static void serve(struct sv_loop *l)
{
	begin(l, SERVES);
	for (struct sv_loop_source *s = l->sources; s; s = s->next) {
		bool told = s->read && read_efd(l, s);

		if (s->found || told)
			s->serve(s, &l->thread);
		s->found = s->read = false;
	}
}

/* Polls as long as would have found what ended the last wait, if that is not too long. */
static void adapt(struct sv_loop *l, sv_time waited)
{
	const struct sv_loop_config *c = &l->config;
	double longer = (double)l->poll * c->poll_grow;

	if (c->poll_max == 0 || waited <= l->poll)
		return;
	if (waited > c->poll_max) {
		l->poll = c->poll_shrink > 0 ? (sv_time)((double)l->poll / c->poll_shrink) : 0;
	} else if (l->poll < c->poll_max) {
		l->poll = l->poll ? (sv_time)longer : c->poll_start;
		if (l->poll > c->poll_max)
			l->poll = c->poll_max;
	}
}

static void turn(struct sv_loop *l)
{
	sv_time start = now_of(l);

	if (!poll(l)) {
		bool found = be_told(l);

		begin(l, SLEEPS);
		wait(l, !found);
	}
	adapt(l, now_of(l) - start);
	serve(l);
}

static void spin(struct sv_loop *l)
{
	begin(l, POLLS);
	keep_quiet(l);
	look_until(l, SV_TIME_MAX);
	serve(l);
}

static void run(struct sv_sim_thread *self, void *arg)
{
	struct sv_loop *l = arg;

	(void)self;
	for (;;) {
		if (l->config.spin)
			spin(l);
		else
			turn(l);
	}
}

/* Who polls, or serves, has asked not to be told; it looks again before it sleeps. */
static void notify(struct sv_eventfd *efd, struct sv_sim_thread *by)
{
	struct sv_loop_source *s = efd->owner;

	sv_wait_wake(&s->loop->queue, 1, by);
}

/* Who spins is in the way of all others: nobody leaves it where a vCPU is pinned. */
static int choose_cpu(struct sv_system *host, const struct sv_loop_config *config)
{
	if (config->cpu >= 0 || !config->spin)
		return config->cpu;
	for (unsigned i = host->team.cpus; i-- > 0;)
		if (!host->taken[i]) {
			host->taken[i] = true;
			return (int)i;
		}
	return -1;
}

struct sv_loop *sv_loop_new(struct sv_system *host, const struct sv_loop_config *config)
{
	struct sv_loop *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->config = *config;
	l->last = &l->sources;
	l->pollable = true;
	l->doing = SERVES;
	l->since = sv_now(host->memory->lp);
	if (sv_system_thread(host, &l->thread, 0) < 0) {
		free(l);
		return NULL;
	}
	l->config.cpu = choose_cpu(host, config);
	if (l->config.cpu >= 0) {
		l->thread.task->cpu = &host->domain->cpu[l->config.cpu];
		l->thread.task->pinned = true;
	}
	if (sv_sim_thread_start(&l->thread, run, l, l->since) == 0)
		return l;
	free(l);
	return NULL;
}

void sv_loop_free(struct sv_loop *loop)
{
	if (!loop)
		return;
	sv_sim_thread_fini(&loop->thread);
	free(loop);
}

void sv_loop_add(struct sv_loop *loop, struct sv_loop_source *source)
{
	SV_BUG_ON(loop->config.spin && !source->ready);
	source->loop = loop;
	source->next = NULL;
	source->efd.notify = notify;
	source->efd.owner = source;
	loop->pollable &= source->ready != NULL;
	*loop->last = source;
	loop->last = &source->next;
}

void sv_loop_hint(struct sv_loop_source *source)
{
	source->loop->hinted = true;
	sv_sim_unpark(&source->loop->thread);
}

void sv_loop_reset(struct sv_loop *loop, sv_time now)
{
	loop->stats = (struct sv_loop_stats){ 0 };
	for (int i = 0; i < DOINGS; i++)
		loop->spent[i] = 0;
	loop->since = now;
	for (struct sv_loop_source *s = loop->sources; s; s = s->next)
		s->efd.signals = 0;
}

void sv_loop_read(struct sv_loop *loop, sv_time now, struct sv_loop_stats *sum)
{
	account(loop, now);
	sum->polled += loop->spent[POLLS];
	sum->slept += loop->spent[SLEEPS];
	sum->served += loop->spent[SERVES];
	sum->wake_ups += loop->stats.wake_ups;
	sum->polls_won += loop->stats.polls_won;
	sum->polls_lost += loop->stats.polls_lost;
}
