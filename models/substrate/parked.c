/*
 * parked.c - threads that poll several things without events
 */
#include "parked.h"
#include "simulated_private.h"

bool sv_sim_park(struct sv_sim_thread *self, sv_time turn, sv_time until)
{
	bool told;

	SV_BUG_ON(!self->task);
	sv_sim_drain(self);
	self->parked = true;
	self->turn = turn;
	if (until < SV_TIME_MAX)
		sv_sim_continue(
			self, until > sv_now(self->process.lp) ? until : sv_now(self->process.lp));
	sv_sim_block(self);
	told = !self->parked;
	self->parked = false;
	return told;
}

void sv_sim_unpark(struct sv_sim_thread *t)
{
	sv_time now = sv_now(t->process.lp);

	if (!t->parked)
		return;
	t->parked = false;
	sv_sim_continue(t, now + sv_memory_phase(t->memory, t->turn));
}
