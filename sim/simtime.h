/*
 * simtime.h - simulated time
 *
 * Time is a 64-bit count of picoseconds: exact, totally ordered, 106 days long.
 * Floating point never decides an order of events. A time in a scenario always
 * carries its unit ("40us"); a bare number is a mistake.
 */
#ifndef SV_SIMTIME_H
#define SV_SIMTIME_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t sv_time;

#define SV_TIME_MAX INT64_MAX
#define SV_PS       ((sv_time)1)
#define SV_NS       (1000 * SV_PS)
#define SV_US       (1000 * SV_NS)
#define SV_MS       (1000 * SV_US)
#define SV_S        (1000 * SV_MS)

/* Seconds as a real number, for reports and for GSL. */
static inline double sv_seconds(sv_time t)
{
	return (double)t * 1e-12;
}

/*
 * Reads "12.5us": a number and one of ps, ns, us, ms, s, min, h, with or without
 * blanks between. Returns NULL and stores the time, or says what is wrong as a
 * constant string and leaves *out alone. Rounds to the nearest picosecond.
 */
const char *sv_time_parse(const char *text, sv_time *out);

/*
 * Writes t with the largest unit that keeps it exact ("1500ns", "40us") into buf
 * and returns buf. 32 bytes always suffice.
 */
char *sv_time_format(char *buf, size_t size, sv_time t);

#endif
