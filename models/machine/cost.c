/*
 * cost.c - names of the costs
 */
#include "machine/cost.h"
#include <stddef.h>
#include <string.h>

#define FAMILY(name, d) name "." d
#define FAMILY_NAMES(id, name, help)                                                               \
	FAMILY(name, "smt"), FAMILY(name, "l2"), FAMILY(name, "l3"), FAMILY(name, "package"),      \
		FAMILY(name, "hop1"), FAMILY(name, "hop2"), FAMILY(name, "hop3"),
#define SINGLE_NAME(id, name, help) name,
static const char *const names[SV_COSTS + 1] = { SV_COST_FAMILIES(FAMILY_NAMES)
		SV_COST_SINGLES(SINGLE_NAME) SV_COST_OPTIONALS(SINGLE_NAME) };

#define FAMILY_HELP(id, name, help) help, help, help, help, help, help, help,
#define SINGLE_HELP(id, name, help) help,
static const char *const helps[SV_COSTS] = { SV_COST_FAMILIES(FAMILY_HELP)
		SV_COST_SINGLES(SINGLE_HELP) SV_COST_OPTIONALS(SINGLE_HELP) };

const char *sv_cost_name(enum sv_cost cost)
{
	return cost < SV_COSTS ? names[cost] : NULL;
}

const char *sv_cost_help(enum sv_cost cost)
{
	return cost < SV_COSTS ? helps[cost] : NULL;
}

const char *const *sv_cost_names(void)
{
	return names;
}

int sv_cost_find(const char *name)
{
	for (int cost = 0; cost < SV_COSTS; cost++)
		if (!strcmp(names[cost], name))
			return cost;
	return -1;
}
