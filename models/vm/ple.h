/*
 * ple.h - vCPUs that spin
 */
#ifndef SV_PLE_H
#define SV_PLE_H

#include "vm/cpu.h"

/* The thread on a vCPU begins to spin, or its vCPU runs again while it spins. */
void sv_vcpu_spins(struct sv_cpu *c);

/* The window is over: if it still spins, the vCPU exits. */
void sv_vcpu_pause_exit(struct sv_cpu *c);
/* It has exited by spinning: it yields to one that can use the CPU, or goes on. */
void sv_vcpu_on_spin(struct sv_cpu *c);

#endif
