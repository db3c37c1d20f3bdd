/*
 * streams.h - what random numbers are used for
 *
 * A use names a stream together with seed, replication and LP (random.h). Threads have
 * one stream each, so that a thread's draws do not depend on what others do.
 */
#ifndef SV_STREAMS_H
#define SV_STREAMS_H

enum sv_use {
	SV_USE_POLLS = 1,
	SV_USE_UNCERTAIN = 2,   /* of a study; the LP is the position of the value */
	SV_USE_THREAD = 0x1000, /* + number of the thread, below 2^15 */
	SV_USE_DEVICE = 0xa000, /* + 12 bits of its name's hash */
};

#endif
