/*
 * json_number.h - numbers in JSON, which has neither NAN nor infinity
 */
#ifndef SV_JSON_NUMBER_H
#define SV_JSON_NUMBER_H

#include "memory.h"
#include <jansson.h>
#include <math.h>

static inline json_t *sv_json_number(double x)
{
	return sv_must(isfinite(x) ? json_real(x) : json_null());
}

#endif
