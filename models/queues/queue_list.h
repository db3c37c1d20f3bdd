/*
 * queue_list.h - every queue: one line each
 *
 * X(name): models/queues/name.c defines SV_QUEUE(name).
 */
#ifndef SV_QUEUE_LIST_H
#define SV_QUEUE_LIST_H

/* clang-format off */
#define SV_QUEUE_LIST(X) \
	X(vring_split) \
	X(vring_packed) \
	X(nvme_pair)
/* clang-format on */

#endif
