/*
 * agent.h - devices that read and write simulated memory
 *
 * An agent is a thread without a core and without a fiber: its substrate operations take effect at
 * once, take no time, and change the lines as DMA does (dma.h). So the device's side of a queue
 * is the same code as everywhere, called from a handler of events or from whatever thread rings:
 *
 *	sv_sim_agent_init(&agent, memory, team);
 *	...
 *	struct sv_sim_thread *before = sv_sim_act_as(&agent);
 *	queue->take(device, &taken);
 *	sv_sim_act_as(before);
 *
 * What PCIe takes is the device's to charge: it calls this when the bytes arrive.
 *
 * Rules. An agent does not wait: no await, futex, halt or pause.
 */
#ifndef SV_AGENT_H
#define SV_AGENT_H

#include "thread.h"

/* Nothing to free. */
void sv_sim_agent_init(
	struct sv_sim_thread *agent, struct sv_memory *memory, struct sv_sim_team *team);

/* Operations are those of this thread from now on; returns whose they were. */
struct sv_sim_thread *sv_sim_act_as(struct sv_sim_thread *thread);

#endif
