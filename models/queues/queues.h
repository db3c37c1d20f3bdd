/*
 * queues.h - every queue, in every substrate
 *
 * The arrays follow queue_list.h and end with NULL; the i-th queue of each is the same source
 * file.
 */
#ifndef SV_QUEUES_H
#define SV_QUEUES_H

#include "diag.h"
#include "queue.h"

extern const struct sv_queue *const sv_queues_native[];
extern const struct sv_queue *const sv_queues_simulated[];
extern const struct sv_queue *const sv_queues_explored[];

/* As a kind of option; object: the simulated struct sv_queue. */
extern const struct sv_kinds sv_queue_kinds;

/* Returns -1 after reporting when a queue cannot have that many entries. */
int sv_queue_check_size(const struct sv_queue *queue, int64_t size, const struct sv_place *place,
	struct sv_diag *diag);

/* A ring whose parts lie in one piece of layout->bytes at `memory`. */
struct sv_ring sv_queue_ring(const struct sv_queue_layout *layout, void *memory, uint32_t size);

#endif
