/*
 * case_list.h - the cases of `simsvirt validate`: one line each
 *
 * A line X(name) stands for native_NAME.c, which defines sv_case_NAME.
 */
#ifndef SV_CASE_LIST_H
#define SV_CASE_LIST_H

#define SV_CASE_LIST(X)                                                                            \
	X(locks)                                                                                   \
	X(queues)                                                                                  \
	X(scheduler)                                                                               \
	X(virtio)

#endif
