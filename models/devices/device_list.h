/*
 * device_list.h - every kind of device: one line each
 *
 * X(name): models/devices/name.c defines sv_device_kind_name.
 */
#ifndef SV_DEVICE_LIST_H
#define SV_DEVICE_LIST_H

/* clang-format off */
#define SV_DEVICE_LIST(X) \
	X(null) \
	X(nvme) \
	X(sata)
/* clang-format on */

#endif
