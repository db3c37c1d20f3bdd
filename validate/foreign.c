/*
 * foreign.c - busy time of PUs from /proc/stat
 */
#include "foreign.h"
#include "pinned.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST_FOREIGN 0.05

/* User, nice and system time; idle and waiting for I/O; interrupts. */
static double parse_line(const char *line)
{
	static const bool busy[] = { true, true, true, false, false, true, true };
	const char *at = line + strcspn(line, " ");
	unsigned long long sum = 0;
	char *end;

	for (unsigned i = 0; i < sizeof(busy) / sizeof(busy[0]); i++, at = end) {
		unsigned long long ticks = strtoull(at, &end, 10);

		if (end == at)
			return 0;
		sum += busy[i] ? ticks : 0;
	}
	return (double)sum / (double)sysconf(_SC_CLK_TCK);
}

/* The line "cpu ..." is of all PUs. */
static bool is_of(const char *line, unsigned first, unsigned pus)
{
	int cpu = line[3] == ' ' ? -1 : (int)strtol(line + 3, NULL, 10);

	for (unsigned i = first; cpu >= 0 && i < first + pus; i++)
		if (sv_pinned_os_index(i) == cpu)
			return true;
	return false;
}

double sv_foreign_busy(unsigned first, unsigned pus)
{
	FILE *f = fopen("/proc/stat", "re");
	char line[4096];
	double sum = 0;

	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f) && !strncmp(line, "cpu", 3))
		if (is_of(line, first, pus))
			sum += parse_line(line);
	fclose(f);
	return sum;
}

double sv_foreign_own(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool sv_foreign_disturbs(double busy, double own, double elapsed, unsigned pus)
{
	return busy - own > MOST_FOREIGN * elapsed * pus;
}
