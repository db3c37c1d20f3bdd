/*
 * tags.h - the numbers of requests that a hardware queue can have at a time
 *
 * Linux's sbitmap: a bit for each tag, in words on lines of their own, so that CPUs that begin
 * their search at different places do not meet. A freed tag only sets a bit in a second word
 * beside; whoever finds a word full takes all of its freed tags back at once. The words are
 * simulated memory.
 *
 * Cost: on an idle queue, to get a tag is a load and an atomic on the CPU's own word, to free it
 * one atomic.
 */
#ifndef SV_TAGS_H
#define SV_TAGS_H

#include "diag.h"
#include "wait.h"
#include "world/system.h"

#define SV_NO_TAG UINT32_MAX

struct sv_tag_word;
struct sv_tags {
	struct sv_tag_word *word;
	uint32_t depth, words, shift;
	uint32_t *hint; /* by CPU: where the search begins */
	struct sv_wait_queue waiting;
	uint64_t waits; /* since the start of the window */
	uint32_t used;
};

/* Returns -1 after reporting. */
int sv_tags_init(struct sv_tags *t, struct sv_system *system, uint32_t depth, unsigned node,
	struct sv_diag *diag);
void sv_tags_fini(struct sv_tags *t);

/* SV_NO_TAG: there is none. */
uint32_t sv_tags_try(struct sv_tags *t, struct sv_sim_thread *self);
/* Sleeps until there is one; but not for longer than until woken, when the thread may be on a CPU
 * of another queue: SV_NO_TAG then asks to begin anew. */
uint32_t sv_tags_wait(struct sv_tags *t, struct sv_sim_thread *self);
/* Frees a tag, and wakes one who waits for one. */
void sv_tags_free(struct sv_tags *t, uint32_t tag, struct sv_sim_thread *self);

#endif
