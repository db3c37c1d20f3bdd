/*
 * case.c - the list of cases
 */
#include "case.h"
#include "case_list.h"
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

/* EEVDF came with 6.6, its shorter slice with 6.15. */
const char *sv_case_scheduler(const char *kernel)
{
	unsigned major = 0, minor = 0;

	sscanf(kernel, "%u.%u", &major, &minor);
	if (major > 6 || (major == 6 && minor >= 15))
		return "{kind: eevdf, base_slice: 2800us}";
	return major == 6 && minor >= 6 ? "{kind: eevdf, base_slice: 3ms}" : "{kind: cfs}";
}
