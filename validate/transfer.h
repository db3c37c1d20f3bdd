/*
 * transfer.h - a line's way between two PUs, in a moment
 *
 * A hypervisor may move virtual CPUs nearer to each other or further apart, and every line
 * that moves between them then takes another time. Who measures for long looks now and then.
 */
#ifndef SV_TRANSFER_H
#define SV_TRANSFER_H

#include "diag.h"

/* *seconds: half of a round trip, NAN when something disturbed each attempt. Returns -1 after
 * reporting. */
int sv_transfer(unsigned pu, unsigned other, double *seconds, struct sv_diag *diag);

#endif
