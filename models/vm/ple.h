/*
 * ple.h - vCPUs that spin
 */
#ifndef SV_PLE_H
#define SV_PLE_H

#include "vm/cpu.h"

/* The thread on a vCPU begins to spin, or its vCPU runs again while it spins. */
void sv_vcpu_spins(struct sv_cpu *c);

/* The window is over: if it still spins, the vCPU exits and yields to one that can use the CPU. */
void sv_vcpu_pause_exit(struct sv_cpu *c);

#endif
