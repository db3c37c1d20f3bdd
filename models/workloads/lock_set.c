/*
 * lock_set.c - choosing, taking and observing the locks of a workload
 */
#include "workloads/lock_set.h"
#include "workloads/team.h"
#include <math.h>
#include <stdlib.h>

struct sv_guarded *sv_lock_set_choose(struct sv_lock_user *u)
{
	struct sv_lock_set *s = u->set;

	if (!s->choice)
		return &s->lock[0];
	return &s->lock[gsl_ran_discrete(sv_stream_gsl(u->stream), s->choice)];
}

static void count_handover(struct sv_lock_set *s, const struct sv_guarded *l)
{
	const struct sv_machine *m = s->system->memory->machine;
	enum sv_distance d;

	if (l->previous < 0)
		return;
	d = sv_machine_distance(m, (unsigned)l->holder, (unsigned)l->previous);
	s->handover[d <= SV_SMT ? 0 : d <= SV_PACKAGE ? 1 : 2]++;
}

void sv_lock_set_acquire(struct sv_lock_user *u, struct sv_guarded *l, unsigned depth)
{
	struct sv_lock_set *s = u->set;
	struct sv_lp *lp = u->thread->process.lp;
	sv_time asked = sv_now(lp);

	if (s->kernel)
		sv_sim_preempt_off(u->thread);
	if (l->irqs_off)
		sv_sim_irqs_off(u->thread);
	if (depth == 0)
		sv_section_begin(&u->section, &u->thread->meter, asked);
	else
		sv_meter_enter(&u->thread->meter, asked, SV_LOCK_NESTING);
	sv_station_enter(&s->waiting, asked);
	s->kind->acquire(l->lock, u->node[depth], s->options);
	sv_station_leave(&s->waiting, sv_now(lp), asked);
	sv_meter_enter(&u->thread->meter, sv_now(lp), SV_LOCK_HOLDING);
	sv_hist_record(&s->acquire, sv_now(lp) - asked);
	s->broken |= l->holder >= 0;
	l->holder = u->thread->pu;
	count_handover(s, l);
	u->acquired++;
	s->simulated++;
	s->last = sv_now(lp);
}

void sv_lock_set_touch(struct sv_lock_user *u, struct sv_guarded *l)
{
	for (int64_t i = 0; i < u->set->cfg->lines; i++) {
		void *word = l->data + i * SV_LINE_BYTES;

		sv_sim_store(word, 8, sv_sim_load(word, 8) + 1, SV_RELAXED);
	}
}

void sv_lock_set_release(struct sv_lock_user *u, struct sv_guarded *l, unsigned depth)
{
	struct sv_lock_set *s = u->set;
	struct sv_lp *lp = u->thread->process.lp;

	l->previous = l->holder;
	l->holder = -1;
	sv_meter_enter(&u->thread->meter, sv_now(lp), SV_LOCK_RELEASING);
	s->kind->release(l->lock, u->node[depth], s->options);
	if (depth == 0)
		sv_section_end(&s->sections, &u->section, &u->thread->meter, sv_now(lp));
	else
		sv_meter_enter(&u->thread->meter, sv_now(lp), SV_LOCK_HOLDING);
	if (l->irqs_off)
		sv_sim_irqs_on(u->thread);
	if (s->kernel)
		sv_sim_preempt_on(u->thread);
}

int sv_lock_set_check_preemptible(const struct sv_lock_set_cfg *cfg, unsigned cpus,
	const struct sv_node *node, struct sv_diag *diag)
{
	const struct sv_lock *lock = cfg->lock.object;

	/* Two waiters that take turns on a CPU would use its one node. */
	if (cpus == SV_TEAM_MAX && lock->percpu_bytes > 0)
		return sv_error(diag, sv_node_place(node, "lock"),
			"lock: %s has a node for each CPU, so its waiters must not be preempted: "
			"kernel: true",
			lock->name);
	return 0;
}

/* P(i) proportional to 1 / (i + 1)^zipf. */
static int make_choice(struct sv_lock_set *s)
{
	size_t n = (size_t)s->cfg->locks;
	double *weight;

	if (n == 1)
		return 0;
	weight = calloc(n, sizeof(*weight));
	if (!weight)
		return -1;
	for (size_t i = 0; i < n; i++)
		weight[i] = pow((double)(i + 1), -s->cfg->zipf);
	s->choice = gsl_ran_discrete_preproc(n, weight);
	free(weight);
	return s->choice ? 0 : -1;
}

static int make_locks(struct sv_lock_set *s)
{
	struct sv_memory *m = s->system->memory;
	size_t data = sv_lock_data_offset(s->kind, s->cfg->layout);
	size_t bytes = data + (size_t)s->cfg->lines * SV_LINE_BYTES;

	for (unsigned i = 0; i < s->locks; i++) {
		struct sv_guarded *l = &s->lock[i];

		l->holder = l->previous = -1;
		l->lock = sv_memory_alloc(m, bytes, 0);
		if (!l->lock)
			return -1;
		l->data = (char *)l->lock + data;
		s->kind->init(l->lock, s->options);
	}
	for (unsigned cpu = 0; s->kind->percpu_bytes && cpu < s->system->team.cpus; cpu++) {
		unsigned node = m->machine->node_of[s->system->pu[cpu]];

		s->percpu[cpu] = sv_memory_alloc(m, s->kind->percpu_bytes, node);
		if (!s->percpu[cpu])
			return -1;
	}
	return make_choice(s);
}

int sv_lock_set_init(struct sv_lock_set *s, const struct sv_lock_set_cfg *cfg, unsigned own,
	struct sv_system *system)
{
	const struct sv_variant *lock = cfg->lock.name ? &cfg->lock : &system->spinlock;
	unsigned locks = (unsigned)cfg->locks + own;

	*s = (struct sv_lock_set){ .cfg = cfg,
		.kind = lock->object,
		.options = lock->config,
		.system = system,
		.locks = locks,
		.lock = calloc(locks, sizeof(*s->lock)),
		.percpu = calloc(system->team.cpus, sizeof(*s->percpu)),
		.depth = 1,
		.end = &s->first };
	sv_hist_init(&s->acquire);
	sv_station_init(&s->waiting, "waiting for the lock", 0);
	if (!s->lock || !s->percpu)
		return -1;
	return make_locks(s);
}

int sv_lock_set_join(struct sv_lock_set *s, struct sv_lock_user *u, struct sv_sim_thread *thread,
	struct sv_stream *stream)
{
	struct sv_memory *m = s->system->memory;

	*u = (struct sv_lock_user){ .set = s, .thread = thread, .stream = stream };
	thread->percpu = s->percpu;
	for (unsigned i = 0; i < s->depth; i++) {
		u->node[i] =
			sv_memory_alloc(m, s->kind->node_bytes, m->machine->node_of[thread->pu]);
		if (!u->node[i])
			return -1;
		if (s->kind->node_init)
			s->kind->node_init(u->node[i], s->users);
	}
	s->users++;
	*s->end = u;
	s->end = &u->next;
	return 0;
}

void sv_lock_set_fini(struct sv_lock_set *s)
{
	if (s->choice)
		gsl_ran_discrete_free(s->choice);
	sv_hist_fini(&s->acquire);
	free(s->percpu);
	free(s->lock);
}

static struct sv_traffic traffic(const struct sv_lock_set *s)
{
	struct sv_traffic sum = { 0 };

	for (const struct sv_lock_user *u = s->first; u; u = u->next)
		sv_team_add_traffic(&sum, u->thread);
	return sum;
}

void sv_lock_set_reset(struct sv_lock_set *s, sv_time now)
{
	s->since = now;
	s->traffic = traffic(s);
	s->handover[0] = s->handover[1] = s->handover[2] = 0;
	sv_hist_reset(&s->acquire);
	sv_station_reset(&s->waiting, now);
	sv_sections_reset(&s->sections);
	for (struct sv_lock_user *u = s->first; u; u = u->next)
		u->acquired = 0;
}

int sv_lock_set_check(
	const struct sv_lock_set *s, const char *name, sv_time now, struct sv_diag *diag)
{
	const char *law = sv_station_check(&s->waiting, now);

	if (s->broken)
		return sv_error(diag, NULL, "%s: %s let two threads hold one lock at once", name,
			s->kind->name);
	if (sv_lock_set_check_stuck(s, name, now, diag) < 0)
		return -1;
	if (law)
		return sv_error(diag, NULL, "%s: %s: %s", name, s->waiting.name, law);
	law = sv_sections_check(&s->sections);
	if (law)
		return sv_error(diag, NULL, "%s: time of acquisitions: %s", name, law);
	return 0;
}

int sv_lock_set_check_used(const struct sv_lock_set *s, const char *name, struct sv_diag *diag)
{
	if (s->acquire.count == 0)
		return sv_error(diag, NULL,
			"%s: nobody acquired a lock in the whole window: a deadlock, or a "
			"duration shorter than one acquisition",
			name);
	return 0;
}

void sv_lock_set_put(const struct sv_lock_set *s, const char *name, const struct sv_metric *first,
	sv_time now, struct sv_metrics *out)
{
	struct sv_traffic moved = traffic(s);
	const struct sv_lock_user *u = s->first;
	double acquired[SV_TEAM_MAX], total = (double)s->acquire.count, handovers = 0;

	for (unsigned i = 0; u; u = u->next)
		acquired[i++] = (double)u->acquired;
	for (int i = 0; i < 3; i++)
		handovers += (double)s->handover[i];
	sv_metrics_put(out, name, first++, total / sv_seconds(now - s->since));
	sv_metrics_put(out, name, first++, sv_hist_mean(&s->acquire) * 1e-12);
	sv_metrics_put(out, name, first++, sv_hist_quantile(&s->acquire, 0.5) * 1e-12);
	sv_metrics_put(out, name, first++, sv_hist_quantile(&s->acquire, 0.99) * 1e-12);
	sv_metrics_put(out, name, first++, sv_hist_quantile(&s->acquire, 0.999) * 1e-12);
	sv_metrics_put(out, name, first++, (double)s->acquire.max * 1e-12);
	sv_metrics_put(out, name, first++, sv_jain(acquired, s->users));
	sv_metrics_put(out, name, first++, sv_top_half_share(acquired, s->users));
	for (int i = 0; i < 3; i++)
		sv_metrics_put(out, name, first++, (double)s->handover[i] / handovers);
	sv_metrics_put(
		out, name, first++, (double)(moved.transfers - s->traffic.transfers) / total);
	sv_metrics_put(out, name, first++,
		(double)(moved.invalidations - s->traffic.invalidations) / total);
	sv_sections_put(&s->sections, name, first, out);
	out->acquisitions += s->simulated;
}
