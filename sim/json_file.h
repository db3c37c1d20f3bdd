/*
 * json_file.h - files of JSON, whose mistakes have places
 */
#ifndef SV_JSON_FILE_H
#define SV_JSON_FILE_H

#include "diag.h"
#include <jansson.h>

/* The caller owns the value. NULL after reporting: not there, too large, not JSON, cut short. */
json_t *sv_json_load(const char *path, struct sv_diag *diag);

#endif
