/*
 * foreign.c - busy time of PUs from /proc/stat
 */
#include "foreign.h"
#include "pinned.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST_FOREIGN 0.05

/* User, nice and system time, interrupts; idle and waiting for I/O stand between them. */
static double parse_line(const char *line)
{
	unsigned long long user, nice, system, irq, softirq;

	if (sscanf(line, "%*s %llu %llu %llu %*u %*u %llu %llu", &user, &nice, &system, &irq,
		    &softirq) != 5)
		return 0;
	return (double)(user + nice + system + irq + softirq) / (double)sysconf(_SC_CLK_TCK);
}

static bool is_of(const char *line, unsigned first, unsigned pus)
{
	unsigned cpu;

	if (sscanf(line, "cpu%u ", &cpu) != 1)
		return false;
	for (unsigned i = first; i < first + pus; i++)
		if (sv_pinned_os_index(i) == (int)cpu)
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
