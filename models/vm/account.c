/*
 * account.c - adding up what the CPUs did
 */
#include "vm/account.h"

void sv_account_vcpu(struct sv_account *a, struct sv_cpu *vcpu)
{
	sv_cpu_account(vcpu);
	sv_cpu_account(vcpu->body->cpu);
	a->guest += vcpu->switching + vcpu->handled + vcpu->exits.time[SV_GUEST_HANDLER];
	a->waiting += vcpu->idled;
	a->polling += vcpu->polled;
	for (int i = 0; i < SV_EXIT_REASONS; i++)
		a->exit[i] += vcpu->exits.time[i];
	a->ran += vcpu->body->ran;
}

void sv_account_thread(struct sv_account *a, struct sv_task *thread, const sv_time *spent_before)
{
	struct sv_meter *m = &thread->thread->meter;
	sv_time spent[SV_PARTS];

	sv_meter_read(m, sv_now(thread->cpu->domain->lp));
	for (int i = 0; i < SV_PARTS; i++)
		spent[i] = m->spent[i] - spent_before[i];
	a->user += spent[SV_PART_USER];
	a->spinning += spent[SV_PART_SPINNING] + spent[SV_PART_TRANSFER];
	a->critical += spent[SV_PART_CRITICAL] + spent[SV_PART_KICK];
	/* A thread on a vCPU runs within what its vCPU's task runs. */
	if (thread->cpu->body)
		return;
	sv_cpu_account(thread->cpu);
	a->ran += thread->ran;
}

void sv_account_add(struct sv_account *a, const struct sv_account *other)
{
	a->user += other->user;
	a->spinning += other->spinning;
	a->critical += other->critical;
	a->guest += other->guest;
	a->waiting += other->waiting;
	a->polling += other->polling;
	for (int i = 0; i < SV_EXIT_REASONS; i++)
		a->exit[i] += other->exit[i];
	a->ran += other->ran;
}

sv_time sv_account_exits(const struct sv_account *a)
{
	sv_time sum = 0;

	for (int i = 0; i < SV_EXIT_REASONS; i++)
		sum += a->exit[i];
	return sum;
}

sv_time sv_account_sum(const struct sv_account *a)
{
	return a->user + a->spinning + a->critical + a->guest + a->waiting + a->polling +
	       sv_account_exits(a);
}
