/*
 * stats_station.c - levels over time, and stations that check themselves
 *
 * All sums are integers of picoseconds in 128 bits: they are exact, and two ways to
 * the same sum must agree to the last bit.
 */
#include "stats.h"

__extension__ typedef __int128 wide;

static wide level_area(const struct sv_level *l, sv_time now)
{
	return l->area + (wide)l->level * (now - l->last);
}

void sv_level_init(struct sv_level *l, sv_time now, int64_t level)
{
	l->level = level;
	sv_level_reset(l, now);
}

void sv_level_set(struct sv_level *l, sv_time now, int64_t level)
{
	l->area = level_area(l, now);
	l->last = now;
	l->level = level;
}

void sv_level_reset(struct sv_level *l, sv_time now)
{
	l->since = now;
	l->last = now;
	l->area = 0;
}

double sv_level_mean(const struct sv_level *l, sv_time now)
{
	if (now == l->since)
		return (double)l->level;
	return (double)level_area(l, now) / (double)(now - l->since);
}

static void station_break(struct sv_station *s, const char *what)
{
	if (!s->broken)
		s->broken = what;
}

void sv_station_init(struct sv_station *s, const char *name, sv_time now)
{
	*s = (struct sv_station){ .name = name };
	sv_level_init(&s->population, now, 0);
	sv_station_reset(s, now);
}

void sv_station_reset(struct sv_station *s, sv_time now)
{
	sv_level_reset(&s->population, now);
	s->entered = 0;
	s->left = 0;
	s->inside_at_start = s->population.level;
	s->sojourn = 0;
	s->entries = (wide)s->population.level * now;
	s->last_entry = now;
}

void sv_station_enter(struct sv_station *s, sv_time now)
{
	if (now < s->population.last)
		station_break(s, "time runs backwards");
	sv_level_set(&s->population, now, s->population.level + 1);
	s->entered++;
	s->entries += now;
	s->last_entry = now;
}

void sv_station_leave(struct sv_station *s, sv_time now, sv_time entered_at)
{
	const sv_time start = s->population.since;
	const sv_time from = entered_at < start ? start : entered_at;

	if (now < s->population.last)
		station_break(s, "time runs backwards");
	if (s->population.level <= 0)
		station_break(s, "conservation: more left than entered");
	sv_level_set(&s->population, now, s->population.level - 1);
	s->left++;
	s->sojourn += now - from;
	s->entries -= from;
	if (s->population.level == 0 && s->sojourn != s->population.area)
		station_break(s, "Little's law: the sum of the sojourns is not the area under the "
				 "population");
}

const char *sv_station_check(const struct sv_station *s, sv_time now)
{
	const wide inside = s->population.level;
	const wide sojourn = s->sojourn + inside * now - s->entries;

	if (s->broken)
		return s->broken;
	if (s->inside_at_start + (wide)s->entered != (wide)s->left + inside)
		return "conservation: entered is not left and inside";
	if (sojourn != level_area(&s->population, now))
		return "Little's law: the sum of the sojourns is not the area under the population";
	if (s->entries < inside * s->population.since || s->entries > inside * s->last_entry)
		return "Little's law: those inside cannot have entered when the sums say";
	return NULL;
}
