/*
 * progress.h - how far a run is: a bar on a terminal, lines elsewhere
 *
 * On a terminal a bar is drawn at the bottom, at most ten times a second and only when
 * the run takes longer than a moment; sv_progress_stop() removes it. `always` makes
 * lines when the stream is no terminal, one a second and one at the end.
 * A thread of its own draws, so that the clock moves while long jobs run.
 */
#ifndef SV_PROGRESS_H
#define SV_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum sv_progress_mode { SV_PROGRESS_AUTO, SV_PROGRESS_ALWAYS, SV_PROGRESS_NEVER };
extern const char *const sv_progress_modes[]; /* their names, ends with NULL */

struct sv_progress;

/* NULL when nothing is to be shown; the functions below then must not be called. */
struct sv_progress *sv_progress_new(enum sv_progress_mode mode, FILE *to);
void sv_progress_free(struct sv_progress *p);

/* What is counted is not points, and may end before its number is reached: no time left is told. */
void sv_progress_bound(struct sv_progress *p, const char *noun);
void sv_progress_start(struct sv_progress *p, size_t points, size_t jobs);
/* A job has ended; point_done when it was the last of its point. Threads may call at once. */
void sv_progress_step(struct sv_progress *p, bool point_done, const char *text);
void sv_progress_stop(struct sv_progress *p);

#endif
