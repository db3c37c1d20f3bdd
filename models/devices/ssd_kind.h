/*
 * ssd_kind.h - what the kinds of drives share of their type (private to models/devices)
 */
#ifndef SV_SSD_KIND_H
#define SV_SSD_KIND_H

#include "devices/device.h"
#include "devices/ssd_config.h"

extern const struct sv_device_kind sv_device_kind_nvme, sv_device_kind_sata;

uint64_t sv_ssd_capacity(const void *config);
uint32_t sv_ssd_max_transfer(const void *config);
/* Whether the parts fit together; -1 after reporting. */
int sv_ssd_check(const struct sv_ssd_cfg *config, const struct sv_node *node, struct sv_diag *diag);

#endif
