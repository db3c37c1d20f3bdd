/*
 * directed.c - whom a vCPU that cannot get on should help
 *
 * As KVM, in a circle from the last that was helped, over vCPUs that are ready but do not run;
 * those that were spinning themselves count only every second time. What locks tell goes
 * before: a vCPU that was kicked as the next holder, or whose last halt announced the ticket
 * that now holds the lock; and nobody is helped who is known to wait for a lock.
 *
 * KVM gives up after three yields that displaced nobody. Here a vCPU that is ready always waits
 * behind another one, so the first yield succeeds.
 *
 * Reference     Linux 4.5, virt/kvm/kvm_main.c, kvm_vcpu_on_spin(),
 *               kvm_vcpu_eligible_for_directed_yield(); kernel/sched/core.c, yield_to().
 */
#include "vm/directed.h"

/* A vCPU that spun when it lost its CPU is worth a boost only every second time. */
static bool is_eligible(struct sv_cpu *c, const struct sv_pv_hint *hint)
{
	bool eligible = !c->spun || c->eligible;

	/* Who stands behind the giver cannot be what it waits for. */
	if (c->lock.waits || (hint && c->lock.hint.lock == hint->lock &&
				     (int16_t)(c->lock.hint.mine - hint->holder) > 0))
		return false;
	if (c->spun)
		c->eligible = !c->eligible;
	return eligible;
}

static bool is_next_holder(struct sv_cpu *c, const struct sv_pv_hint *hint)
{
	(void)hint;
	return c->lock.holds;
}

static bool has_ticket(struct sv_cpu *c, const struct sv_pv_hint *hint)
{
	return c->lock.hint.lock == hint->lock && c->lock.hint.mine == hint->holder;
}

static struct sv_cpu *search(struct sv_domain *d, const struct sv_cpu *giver,
	bool (*fits)(struct sv_cpu *, const struct sv_pv_hint *), const struct sv_pv_hint *hint)
{
	for (unsigned i = 1; i <= d->cpus; i++) {
		unsigned index = (d->last_boosted + i) % d->cpus;
		struct sv_cpu *c = &d->cpu[index];

		if (c == giver || c->body->state != SV_TASK_READY || !fits(c, hint))
			continue;
		d->last_boosted = index;
		return c;
	}
	return NULL;
}

static struct sv_cpu *known_holder(struct sv_cpu *giver, const struct sv_pv_hint *hint)
{
	struct sv_domain *d = giver->domain;
	struct sv_cpu *c = NULL;

	if (d->lock.yield.aware)
		c = search(d, giver, is_next_holder, NULL);
	if (!c && hint)
		c = search(d, giver, has_ticket, hint);
	if (c)
		d->lock.to_holder++;
	return c;
}

/* The other VMs of the host in a circle from the giver's. */
static struct sv_cpu *of_another_vm(struct sv_cpu *giver)
{
	struct sv_domain *own = giver->domain, *host = giver->body->cpu->domain;
	struct sv_domain *d = own->lock.next ? own->lock.next : host->lock.guests;
	struct sv_cpu *c;

	for (; d != own; d = d->lock.next ? d->lock.next : host->lock.guests)
		if ((c = search(d, giver, is_eligible, NULL)))
			return c;
	return NULL;
}

struct sv_cpu *sv_directed_choose(struct sv_cpu *giver, const struct sv_pv_hint *hint)
{
	const struct sv_lock_yield *how = &giver->domain->lock.yield;
	struct sv_cpu *c;

	if (!how->hints)
		hint = NULL;
	c = known_holder(giver, hint);
	if (!c)
		c = search(giver->domain, giver, is_eligible, hint);
	if (!c && how->boost_others)
		c = of_another_vm(giver);
	return c;
}

bool sv_directed_yield(struct sv_cpu *giver, struct sv_cpu *chosen)
{
	bool left;

	giver->spun = true;
	giver->eligible = false;
	left = sv_task_yield_to(giver->body, chosen->body);
	if (!left)
		giver->spun = false;
	return left;
}
