/*
 * world_check.h - the parts of sv_world_check()
 */
#ifndef SV_WORLD_CHECK_H
#define SV_WORLD_CHECK_H

#include "world/scenario.h"

/* Devices, disks and the threads that serve them. Returns -1 after reporting all mistakes. */
int sv_check_disks(const struct sv_scenario *s, struct sv_diag *diag);

#endif
