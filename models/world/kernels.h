/*
 * kernels.h - what a host's Linux version says where the scenario is silent
 *
 * `host.kernel` stands for the keys of `host` that the version decides; a key that the
 * scenario has keeps what is written there, whole: who writes `scheduler` says all of it. So a
 * preset is nothing but text, as if the user had written it.
 */
#ifndef SV_KERNELS_H
#define SV_KERNELS_H

#include "world/scenario.h"

/* "none", "4.0", ...: the choices of host.kernel. */
extern const char *const sv_kernel_names[];

/* Adds the keys that the document's host.kernel decides and that it does not have. A version
 * that there is not is left to the reading. Returns -1 after reporting. */
int sv_kernel_apply(struct sv_doc *doc, struct sv_diag *diag);

#endif
