/*
 * vm_metrics.c - steal time, halts, preemptions of one VM
 */
#include "world/vm_metrics.h"
#include "world/vm_time.h"
#include "world/vms.h"

enum {
	RUNNING,
	STEAL,
	HALTED,
	PREEMPTIONS,
	HOLDERS,
	WAITERS,
	HALTS,
	KICKS,
	REFILL,
	YIELDS,
	LOCK_EXITS,
	LOCK_YIELDS,
	HOLDER_YIELDS,
	EXITS
};
const struct sv_metric sv_vm_metrics[] = {
	[RUNNING] = { "running", "1", "share of time that its vCPUs (or threads) run", 1 },
	[STEAL] = { "steal", "1", "share of time that they are ready and another one runs", 1 },
	[HALTED] = { "halted", "1", "share of time that they have nothing to do, or sleep", 0 },
	[PREEMPTIONS] = { "preemptions", "1/s", "times that one of them had to give way", 0 },
	[HOLDERS] = { "preempted.holders", "1/s", "threads stopped while they held a lock", 1 },
	[WAITERS] = { "preempted.waiters", "1/s", "threads stopped while they waited for a lock",
		0 },
	[HALTS] = { "halts", "1/s", "halts of threads that wait for a kick", 0 },
	[KICKS] = { "kicks", "1/s", "kicks of such threads", 1 },
	[REFILL] = { "refill", "1", "share of time that its threads refill caches before they run",
		0 },
	[YIELDS] = { "directed-yields", "1/s",
		"exits by spinning that lent the CPU to another vCPU", 0 },
	[LOCK_EXITS] = { "lock-exits", "1/s", "halts for which a lock told the host what for", 0 },
	[LOCK_YIELDS] = { "lock-yields", "1/s", "such halts that lent the CPU to another vCPU", 0 },
	[HOLDER_YIELDS] = { "holder-yields", "1/s",
		"yields of either kind to a vCPU known to hold the lock", 0 },
#define X(id, name, help)                                                                          \
	[EXITS + SV_EXIT_##id] = { "exits." name, "1/s", "exits of its vCPUs: " help, 0 },
	SV_EXITS(X)
#undef X
		{ 0 },
};

static void reset_task(struct sv_task *t, sv_time now)
{
	sv_cpu_account(t->cpu);
	t->ran = t->waited = 0;
	t->preemptions = 0;
	t->cache.refilled = 0;
	t->ready_since = now;
}

void sv_vm_reset(struct sv_system *s, struct sv_guest *guest)
{
	sv_time now = sv_now(s->memory->lp);

	if (guest)
		sv_domain_reset(&guest->domain);
	for (unsigned i = 0; guest && i < guest->domain.cpus; i++)
		reset_task(&guest->body[i], now);
	for (struct sv_scheduled *one = s->scheduled; one; one = one->next)
		reset_task(&one->task, now);
	for (int i = 0; i < SV_LOCK_PHASES; i++)
		s->team.preempted[i] = 0;
	s->team.halts = s->team.kicks = 0;
	sv_vm_time_reset(s, guest);
}

struct sum {
	double ran, waited, preemptions;
	unsigned n;
};

static void add_task(struct sum *sum, struct sv_task *t, sv_time now)
{
	sv_cpu_account(t->cpu);
	sum->ran += sv_seconds(t->ran);
	sum->waited +=
		sv_seconds(t->waited + (t->state == SV_TASK_READY ? now - t->ready_since : 0));
	sum->preemptions += (double)t->preemptions;
	sum->n++;
}

static uint64_t count_exits(const struct sv_guest *guest, enum sv_exit_reason reason)
{
	uint64_t n = 0;

	for (unsigned i = 0; guest && i < guest->domain.cpus; i++)
		n += guest->domain.cpu[i].exits.count[reason];
	return n;
}

static uint64_t preempted_holders(const struct sv_sim_team *t)
{
	return t->preempted[SV_LOCK_HOLDING] + t->preempted[SV_LOCK_NESTING] +
	       t->preempted[SV_LOCK_RELEASING];
}

/* A container has no vCPUs that could exit. */
static void put_yields(
	const struct sv_guest *guest, const char *name, double seconds, struct sv_metrics *out)
{
	static const struct sv_domain none;
	const struct sv_domain *d = guest ? &guest->domain : &none;
	const struct sv_metric *m = sv_vm_metrics;

	sv_metrics_put(out, name, &m[YIELDS], (double)d->directed_yields / seconds);
	sv_metrics_put(out, name, &m[LOCK_EXITS], (double)d->lock.exits / seconds);
	sv_metrics_put(out, name, &m[LOCK_YIELDS], (double)d->lock.yields / seconds);
	sv_metrics_put(out, name, &m[HOLDER_YIELDS], (double)d->lock.to_holder / seconds);
}

static double refilled(const struct sv_system *s)
{
	double sum = 0;

	for (const struct sv_scheduled *one = s->scheduled; one; one = one->next)
		sum += sv_seconds(one->task.cache.refilled);
	return sum;
}

void sv_vm_finish(const struct sv_system *s, struct sv_guest *guest, const char *name,
	sv_time window, struct sv_metrics *out)
{
	const struct sv_metric *m = sv_vm_metrics;
	sv_time now = sv_now(s->memory->lp);
	double seconds = sv_seconds(window), all;
	struct sum sum = { 0 };

	for (unsigned i = 0; guest && i < guest->domain.cpus; i++)
		add_task(&sum, &guest->body[i], now);
	for (struct sv_scheduled *one = s->scheduled; !guest && one; one = one->next)
		add_task(&sum, &one->task, now);
	all = seconds * sum.n;
	sv_metrics_put(out, name, &m[RUNNING], sum.ran / all);
	sv_metrics_put(out, name, &m[STEAL], sum.waited / all);
	sv_metrics_put(out, name, &m[HALTED], 1 - (sum.ran + sum.waited) / all);
	sv_metrics_put(out, name, &m[PREEMPTIONS], sum.preemptions / seconds);
	sv_metrics_put(out, name, &m[HOLDERS], (double)preempted_holders(&s->team) / seconds);
	sv_metrics_put(
		out, name, &m[WAITERS], (double)s->team.preempted[SV_LOCK_WAITING] / seconds);
	sv_metrics_put(out, name, &m[HALTS], (double)s->team.halts / seconds);
	sv_metrics_put(out, name, &m[REFILL], refilled(s) / all);
	sv_metrics_put(out, name, &m[KICKS], (double)s->team.kicks / seconds);
	put_yields(guest, name, seconds, out);
	for (int reason = 0; reason < SV_EXIT_REASONS; reason++)
		sv_metrics_put(out, name, &m[EXITS + reason],
			(double)count_exits(guest, (enum sv_exit_reason)reason) / seconds);
}
