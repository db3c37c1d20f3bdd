/*
 * idle.c - idle states of physical CPUs
 *
 * An idle CPU sinks into the deepest state whose target residency fits the time for which
 * it expects to stay idle: the mean of its last idle times, as the typical interval of
 * Linux's menu governor without that governor's timers. The next wake-up pays the state's
 * exit latency. A lock handed to a halted vCPU waits for it.
 *
 * Reference     Linux, drivers/cpuidle/governors/menu.c; tables of drivers/idle/intel_idle.c.
 */
#include "vm/idle.h"

void sv_cpu_go_idle(struct sv_cpu *c)
{
	c->idle_since = sv_now(c->domain->lp);
}

static sv_time expected_idle(const struct sv_cpu *c)
{
	unsigned n = c->idles < SV_IDLE_HISTORY ? c->idles : SV_IDLE_HISTORY;
	sv_time sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += c->idle[i];
	return n ? sum / n : 0;
}

sv_time sv_cpu_leave_idle(struct sv_cpu *c)
{
	const struct sv_machine *m = c->domain->machine;
	sv_time expected = expected_idle(c), exit = 0;

	for (unsigned i = 0; i < m->idle_states; i++)
		if (m->idle_state[i].residency <= expected)
			exit = m->idle_state[i].exit;
	c->idle[c->idles++ % SV_IDLE_HISTORY] = sv_now(c->domain->lp) - c->idle_since;
	return exit;
}
