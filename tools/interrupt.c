/*
 * interrupt.c - Ctrl-C: the first asks the run to stop, the second kills
 */
#include "interrupt.h"
#include <signal.h>
#include <stdbool.h>

static atomic_bool interrupted;

static void handle(int number)
{
	(void)number;
	/* Lock-free, hence allowed here. */
	atomic_store(&interrupted, true);
}

const atomic_bool *sv_interrupt_install(void)
{
	/* SA_RESETHAND: what comes next is the default, the end. SA_RESTART: no write is cut. */
	struct sigaction action = { .sa_handler = handle,
		.sa_flags = (int)(SA_RESETHAND | SA_RESTART) };

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* A limit on file sizes is to show as a write that fails, like a full disk. */
	signal(SIGXFSZ, SIG_IGN);
	return &interrupted;
}
