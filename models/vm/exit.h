/*
 * exit.h - why a virtual CPU leaves its guest, how often, and how long it is away
 *
 * A vCPU that exits stays on its host's CPU but runs nothing of its guest: what it owes by
 * reason passes first, and only then it goes on, halts or yields. Time that it comes to owe
 * while it is away, preempted or blocked is added to that, so nothing is lost and nothing is
 * charged to anybody else. A thread that exits by what it does (a kick, an interrupt that it
 * sends) is stopped until its vCPU is back.
 *
 *	sv_vcpu_exit(c, SV_EXIT_HYPERCALL, cost[SV_COST_VM_HYPERCALL]);
 *
 * The time of each reason is exact: on the CPU of the host it is part of what the vCPU's task ran.
 */
#ifndef SV_EXIT_H
#define SV_EXIT_H

#include "simtime.h"
#include <stdbool.h>
#include <stdint.h>

/* X(ENUM, name, help) */
#define SV_EXITS(X)                                                                                \
	X(HLT, "hlt", "halts, of idle vCPUs and of waiters for a lock, with their wake-ups")       \
	X(IO, "io", "accesses to ports of devices")                                                \
	X(MMIO, "mmio", "accesses to memory of devices")                                           \
	X(HYPERCALL, "hypercall", "calls of the hypervisor: kicks, halts with arguments")          \
	X(PAUSE, "pause", "spinning for a window")                                                 \
	X(EPT, "ept", "violations of the nested page tables")                                      \
	X(INTERRUPT, "interrupt", "interrupts that came to the CPU of the host while it ran")      \
	X(APIC, "apic", "accesses to the APIC: interrupts that it sends")                          \
	X(EOI, "eoi", "ends of interrupts")                                                        \
	X(TIMER, "timer", "its own timer, whose time came while it ran")                           \
	X(MSR, "msr", "writes of machine registers: setting the timer")

enum sv_exit_reason {
#define X(id, name, help) SV_EXIT_##id,
	SV_EXITS(X)
#undef X
		SV_EXIT_REASONS,
	/* No exit, but time that its threads do not get: the guest's own handlers of interrupts. */
	SV_GUEST_HANDLER = SV_EXIT_REASONS,
	SV_ABSENCES
};

struct sv_exits {
	/* Since the start of the window; time: SV_GUEST_HANDLER, too. */
	uint64_t count[SV_EXIT_REASONS];
	sv_time time[SV_ABSENCES];
	sv_time left[SV_ABSENCES]; /* what it owes, which passes in the order of the list */
	sv_time owed;              /* the sum of these */
	sv_time end;               /* of the absence that goes on; -1: none */
};

struct sv_cpu;

/* The vCPU of the running or stopped guest exits once; it is away for so long, at once if it runs,
 * else when it next would. */
void sv_vcpu_exit(struct sv_cpu *c, enum sv_exit_reason reason, sv_time time);
/* The same for an absence that is no exit, or part of one that was counted. */
void sv_vcpu_spend(struct sv_cpu *c, enum sv_exit_reason what, sv_time time);

/* The same in parts: what it owes, counted as an exit or not, and that it leaves to pay it. */
void sv_vcpu_owe(struct sv_cpu *c, enum sv_exit_reason what, sv_time time);
void sv_vcpu_owe_exit(struct sv_cpu *c, enum sv_exit_reason reason, sv_time time);
void sv_vcpu_leave(struct sv_cpu *c);

/* Its task has the CPU of the host: what it owes passes, then it goes on. */
void sv_vcpu_enter(struct sv_cpu *c);
/* Its task loses that CPU. */
void sv_vcpu_lose(struct sv_cpu *c);

/* Its thread outside has ended: what it owes passes, then it goes on. */
void sv_vcpu_return(struct sv_cpu *c);
/* A handler of its host runs on its CPU: it stops where it is, and if it executed, exits. Then it
 * goes on. */
void sv_vcpu_freeze(struct sv_cpu *c, sv_time exit);
void sv_vcpu_thaw(struct sv_cpu *c);

/* Adds time that has passed to what it was away for. */
void sv_exits_pass(struct sv_exits *e, sv_time passed);

/* The absence is over, if it still is due now. */
void sv_vcpu_exit_end(struct sv_cpu *c);

#endif
