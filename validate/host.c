/*
 * host.c - what this host says about itself, read from /proc and /sys
 */
#include "host.h"
#include "bug.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define MOST_LINE 16384

/* The value of a key's first line in /proc/cpuinfo, without the blanks around. */
static bool cpuinfo(const char *key, char *out, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char *line = f ? malloc(MOST_LINE) : NULL;
	bool found = false;

	while (line && !found && fgets(line, MOST_LINE, f)) {
		char *colon = strchr(line, ':');
		size_t n = strlen(key);

		if (!colon || strncmp(line, key, n) != 0 ||
			strspn(line + n, " \t") + line + n != colon)
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		colon[strcspn(colon, "\n")] = '\0';
		snprintf(out, size, "%s", colon);
		found = true;
	}
	free(line);
	if (f)
		fclose(f);
	return found;
}

bool sv_host_has_flag(const char *flag)
{
	char *flags = malloc(MOST_LINE);
	size_t n = strlen(flag);
	bool found = false;

	SV_BUG_ON(!flags);
	if (cpuinfo("flags", flags, MOST_LINE))
		for (char *at = flags; (at = strstr(at, flag)) && !found; at += n)
			found = (at == flags || at[-1] == ' ') && (at[n] == ' ' || !at[n]);
	free(flags);
	return found;
}

char *sv_host_describe(void)
{
	char model[128] = "unknown processor", *text;
	struct utsname u;

	cpuinfo("model name", model, sizeof(model));
	uname(&u);
	SV_BUG_ON(asprintf(&text, "%s, %s %s%s", model, u.sysname, u.release,
			  sv_host_has_flag("hypervisor") ? ", a virtual machine" : "") < 0);
	return text;
}

const char *sv_host_defaults(void)
{
	char vendor[64] = "";

	cpuinfo("vendor_id", vendor, sizeof(vendor));
	return strstr(vendor, "AMD") ? "epyc-7742-2s" : "xeon-8275cl-2s";
}

static bool read_text(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "re");
	bool good = f && fgets(out, (int)size, f);

	if (f)
		fclose(f);
	if (good)
		out[strcspn(out, "\n")] = '\0';
	return good;
}

int sv_host_cpus(const char *path)
{
	char text[4096], *at = text;
	int n = 0;

	if (!read_text(path, text, sizeof(text)))
		return -1;
	while (*at) {
		long first = strtol(at, &at, 10),
		     last = *at == '-' ? strtol(at + 1, &at, 10) : first;

		if (*at && *at++ != ',')
			return -1;
		n += (int)(last - first + 1);
	}
	return n;
}

double sv_host_quota(void)
{
	char text[64], period_text[64];
	double quota, period;
	char *end;

	/* Version 2 of control groups, then version 1; both show a container its own at the root.
	 */
	if (read_text("/sys/fs/cgroup/cpu.max", text, sizeof(text))) {
		/* "max 100000" has no number to begin with. */
		quota = strtod(text, &end);
		period = strtod(end, NULL);
		return quota > 0 && period > 0 ? quota / period : 0;
	}
	if (!read_text("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", text, sizeof(text)) ||
		!read_text(
			"/sys/fs/cgroup/cpu/cpu.cfs_period_us", period_text, sizeof(period_text)))
		return 0;
	quota = strtod(text, NULL);
	period = strtod(period_text, NULL);
	return quota > 0 && period > 0 ? quota / period : 0;
}

static bool read_state(const char *directory, unsigned i, struct sv_host_idle *out)
{
	char path[512], name[64], exit[32], residency[32];

	snprintf(path, sizeof(path), "%s/state%u/name", directory, i);
	if (!read_text(path, name, sizeof(name)))
		return false;
	snprintf(path, sizeof(path), "%s/state%u/latency", directory, i);
	if (!read_text(path, exit, sizeof(exit)))
		return false;
	snprintf(path, sizeof(path), "%s/state%u/residency", directory, i);
	if (!read_text(path, residency, sizeof(residency)))
		return false;
	snprintf(out->name, sizeof(out->name), "%.15s", name);
	out->exit_us = strtoull(exit, NULL, 10);
	out->residency_us = strtoull(residency, NULL, 10);
	return true;
}

size_t sv_host_idle_states(const char *directory, struct sv_host_idle *out)
{
	struct sv_host_idle s;
	size_t n = 0;

	for (unsigned i = 0; n < SV_HOST_IDLE_STATES && read_state(directory, i, &s); i++) {
		if (!strcmp(s.name, "POLL") || s.exit_us > s.residency_us)
			continue;
		if (n > 0 && (s.residency_us <= out[n - 1].residency_us ||
				     s.exit_us < out[n - 1].exit_us))
			continue;
		out[n++] = s;
	}
	return n;
}
