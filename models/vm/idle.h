/*
 * idle.h - idle states of physical CPUs
 */
#ifndef SV_IDLE_H
#define SV_IDLE_H

#include "vm/cpu.h"

/* A physical CPU goes idle; what leaving the idle state that it chose will cost. */
void sv_cpu_go_idle(struct sv_cpu *c);
sv_time sv_cpu_leave_idle(struct sv_cpu *c);

#endif
