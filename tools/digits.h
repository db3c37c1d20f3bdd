/*
 * digits.h - values for people: prefixes, significant digits, intervals
 *
 * A column of values shares one engineering prefix, named in its heading, so that
 * sizes compare at a glance; only when the values span more than four decades does
 * each carry its own.
 *
 * Digits follow the interval (the rule of the Particle Data Group): the half-width is
 * written with two significant digits when they lie below 36, with one otherwise, and
 * the mean ends at the same place. No value gets more than five significant digits;
 * a half-width smaller than what they show is rounded up, never to zero.
 */
#ifndef SV_DIGITS_H
#define SV_DIGITS_H

#include <stdbool.h>
#include <stddef.h>

struct sv_scale {
	const char *unit;
	int power; /* values are divided by 1000^power */
	bool each; /* every value has its own prefix, `power` is not used */
};

/* For values of a unit ("1/s", "s", "B", "1"); those that are NAN do not count. */
struct sv_scale sv_scale_choose(const char *unit, const double *x, size_t n);

/* "M/s", "us", "" for a bare number. buf holds 32 bytes; returned. */
char *sv_scale_heading(const struct sv_scale *scale, char *buf);

struct sv_digits {
	char mean[32];
	char half[32]; /* "±0.02", or "" when there is no interval */
};

/* mean NAN gives "-". half NAN: no interval; the mean then has four significant digits. */
struct sv_digits sv_digits(double mean, double half, const struct sv_scale *scale);

/* A single value with its unit: "12.3 ±0.2 M/s", "81.20 us", "0.9998". buf holds 64 bytes;
 * returned. */
char *sv_digits_text(double mean, double half, const char *unit, char *buf);

/* The same for a value that somebody wrote down: no more digits than it needs, at most five. */
char *sv_digits_exact(double value, const char *unit, char *buf);

#endif
