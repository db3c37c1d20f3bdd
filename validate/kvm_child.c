/*
 * kvm_child.c - measuring in a child process that has a limit of time
 */
#include "kvm_child.h"
#include "bug.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_NS 2e9 /* beyond the time of measuring */

/* The time begins with the first batch: making a virtual machine takes some of its own. */
bool sv_kvm_child_goes_on(struct sv_kvm_child *child)
{
	if (child->n == 0)
		child->end = sv_sample_clock() + 1e9 * child->seconds;
	return child->n < SV_KVM_CHILD_VALUES && (child->n == 0 || sv_sample_clock() < child->end);
}

void sv_kvm_child_put(struct sv_kvm_child *child, double ns)
{
	struct sv_interference i = sv_watch_end(&child->watch);

	child->disturbed[child->n] = child->shared ? i.stolen : sv_is_disturbed(&i, false);
	child->value[child->n++] = ns;
}

static void bind_to_first_pu(const struct sv_calibration *c)
{
	int cpu = c->pus > 0 ? sv_pinned_os_index(0) : -1;
	cpu_set_t set;

	CPU_ZERO(&set);
	if (cpu >= 0 && cpu < CPU_SETSIZE) {
		CPU_SET((unsigned)cpu, &set);
		sched_setaffinity(0, sizeof(set), &set);
	}
}

static _Noreturn void be_child(struct sv_kvm_child *child,
	const char *(*measure)(struct sv_kvm_child *child, const void *arg), const void *arg)
{
	/* The user's interrupt is the parent's to handle. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	bind_to_first_pu(child->c);
	sv_watch_init(&child->watch, child->c->pus > 0 ? 0 : SV_PINNED_ANYWHERE);
	child->wrong = measure(child, arg);
	child->complete = true;
	_exit(0);
}

/* Until the child has ended, if need be by force. */
static void wait_for(pid_t pid, const struct sv_kvm_child *child)
{
	int status;
	pid_t ended;

	while ((ended = waitpid(pid, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
		bool enough = child->c->cancel && atomic_load(child->c->cancel);

		if (enough || sv_sample_clock() > child->limit)
			kill(pid, SIGKILL);
		usleep(1000);
	}
}

static void collect(struct sv_calibration *c, const struct sv_kvm_child *child, const char *name,
	const char *method)
{
	const char *wrong =
		child->complete ? child->wrong : "the guest did not come back within seconds";
	struct sv_samples *s;

	if (c->cancel && atomic_load(c->cancel))
		return;
	if (wrong) {
		/* What went well in an earlier round is as good as it was. */
		if (isnan(sv_probe_median(c, name)))
			sv_probe_cannot(c, name, "%s", wrong);
		return;
	}
	s = sv_probe_row(c, name, method);
	for (size_t i = 0; i < child->n; i++)
		sv_samples_put(s, child->value[i], child->disturbed[i]);
}

int sv_kvm_child_run(struct sv_calibration *c, const char *name, const char *method,
	const char *(*measure)(struct sv_kvm_child *child, const void *arg), const void *arg,
	double seconds)
{
	struct sv_kvm_child *child;
	pid_t pid;

	if (sv_probe_is_over(c))
		return 0;
	child = mmap(
		NULL, sizeof(*child), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (child == MAP_FAILED)
		return sv_error(c->diag, NULL, "no memory for the samples of %s", name);
	child->c = c;
	child->seconds = seconds;
	child->limit = sv_sample_clock() + 1e9 * seconds + GRACE_NS;
	pid = fork();
	if (pid == 0)
		be_child(child, measure, arg);
	if (pid > 0) {
		wait_for(pid, child);
		collect(c, child, name, method);
	}
	munmap(child, sizeof(*child));
	if (pid < 0)
		return sv_error(c->diag, NULL, "no process can be started to measure %s", name);
	return 0;
}
