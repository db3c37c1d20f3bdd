/*
 * os.h - what scheduled threads ask of their system
 */
#ifndef SV_OS_H
#define SV_OS_H

#include "vm/cpu.h"

/* For a team whose threads are tasks of a domain. */
extern const struct sv_sim_os sv_scheduled_os;

#endif
