/*
 * simtime.c - reading and writing times
 */
#include "simtime.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct unit {
	const char *name;
	sv_time ps;
} units[] = {
	{ "h", 3600 * SV_S },
	{ "min", 60 * SV_S },
	{ "s", SV_S },
	{ "ms", SV_MS },
	{ "us", SV_US },
	{ "ns", SV_NS },
	{ "ps", SV_PS },
};

static const struct unit *unit_by_name(const char *name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(units[i].name, name))
			return &units[i];
	return NULL;
}

const char *sv_time_parse(const char *text, sv_time *out)
{
	char *end;
	double value, ps;
	const struct unit *unit;

	errno = 0;
	value = strtod(text, &end);
	/* strtod() also takes hexadecimal, "inf" and "nan": none of them is a time. */
	if (end == text || strspn(text, "0123456789.eE+-") < (size_t)(end - text))
		return "is not a time; write a number with a unit, such as 40us";
	while (*end == ' ')
		end++;
	if (*end == '\0')
		return "lacks a unit; write ps, ns, us, ms, s, min or h behind the number";
	unit = unit_by_name(end);
	if (!unit)
		return "has no unit of time; write ps, ns, us, ms, s, min or h behind the number";
	if (value < 0)
		return "is negative";
	ps = nearbyint(value * (double)unit->ps);
	if (!(ps < (double)SV_TIME_MAX))
		return "is longer than simulated time lasts (106 days)";
	*out = (sv_time)ps;
	return NULL;
}

char *sv_time_format(char *buf, size_t size, sv_time t)
{
	/* Hours and minutes are read but not written: seconds read better in reports. */
	for (size_t i = 2; i < sizeof(units) / sizeof(units[0]); i++)
		if (t % units[i].ps == 0) {
			snprintf(buf, size, "%lld%s", (long long)(t / units[i].ps), units[i].name);
			break;
		}
	return buf;
}
