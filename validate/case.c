/*
 * case.c - the list of cases
 */
#include "case.h"
#include "case_list.h"
#include <stdlib.h>
#include <string.h>

#define X(name) extern const struct sv_case sv_case_##name;
SV_CASE_LIST(X)
#undef X

#define X(name) &sv_case_##name,
const struct sv_case *const sv_cases[] = { SV_CASE_LIST(X) NULL };
#undef X

const struct sv_case *sv_case_find(const char *name)
{
	for (size_t i = 0; sv_cases[i]; i++)
		if (!strcmp(sv_cases[i]->name, name))
			return sv_cases[i];
	return NULL;
}

size_t sv_case_axes(const struct sv_case *kind)
{
	size_t n = 0;

	while (kind->axis[n].name)
		n++;
	return n;
}

size_t sv_case_metrics(const struct sv_case *kind)
{
	size_t n = 0;

	while (kind->metric[n].name)
		n++;
	return n;
}

/* By (1 + log2(CPUs)) / 4 of what 8 CPUs and more have. */
static unsigned scaled(unsigned us, unsigned cpus)
{
	unsigned log = 0;

	while (log < 3 && cpus >> (log + 1))
		log++;
	return us * (1 + log) / 4;
}

/* EEVDF came with 6.6, its shorter slice with 6.15. */
char *sv_case_linux(const char *kernel, unsigned cpus, char *buf, size_t size)
{
	char *end;
	unsigned long major = strtoul(kernel, &end, 10);
	unsigned long minor = *end == '.' ? strtoul(end + 1, NULL, 10) : 0;
	unsigned us = major > 6 || (major == 6 && minor >= 15) ? 2800 : 3000;

	if (major < 6 || (major == 6 && minor < 6))
		snprintf(buf, size, "{kind: cfs}");
	else
		snprintf(buf, size, "{kind: eevdf, base_slice: %uus, scaling: none}",
			scaled(us, cpus));
	return buf;
}
