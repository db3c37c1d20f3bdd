/*
 * peer.h - a program that others wrote, started to be measured against
 *
 *	struct sv_peer peer;
 *	if (sv_peer_start(&peer, argv, pu, 30, diag) < 0) ...
 *	... connect to peer.socket ...
 *	sv_peer_stop(&peer);
 *
 * The program is a child of the calling thread, with a directory of its own under TMPDIR, where
 * its output goes and where it is to make its socket. It ends when sv_peer_stop() ends it, when
 * its limit of time is over, or with the thread that started it, whatever comes first.
 */
#ifndef SV_PEER_H
#define SV_PEER_H

#include "diag.h"
#include <sys/types.h>

struct sv_peer {
	pid_t pid; /* 0: it does not run */
	const char *name;
	char directory[80];
	char socket[96], file[96], output[96]; /* in it; the caller's to use, but for the last */
};

/* Whether there is such a program on PATH. */
bool sv_peer_is_there(const char *program);

/* Makes the directory, nothing else. Returns -1 after reporting. */
int sv_peer_init(struct sv_peer *p, struct sv_diag *diag);

/*
 * Starts argv[0] in it, all of its threads on PU `pu` (SV_PINNED_ANYWHERE: any), for at most so
 * many seconds. Returns -1 after reporting; then the directory is gone.
 */
int sv_peer_start(struct sv_peer *p, const char *const *argv, unsigned pu, unsigned seconds,
	struct sv_diag *diag);

/* Binds all its threads to another PU. False: the kernel refuses. */
bool sv_peer_bind(const struct sv_peer *p, unsigned pu);

/* Seconds of CPU time that it has had; negative: the kernel does not say. */
double sv_peer_cpu(const struct sv_peer *p);

/* Whether it still runs, by any thread. */
bool sv_peer_is_alive(const struct sv_peer *p);
/* The same for who started it. Reports how it ended, and the last line that it wrote, when not. */
bool sv_peer_runs(struct sv_peer *p, struct sv_diag *diag);

/* Ends it and removes its directory. Harmless when there is nothing to end. */
void sv_peer_stop(struct sv_peer *p);

#endif
