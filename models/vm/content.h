/*
 * content.h - what the current task of a CPU is made of: a thread's code, or a CPU
 */
#ifndef SV_CONTENT_H
#define SV_CONTENT_H

#include "vm/cpu.h"

/* The rest of the switch to `current` takes so long; then its content begins to run. */
void sv_cpu_finish_switch(struct sv_cpu *c, sv_time rest);
/* It begins: a thread's code, once what its cache lost is loaded, or a CPU. */
void sv_cpu_start_content(struct sv_cpu *c);
void sv_cpu_stop_content(struct sv_cpu *c);

/* Runs a thread on it: of `current`, or what a vCPU is outside. */
void sv_cpu_run_thread(struct sv_cpu *c, struct sv_sim_thread *thread);
/* The PU that it is, or that the CPU below is. */
uint16_t sv_cpu_pu(const struct sv_cpu *c);

/* A handler of an interrupt goes before it; then it goes on, or its task loses the CPU. */
void sv_cpu_interrupt_content(struct sv_cpu *c);
void sv_cpu_resume_content(struct sv_cpu *c);
void sv_cpu_drop_content(struct sv_cpu *c);

#endif
