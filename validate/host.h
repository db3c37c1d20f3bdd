/*
 * host.h - what this host says about itself
 */
#ifndef SV_HOST_H
#define SV_HOST_H

#include <stdbool.h>
#include <stddef.h>

/* One line: processor, kernel, whether it is a virtual machine. The caller frees it. */
char *sv_host_describe(void);

/* The profile whose costs stand for what cannot be measured here: of the same maker if there is
 * one. */
const char *sv_host_defaults(void);

/* Whether /proc/cpuinfo names a flag, such as "svm". */
bool sv_host_has_flag(const char *flag);

/* A file of /sys that holds a list of CPUs ("0-3,8"): how many; -1: there is none. */
int sv_host_cpus(const char *path);

/* CPUs' worth of time that the control group may use; 0: no limit. */
double sv_host_quota(void);

struct sv_host_idle {
	char name[16];
	unsigned long long exit_us, residency_us;
};
#define SV_HOST_IDLE_STATES 16

/*
 * The idle states of a CPU, from its directory cpuidle in /sys, shallowest first, as a profile
 * may have them: polling is none, and one that is no deeper than that before it is left out.
 */
size_t sv_host_idle_states(const char *directory, struct sv_host_idle *out);

#endif
