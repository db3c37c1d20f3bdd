/*
 * number.c - numbers, amounts and rates as scenarios write them
 *
 * Stricter than strtod(): no hexadecimal, no octal look-alikes, no inf and nan, and
 * nothing behind the number but its unit.
 */
#include "value.h"
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool sv_type_is_number(enum sv_type type)
{
	return type == SV_INT || type == SV_REAL || type == SV_TIME || type == SV_BYTES ||
	       type == SV_RATE;
}

const char *sv_bool_parse(const char *text, bool *out)
{
	if (strcmp(text, "true") && strcmp(text, "false"))
		return "is neither true nor false";
	*out = !strcmp(text, "true");
	return NULL;
}

const char *sv_int_parse(const char *text, int64_t *out)
{
	const char *digits = text + (*text == '-' || *text == '+');
	size_t n = strspn(digits, "0123456789");

	if (n == 0 || digits[n] != '\0')
		return "is not a whole number";
	if (n > 1 && digits[0] == '0')
		return "begins with 0; write whole numbers without leading zeros";
	errno = 0;
	*out = strtoll(text, NULL, 10);
	return errno ? "is too large" : NULL;
}

/* The end of a decimal number at the start of text, or NULL when there is none. */
static const char *number_end(const char *text)
{
	const char *at = text + (*text == '-' || *text == '+');
	size_t whole = strspn(at, "0123456789"), part = 0;

	at += whole;
	if (*at == '.') {
		part = strspn(at + 1, "0123456789");
		at += 1 + part;
	}
	if (whole + part == 0)
		return NULL;
	if (*at == 'e' || *at == 'E') {
		const char *exponent = at + 1 + (at[1] == '-' || at[1] == '+');

		if (isdigit((unsigned char)*exponent))
			at = exponent + strspn(exponent, "0123456789");
	}
	return at;
}

/* Reads a number and the blanks behind it; *unit is what follows. */
static const char *amount(const char *text, double *out, const char **unit)
{
	const char *end = number_end(text);

	if (!end)
		return "is not a number";
	*out = strtod(text, NULL);
	if (!isfinite(*out))
		return "is too large";
	*unit = end + strspn(end, " ");
	return NULL;
}

const char *sv_real_parse(const char *text, double *out)
{
	const char *rest, *wrong = amount(text, out, &rest);

	if (wrong)
		return wrong;
	return *rest ? "is not a plain number" : NULL;
}

static const struct unit {
	const char *name;
	double factor;
} bytes_units[] = {
	{ "TiB", 1099511627776.0 },
	{ "GiB", 1073741824.0 },
	{ "MiB", 1048576.0 },
	{ "KiB", 1024.0 },
	{ "B", 1.0 },
	{ "kB", 1e3 },
	{ "MB", 1e6 },
	{ "GB", 1e9 },
	{ "TB", 1e12 },
	{ NULL, 0 },
}, prefixes[] = {
	{ "", 1.0 },
	{ "k", 1e3 },
	{ "M", 1e6 },
	{ "G", 1e9 },
	{ "T", 1e12 },
	{ "Ki", 1024.0 },
	{ "Mi", 1048576.0 },
	{ "Gi", 1073741824.0 },
	{ NULL, 0 },
}, seconds[] = {
	{ "s", 1.0 },
	{ "ms", 1e-3 },
	{ "us", 1e-6 },
	{ "ns", 1e-9 },
	{ "min", 60.0 },
	{ "h", 3600.0 },
	{ NULL, 0 },
};

static double factor_of(const struct unit *units, const char *name, size_t bytes)
{
	for (; units->name; units++)
		if (strlen(units->name) == bytes && !strncmp(units->name, name, bytes))
			return units->factor;
	return 0;
}

static const char *bytes_parse(const char *text, int64_t *out)
{
	const char *unit, *wrong;
	double value, factor;

	wrong = amount(text, &value, &unit);
	if (wrong)
		return "is not a size; write a number with a unit, such as 4KiB";
	if (!*unit)
		return "lacks a unit; write B, KiB, MiB, GiB, kB, MB or GB behind the number";
	factor = factor_of(bytes_units, unit, strlen(unit));
	if (factor == 0)
		return "has no unit of size; write B, KiB, MiB, GiB, kB, MB or GB behind the "
		       "number";
	value *= factor;
	if (value != nearbyint(value))
		return "is not a whole number of bytes";
	if (fabs(value) >= 9.2e18)
		return "is too large";
	*out = (int64_t)value;
	return NULL;
}

/* The factor of "Gbit" for "bit"; 0 when the word is no such unit. */
static double unit_factor(const char *word, size_t bytes, const char *unit)
{
	static const char *const data[] = { "bit", "B" };
	bool is_data = unit && (!strcmp(unit, data[0]) || !strcmp(unit, data[1]));
	size_t n = unit && strcmp(unit, "1") ? strlen(unit) : 0;

	for (size_t i = 0; is_data && i < 2; i++) {
		size_t m = strlen(data[i]);
		double scale = !strcmp(unit, data[i]) ? 1.0 : i == 1 ? 8.0 : 0.125;

		if (bytes >= m && !strncmp(word + bytes - m, data[i], m))
			return scale * factor_of(prefixes, word, bytes - m);
	}
	if (is_data)
		return 0;
	if (n > 0 && bytes >= n && !strncmp(word + bytes - n, unit, n))
		bytes -= n;
	return factor_of(prefixes, word, bytes);
}

const char *sv_rate_parse(const char *text, const char *unit, double *out)
{
	const char *word, *slash, *wrong;
	double value, factor, per;

	wrong = amount(text, &value, &word);
	if (wrong)
		return "is not a rate; write a number with a unit, such as 200/s or 10Gbit/s";
	slash = strchr(word, '/');
	if (!slash)
		return "lacks a unit per time; write it as in 200/s or 10Gbit/s";
	factor = unit_factor(word, (size_t)(slash - word), unit);
	per = factor_of(seconds, slash + 1, strlen(slash + 1));
	if (factor == 0 || per == 0)
		return "has not the unit of this rate; write it as in 200/s or 10Gbit/s";
	*out = value * factor / per;
	return isfinite(*out) ? NULL : "is too large";
}

const char *sv_number_parse(const struct sv_option *row, const char *text, struct sv_number *out)
{
	*out = (struct sv_number){ .real = row->type == SV_REAL || row->type == SV_RATE };
	switch (row->type) {
	case SV_INT:
		return sv_int_parse(text, &out->i);
	case SV_TIME:
		return sv_time_parse(text, &out->i);
	case SV_BYTES:
		return bytes_parse(text, &out->i);
	case SV_RATE:
		return sv_rate_parse(text, row->unit, &out->d);
	default:
		return sv_real_parse(text, &out->d);
	}
}

int sv_number_compare(const struct sv_number *a, const struct sv_number *b)
{
	if (a->real)
		return (a->d > b->d) - (a->d < b->d);
	return (a->i > b->i) - (a->i < b->i);
}

char *sv_real_format(char *buf, size_t size, double x)
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(buf, size, "%.*g", digits, x);
		if (strtod(buf, NULL) == x)
			break;
	}
	return buf;
}

static void format_bytes(char *buf, size_t size, int64_t bytes)
{
	const struct unit *u = bytes_units;

	while (strcmp(u->name, "B") && (bytes == 0 || bytes % (int64_t)u->factor))
		u++;
	snprintf(buf, size, "%" PRId64 "%s", bytes / (int64_t)u->factor, u->name);
}

char *sv_number_format(
	char *buf, size_t size, const struct sv_option *row, const struct sv_number *number)
{
	bool plain = !row->unit || !strcmp(row->unit, "1");
	size_t n;

	switch (row->type) {
	case SV_INT:
		snprintf(buf, size, "%" PRId64, number->i);
		break;
	case SV_TIME:
		sv_time_format(buf, size, number->i);
		break;
	case SV_BYTES:
		format_bytes(buf, size, number->i);
		break;
	case SV_RATE:
		n = strlen(sv_real_format(buf, size, number->d));
		snprintf(buf + n, size - n, "%.20s/s", plain ? "" : row->unit);
		break;
	default:
		sv_real_format(buf, size, number->d);
	}
	return buf;
}
