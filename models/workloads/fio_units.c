/*
 * fio_units.c - numbers, sizes and times as fio's job files write them
 *
 * fio's prefixes are the reverse of the standard's: k and kb are 1024, ki and kib 1000, unless
 * kb_base says otherwise, which jobs seldom do.
 */
#include "workloads/fio_units.h"
#include "value.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define DIGITS "0123456789"

/* The digits at the start of text as a number; *unit is what follows. */
static const char *whole(const char *text, int64_t *out, const char **unit)
{
	size_t n = strspn(text, DIGITS);
	char digits[24];

	if (n == 0)
		return *text == '-' ? "is negative" : "is not a whole number";
	while (n > 1 && *text == '0') {
		text++;
		n--;
	}
	if (n >= sizeof(digits))
		return "is too large";
	snprintf(digits, sizeof(digits), "%.*s", (int)n, text);
	*unit = text + n;
	return sv_int_parse(digits, out);
}

/* 1024 or 1000 to the power of a prefix; 0: it is none. */
static int64_t prefix(const char *unit)
{
	static const char letters[] = "kmgt";
	const char *letter;
	int64_t base = 1024, factor = 1;

	if (!*unit || !strcasecmp(unit, "b"))
		return 1;
	letter = strchr(letters, *unit | 0x20);
	if (!letter)
		return 0;
	unit++;
	if ((*unit | 0x20) == 'i') {
		base = 1000;
		unit++;
	}
	if (*unit && strcasecmp(unit, "b") != 0)
		return 0;
	for (ptrdiff_t i = 0; i <= letter - letters; i++)
		factor *= base;
	return factor;
}

const char *sv_fio_size_parse(const char *text, int64_t *out)
{
	const char *unit, *wrong;
	int64_t value, factor;

	wrong = whole(text, &value, &unit);
	if (wrong)
		return wrong;
	factor = prefix(unit);
	if (factor == 0)
		return "has no unit that is known here; write 4096, 4k, 1m or 1g";
	return __builtin_mul_overflow(value, factor, out) ? "is too large" : NULL;
}

const char *sv_fio_time_parse(const char *text, sv_time unit, sv_time *out)
{
	static const struct {
		const char *name;
		sv_time factor;
	} units[] = { { "us", SV_US }, { "ms", SV_MS }, { "s", SV_S }, { "m", 60 * SV_S },
		{ "h", 3600 * SV_S }, { "d", 86400 * SV_S } };
	const char *name, *wrong;
	int64_t value;

	wrong = whole(text, &value, &name);
	if (wrong)
		return wrong;
	for (size_t i = 0; *name && i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcasecmp(name, units[i].name)) {
			unit = units[i].factor;
			name = "";
		}
	if (*name)
		return "has no unit that is known here; write 10s, 5m, 100us";
	return __builtin_mul_overflow(value, unit, out) ? "is too large" : NULL;
}
