/*
 * section.c - the parts of acquisitions, and their law
 */
#include "workloads/section.h"
#include <string.h>

void sv_section_begin(struct sv_section *one, struct sv_meter *meter, sv_time now)
{
	sv_meter_enter(meter, now, SV_LOCK_WAITING);
	one->asked = now;
	memcpy(one->before, meter->spent, sizeof(one->before));
}

void sv_section_end(
	struct sv_sections *all, const struct sv_section *one, struct sv_meter *meter, sv_time now)
{
	sv_time sum = 0;

	sv_meter_enter(meter, now, SV_LOCK_NONE);
	for (int i = 0; i < SV_LOCK_PARTS; i++) {
		sv_time spent = meter->spent[i] - one->before[i];

		all->part[i] += spent;
		sum += spent;
	}
	all->n++;
	all->total += now - one->asked;
	if (sv_unlikely(meter->broken || sum != now - one->asked) && !all->broken)
		all->broken = meter->broken
				      ? meter->broken
				      : "the parts of an acquisition do not add up to its time";
}

void sv_sections_reset(struct sv_sections *all)
{
	*all = (struct sv_sections){ .broken = all->broken };
}

const char *sv_sections_check(const struct sv_sections *all)
{
	sv_time sum = 0;

	for (int i = 0; i < SV_LOCK_PARTS; i++)
		sum += all->part[i];
	if (!all->broken && sum != all->total)
		return "the parts of all acquisitions do not add up to their time";
	return all->broken;
}

void sv_sections_put(const struct sv_sections *all, const char *name, const struct sv_metric *first,
	struct sv_metrics *out)
{
	double n = (double)all->n;

	for (int i = 0; i < SV_LOCK_PARTS; i++) {
		sv_time time = all->part[i];

		if (i == SV_PART_KICK_AWAY)
			continue;
		if (i == SV_PART_KICK)
			time += all->part[SV_PART_KICK_AWAY];
		sv_metrics_put(out, name, first++, sv_seconds(time) / n);
	}
	sv_metrics_put(out, name, first, sv_seconds(all->total) / n);
}
