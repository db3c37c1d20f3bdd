/*
 * factor.c - names and bounds of the factors
 */
#include "machine/factor.h"
#include <stddef.h>

#define NAME(id, name, min, max, help) name,
#define HELP(id, name, min, max, help) help,
#define MIN(id, name, min, max, help)  min,
#define MAX(id, name, min, max, help)  max,
static const char *const names[SV_FACTORS + 1] = { SV_FACTOR_LIST(NAME) };
static const char *const helps[SV_FACTORS] = { SV_FACTOR_LIST(HELP) };
static const char *const minima[SV_FACTORS] = { SV_FACTOR_LIST(MIN) };
static const char *const maxima[SV_FACTORS] = { SV_FACTOR_LIST(MAX) };

const char *sv_factor_name(enum sv_factor factor)
{
	return factor < SV_FACTORS ? names[factor] : NULL;
}

const char *sv_factor_help(enum sv_factor factor)
{
	return factor < SV_FACTORS ? helps[factor] : NULL;
}

const char *sv_factor_min(enum sv_factor factor)
{
	return factor < SV_FACTORS ? minima[factor] : NULL;
}

const char *sv_factor_max(enum sv_factor factor)
{
	return factor < SV_FACTORS ? maxima[factor] : NULL;
}

const char *const *sv_factor_names(void)
{
	return names;
}
