/*
 * vm_time.c - accounts of VMs and of the host, and their law
 */
#include "world/vm_time.h"
#include "world/vms.h"
#include <string.h>

enum {
	USER,
	SPINNING,
	CRITICAL,
	GUEST,
	GUEST_POLLING,
	POLLING,
	EXITS,
	REASONS,
	LAST = REASONS + SV_EXIT_REASONS
};

#define SHARE(what) "share of the time of all CPUs of the host: " what
#define X(id, name, help)                                                                          \
	[REASONS + SV_EXIT_##id] = { "time.exits." name, "1", SHARE("exits for this reason"),      \
		SV_METRIC_DETAIL },
#define ACCOUNT_ROWS                                                                               \
	[USER] = { "time.user", "1", SHARE("threads run, and have to do with no lock"), 0 },       \
	[SPINNING] = { "time.spinning", "1",                                                       \
		SHARE("threads run and wait for a lock or for its lines"), 0 },                    \
	[CRITICAL] = { "time.critical", "1",                                                       \
		SHARE("threads run and have a lock, or hand it over"), 0 },                        \
	[GUEST] = { "time.guest", "1", SHARE("guest kernels switch threads or handle interrupts"), \
		0 },                                                                               \
	[GUEST_POLLING] = { "time.guest-polling", "1", SHARE("guests poll before they halt"), 0 }, \
	[POLLING] = { "time.polling", "1", SHARE("the host polls for halted vCPUs"), 0 },          \
	[EXITS] = { "time.exits", "1", SHARE("exits of vCPUs"), 0 }, SV_EXITS(X)

enum { OTHERS = LAST, VM_SWITCHING, VM_IDLE, VM_FAIRNESS, WAKE_UP, VCPU_WAKE_UP = WAKE_UP + 4 };

#define WAKE_UP_ROWS(prefix, what)                                                                 \
	{ prefix "wake-up.mean", "s", "mean time from waking " what " until it executes", 0 },     \
		{ prefix "wake-up.p50", "s", "median of that time", 0 },                           \
		{ prefix "wake-up.p99", "s", "99th percentile of that time", 0 },                  \
	{                                                                                          \
		prefix "wake-up.max", "s", "largest observed value of that time", 0                \
	}
const struct sv_metric sv_vm_time_metrics[] = {
	ACCOUNT_ROWS[OTHERS] = { "time.others", "1",
		SHARE("other VMs, other copies, and threads and handlers of the host itself"), 0 },
	[VM_SWITCHING] = { "time.switching", "1",
		SHARE("the host switches tasks, or wakes up; for whomever"), 0 },
	[VM_IDLE] = { "time.idle", "1", SHARE("nothing"), 0 },
	[VM_FAIRNESS] = { "fairness", "1", "Jain's fairness index of the CPU time of its copies",
		0 },
	[WAKE_UP] = WAKE_UP_ROWS("", "a thread (by a kick, futex, timer or interrupt)"),
	[VCPU_WAKE_UP] = WAKE_UP_ROWS("vcpu.", "a halted vCPU"),
	{ 0 },
};

enum { SWITCHING = LAST, IDLE, FAIRNESS, THREADS };
const struct sv_metric sv_host_metrics[] = {
	ACCOUNT_ROWS[SWITCHING] = { "time.switching", "1",
		SHARE("context switches, wake-ups, ways out of idle states"), 0 },
	[IDLE] = { "time.idle", "1", SHARE("nothing"), 0 },
	[FAIRNESS] = { "fairness", "1",
		"Jain's fairness index of the CPU time of all VMs and their copies", 0 },
	[THREADS] = { "time.threads", "1",
		SHARE("I/O threads and interrupt handlers of the host itself"), 0 },
	{ 0 },
};
#undef X

void sv_vm_time_reset(struct sv_system *s, struct sv_guest *guest)
{
	sv_time now = sv_now(s->memory->lp);

	sv_hist_reset(&s->team.wake_up);
	if (guest)
		sv_hist_reset(&guest->domain.wake_up);
	for (struct sv_scheduled *one = s->scheduled; one; one = one->next) {
		struct sv_meter *m = &one->task.thread->meter;

		sv_meter_read(m, now);
		memcpy(one->spent_before, m->spent, sizeof(one->spent_before));
	}
}

int sv_vm_time(struct sv_account *out, struct sv_system *s, struct sv_guest *guest,
	const char *name, struct sv_diag *diag)
{
	*out = (struct sv_account){ 0 };
	for (unsigned i = 0; guest && i < guest->domain.cpus; i++)
		sv_account_vcpu(out, &guest->domain.cpu[i]);
	for (struct sv_scheduled *one = s->scheduled; one; one = one->next)
		sv_account_thread(out, &one->task, one->spent_before);
	if (sv_account_sum(out) == out->ran)
		return 0;
	return sv_error(diag, NULL,
		"%s: its account adds up to %lld ps, and its tasks ran for %lld ps", name,
		(long long)sv_account_sum(out), (long long)out->ran);
}

void sv_host_time_add(struct sv_host_time *host, const struct sv_account *vm)
{
	sv_account_add(&host->vms, vm);
}

int sv_host_time_finish(
	struct sv_host_time *t, struct sv_domain *host, sv_time window, struct sv_diag *diag)
{
	sv_time sum;

	t->total = (sv_time)host->cpus * window;
	for (unsigned i = 0; i < host->cpus; i++) {
		sv_cpu_account(&host->cpu[i]);
		t->switching += host->cpu[i].switching;
		t->idle += host->cpu[i].idled;
		t->handlers += host->cpu[i].handled;
	}
	sum = sv_account_sum(&t->vms) + sv_account_sum(&t->own) + t->handlers + t->switching +
	      t->idle;
	if (sum == t->total)
		return 0;
	return sv_error(diag, NULL,
		"host: the accounts add up to %lld ps, and %lld ps of CPU time have passed",
		(long long)sum, (long long)t->total);
}

static void put_account(const struct sv_account *a, const struct sv_metric *m, sv_time total,
	const char *name, struct sv_metrics *out)
{
	double all = (double)total;

	sv_metrics_put(out, name, &m[USER], (double)a->user / all);
	sv_metrics_put(out, name, &m[SPINNING], (double)a->spinning / all);
	sv_metrics_put(out, name, &m[CRITICAL], (double)a->critical / all);
	sv_metrics_put(out, name, &m[GUEST], (double)a->guest / all);
	sv_metrics_put(out, name, &m[GUEST_POLLING], (double)a->waiting / all);
	sv_metrics_put(out, name, &m[POLLING], (double)a->polling / all);
	sv_metrics_put(out, name, &m[EXITS], (double)sv_account_exits(a) / all);
	for (int i = 0; i < SV_EXIT_REASONS; i++)
		sv_metrics_put(out, name, &m[REASONS + i], (double)a->exit[i] / all);
}

void sv_vm_time_put(const struct sv_account *a, const struct sv_host_time *host, const char *name,
	struct sv_metrics *out)
{
	const struct sv_metric *m = sv_vm_time_metrics;
	double all = (double)host->total;

	put_account(a, m, host->total, name, out);
	sv_metrics_put(out, name, &m[OTHERS],
		(double)(host->vms.ran + host->own.ran + host->handlers - a->ran) / all);
	sv_metrics_put(out, name, &m[VM_SWITCHING], (double)host->switching / all);
	sv_metrics_put(out, name, &m[VM_IDLE], (double)host->idle / all);
}

static void put_hist(const struct sv_hist *h, const struct sv_metric *m, const char *name,
	struct sv_metrics *out)
{
	sv_metrics_put(out, name, m++, sv_hist_mean(h) * 1e-12);
	sv_metrics_put(out, name, m++, sv_hist_quantile(h, 0.5) * 1e-12);
	sv_metrics_put(out, name, m++, sv_hist_quantile(h, 0.99) * 1e-12);
	sv_metrics_put(out, name, m, sv_hist_quantile(h, 1) * 1e-12);
}

void sv_vm_wake_ups_put(const struct sv_system *s, const struct sv_guest *guest, const char *name,
	struct sv_metrics *out)
{
	put_hist(&s->team.wake_up, &sv_vm_time_metrics[WAKE_UP], name, out);
	/* A container has no vCPUs. */
	if (guest)
		put_hist(&guest->domain.wake_up, &sv_vm_time_metrics[VCPU_WAKE_UP], name, out);
}

void sv_vm_fairness_put(const double *ran, size_t copies, const char *name, struct sv_metrics *out)
{
	sv_metrics_put(out, name, &sv_vm_time_metrics[VM_FAIRNESS], sv_jain(ran, (unsigned)copies));
}

void sv_host_time_put(
	const struct sv_host_time *host, const double *ran, size_t vms, struct sv_metrics *out)
{
	const struct sv_metric *m = sv_host_metrics;
	double all = (double)host->total;

	put_account(&host->vms, m, host->total, "host", out);
	sv_metrics_put(out, "host", &m[SWITCHING], (double)host->switching / all);
	sv_metrics_put(out, "host", &m[IDLE], (double)host->idle / all);
	sv_metrics_put(out, "host", &m[FAIRNESS], sv_jain(ran, (unsigned)vms));
	sv_metrics_put(out, "host", &m[THREADS], (double)(host->own.ran + host->handlers) / all);
}
