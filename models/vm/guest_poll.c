/*
 * guest_poll.c - idle guests that poll before they halt
 *
 * Reference     Linux, drivers/cpuidle/governors/haltpoll.c: the window starts with 50 us, doubles
 *               when a halt was longer than the window but not than the limit, and is halved
 *               when it was longer than the limit; drivers/cpuidle/poll_state.c polls
 *               with pause instructions, which the hardware takes for a spinner's.
 */
#include "vm/guest_poll.h"
#include "vm/halt.h"
#include "vm/ple.h"

#define FIRST_WINDOW (50 * SV_US)
enum { GROW = 2, SHRINK = 2 };

static sv_time now_of(const struct sv_cpu *c)
{
	return sv_now(c->domain->lp);
}

static void halt(struct sv_cpu *c)
{
	c->guest_poll.polling = false;
	c->guest_poll.halted = c->domain->guest_poll > 0;
	c->guest_poll.halted_at = now_of(c);
	sv_vcpu_halt(c);
}

static void adapt(struct sv_guest_poll *p, sv_time halted, sv_time limit)
{
	if (halted > limit) {
		p->window /= SHRINK;
	} else if (halted > p->window) {
		p->window = p->window * GROW > FIRST_WINDOW ? p->window * GROW : FIRST_WINDOW;
		p->window = p->window < limit ? p->window : limit;
	}
}

void sv_vcpu_idle(struct sv_cpu *c)
{
	struct sv_guest_poll *p = &c->guest_poll;

	if (!p->polling && p->window > 0) {
		p->polling = true;
		p->end = now_of(c) + p->window;
		sv_schedule(c->domain->lp, p->end, SV_EVENT_GUEST_POLL_END, (uintptr_t)c);
	} else if (!p->polling || p->end <= now_of(c)) {
		halt(c);
		return;
	}
	sv_vcpu_spins(c);
}

void sv_vcpu_leave_halt(struct sv_cpu *c)
{
	struct sv_guest_poll *p = &c->guest_poll;

	if (p->halted)
		adapt(p, now_of(c) - p->halted_at, c->domain->guest_poll);
	p->halted = false;
}

void sv_vcpu_guest_poll_end(struct sv_cpu *c)
{
	if (c->guest_poll.polling && c->on && !c->handling && c->guest_poll.end == now_of(c))
		halt(c);
}
