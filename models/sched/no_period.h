/*
 * no_period.h - hooks of policies without global work
 */
#ifndef SV_NO_PERIOD_H
#define SV_NO_PERIOD_H

#include "simtime.h"
#include <stdbool.h>

static inline sv_time sv_no_period(const void *domain)
{
	(void)domain;
	return 0;
}

static inline bool sv_no_account(void *domain, sv_time now)
{
	(void)domain, (void)now;
	return false;
}

#endif
