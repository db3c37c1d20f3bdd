/*
 * digits.c - values for people: prefixes, significant digits, intervals
 */
#include "digits.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define MOST_DIGITS 5
#define LEAST_POWER (-4)
#define MOST_POWER  4

static const char *const prefixes[] = { "p", "n", "u", "m", "", "k", "M", "G", "T" };

/* Which prefixes a unit takes: nobody speaks of kiloseconds or of a millipercent. */
static void power_range(const char *unit, int *least, int *most)
{
	*least = 0;
	*most = MOST_POWER;
	if (!strcmp(unit, "s")) {
		*least = LEAST_POWER;
		*most = 0;
	} else if (!strcmp(unit, "%") || !strcmp(unit, "1/h")) {
		*most = 0;
	}
}

static int power_of(const char *unit, double x)
{
	int least, most, power;

	power_range(unit, &least, &most);
	if (!(fabs(x) > 0) || isinf(x))
		return least > 0 ? least : 0;
	/* A bare number below 100 000 is read as it stands. */
	if (!strcmp(unit, "1") && fabs(x) < 1e5)
		return 0;
	power = (int)floor(log10(fabs(x)) / 3 + 1e-9);
	return power < least ? least : power > most ? most : power;
}

struct sv_scale sv_scale_choose(const char *unit, const double *x, size_t n)
{
	struct sv_scale scale = { .unit = unit };
	double smallest = INFINITY, largest = 0;

	for (size_t i = 0; i < n; i++) {
		double size = fabs(x[i]);

		if (isnan(size) || size == 0)
			continue;
		smallest = fmin(smallest, size);
		largest = fmax(largest, size);
	}
	scale.power = power_of(unit, largest);
	scale.each =
		largest > 1e4 * smallest && power_of(unit, largest) != power_of(unit, smallest);
	return scale;
}

static const char *prefix(int power)
{
	return prefixes[power - LEAST_POWER];
}

char *sv_scale_heading(const struct sv_scale *scale, char *buf)
{
	const char *p = scale->each ? "" : prefix(scale->power);
	const char *unit = scale->unit;

	if (!strcmp(unit, "1"))
		unit = "";
	else if (!strncmp(unit, "1/", 2) && p[0])
		unit++;
	snprintf(buf, 32, "%s%s", p, unit);
	return buf;
}

/* Decimals that leave `digits` significant digits of x. */
static int decimals(double x, int digits)
{
	if (!(fabs(x) > 0))
		return 0;
	return digits - 1 - (int)floor(log10(fabs(x)));
}

static int half_digits(double half)
{
	double lead = half / pow(10, floor(log10(half)));

	return lead < 3.55 ? 2 : 1;
}

static int clamp_decimals(int d)
{
	return d < 0 ? 0 : d > 15 ? 15 : d;
}

static void write_digits(struct sv_digits *out, double mean, int digits)
{
	int d = clamp_decimals(decimals(mean, digits));

	if (fabs(mean) < 1e15)
		snprintf(out->mean, sizeof(out->mean), "%.*f", d, mean);
	else
		snprintf(out->mean, sizeof(out->mean), "%.*g", digits, mean);
}

/* All replications agree: zeros at the end would only pretend to be measured. */
static void write_exact(struct sv_digits *out, double mean)
{
	size_t length;

	write_digits(out, mean, MOST_DIGITS);
	strcpy(out->half, "±0");
	if (!strchr(out->mean, '.') || strchr(out->mean, 'e'))
		return;
	for (length = strlen(out->mean); out->mean[length - 1] == '0'; length--)
		;
	out->mean[out->mean[length - 1] == '.' ? length - 1 : length] = '\0';
}

static void write_interval(struct sv_digits *out, double mean, double half)
{
	int most = clamp_decimals(mean != 0 ? decimals(mean, MOST_DIGITS) : 6);
	int d = clamp_decimals(decimals(half, half_digits(half)));
	double unit;

	if (d > most)
		d = most;
	unit = pow(10, -d);
	if (half < unit)
		half = unit;
	snprintf(out->mean, sizeof(out->mean), "%.*f", d, mean);
	snprintf(out->half, sizeof(out->half), "±%.*f", d, half);
}

struct sv_digits sv_digits(double mean, double half, const struct sv_scale *scale)
{
	struct sv_digits out = { .mean = "-" };
	int power = scale->each ? power_of(scale->unit, mean) : scale->power;
	double factor = pow(1000, -power);

	if (isnan(mean))
		return out;
	if (isinf(mean)) {
		snprintf(out.mean, sizeof(out.mean), "%s", mean > 0 ? "inf" : "-inf");
		return out;
	}
	mean *= factor;
	half *= factor;
	if (isnan(half) || isinf(half) || fabs(mean) >= 1e15)
		write_digits(&out, mean, 4);
	else if (half == 0)
		write_exact(&out, mean);
	else
		write_interval(&out, mean, half);
	if (scale->each) {
		strcat(out.mean, prefix(power));
		if (out.half[0])
			strcat(out.half, prefix(power));
	}
	return out;
}

char *sv_digits_text(double mean, double half, const char *unit, char *buf)
{
	struct sv_scale scale = sv_scale_choose(unit, &mean, 1);
	struct sv_digits number = sv_digits(mean, half, &scale);
	char heading[32];

	sv_scale_heading(&scale, heading);
	snprintf(buf, 64, "%.20s%s%.20s%s%.16s", number.mean, number.half[0] ? " " : "",
		number.half, heading[0] ? " " : "", isnan(mean) ? "" : heading);
	return buf;
}

char *sv_digits_exact(double value, const char *unit, char *buf)
{
	struct sv_scale scale = sv_scale_choose(unit, &value, 1);
	struct sv_digits number = sv_digits(value, 0, &scale);
	char heading[32];

	sv_scale_heading(&scale, heading);
	snprintf(buf, 64, "%.20s%s%.16s", number.mean, heading[0] ? " " : "", heading);
	return buf;
}
