/*
 * interrupt.h - Ctrl-C: the first asks the run to stop, the second kills
 */
#ifndef SV_INTERRUPT_H
#define SV_INTERRUPT_H

#include <stdatomic.h>

/* From now on SIGINT and SIGTERM set the flag, each once; a second one of its kind ends the
 * program. Writing beyond a limit on file sizes fails instead of ending it. */
const atomic_bool *sv_interrupt_install(void);

#endif
