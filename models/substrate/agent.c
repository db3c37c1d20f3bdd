/*
 * agent.c - devices that read and write simulated memory
 */
#include "agent.h"
#include "machine/dma.h"
#include "simulated_private.h"

void sv_sim_agent_init(
	struct sv_sim_thread *agent, struct sv_memory *memory, struct sv_sim_team *team)
{
	*agent = (struct sv_sim_thread){ .memory = memory, .team = team, .agent = true };
	agent->process.lp = memory->lp;
}

/* Out of line, so that the address of the thread-local is that of the running OS thread. */
__attribute__((noinline)) struct sv_sim_thread *sv_sim_act_as(struct sv_sim_thread *thread)
{
	struct sv_sim_thread *before = sv_sim_self;

	sv_sim_self = thread;
	return before;
}

uint64_t sv_sim_agent_load(struct sv_sim_thread *agent, const void *word, unsigned bytes)
{
	sv_memory_dma_read(agent->memory, sv_memory_line(agent->memory, word));
	return sv_memory_peek(word, bytes);
}

void sv_sim_agent_wrote(struct sv_sim_thread *agent, const void *word)
{
	sv_memory_dma_write(agent->memory, sv_memory_line(agent->memory, word), &agent->traffic);
}
