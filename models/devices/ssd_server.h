/*
 * ssd_server.h - what serves in order of arrival (private to models/devices)
 *
 * When each service is known as it begins to wait, "until when is it busy" says all: there is no
 * queue, and no event at the start of a service.
 */
#ifndef SV_SSD_SERVER_H
#define SV_SSD_SERVER_H

#include "simtime.h"

/* First come, first served. */
struct sv_ssd_server {
	sv_time until, busy; /* busy: the services that began since the start of the window */
};

/* Serves one that comes now; returns when it is done. */
static inline sv_time sv_ssd_serve(struct sv_ssd_server *s, sv_time now, sv_time service)
{
	s->until = (s->until > now ? s->until : now) + service;
	s->busy += service;
	return s->until;
}

/* As it works without a gap until `until`, what lies behind `now` is the rest of its work. */
static inline sv_time sv_ssd_served(const struct sv_ssd_server *s, sv_time now)
{
	return s->busy - (s->until > now ? s->until - now : 0);
}

static inline void sv_ssd_server_reset(struct sv_ssd_server *s, sv_time now)
{
	s->busy = s->until > now ? s->until - now : 0;
}

#endif
