/*
 * account.h - what physical CPUs spent their time on, for one VM
 *
 * Its leaves are told apart by those who know: the meters of threads (meter.h) what a
 * thread did while it ran, exits (exit.h) why a vCPU was away, CPUs what switching and
 * polling took. What its tasks ran, which the host's CPUs measure, is their sum to the
 * picosecond, or one of them has a defect.
 */
#ifndef SV_ACCOUNT_H
#define SV_ACCOUNT_H

#include "vm/cpu.h"

struct sv_account {
	sv_time user;     /* threads run, and have to do with no lock */
	sv_time spinning; /* they run and wait for one, or for its lines */
	sv_time critical; /* they run and have one, or hand it over */
	sv_time guest;    /* its own kernel: switches of threads, handlers of interrupts */
	sv_time waiting;  /* its vCPUs have nothing to run, and poll */
	sv_time polling;  /* the host polls for those that halted */
	sv_time exit[SV_EXIT_REASONS];
	sv_time ran; /* its tasks on the host's CPUs */
};

/* Each adds what there was since the start of the window. */
void sv_account_vcpu(struct sv_account *a, struct sv_cpu *vcpu);
void sv_account_thread(struct sv_account *a, struct sv_task *thread, const sv_time *spent_before);
void sv_account_add(struct sv_account *a, const struct sv_account *other);

sv_time sv_account_exits(const struct sv_account *a);
/* Of its leaves. */
sv_time sv_account_sum(const struct sv_account *a);

#endif
