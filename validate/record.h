/*
 * record.h - cells as JSON: what was measured, to be predicted again at any time
 */
#ifndef SV_RECORD_H
#define SV_RECORD_H

#include "compare.h"

/*
 * Everything: the host, the settings, each repeat, predictions and errors. `version` is the
 * program's, `profile` names the machine that predicted (NULL: none did).
 */
json_t *sv_record_write(
	const struct sv_comparison *c, const char *version, const char *host, const char *profile);

/* Reads a file that has what sv_record_write() made; predictions in it do not count. *host is
 * what it says of the host; the caller frees it. NULL after reporting. */
struct sv_cells *sv_record_read(const char *path, char **host, struct sv_diag *diag);

#endif
