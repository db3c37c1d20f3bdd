/*
 * path_list.h - every path: one line each
 *
 * X(name): models/block/paths/name.c defines sv_path_name.
 */
#ifndef SV_PATH_LIST_H
#define SV_PATH_LIST_H

/* clang-format off */
#define SV_PATH_LIST(X) \
	X(host) \
	X(virtio_blk) \
	X(vhost_blk) \
	X(vhost_user) \
	X(user_nvme) \
	X(direct_aio) \
	X(exitless) \
	X(mediated) \
	X(passthrough) \
	X(ahci) \
	X(ide)
/* clang-format on */

#endif
