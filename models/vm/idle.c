/*
 * idle.c - the governor of idle states
 *
 * As Linux's menu governor it expects the less of two: the typical interval, which is the mean of
 * the last idle times if they differ little, outliers above left out; and the time to the next
 * timer, corrected by how much of such times used to pass. The timer that a blocked vCPU has
 * set, such as the tick of a waiter that halts within a lock, is one of the CPU that it blocked on.
 *
 * The limit of power management's quality of service (/dev/cpu_dma_latency) rules out states that
 * take longer to leave.
 *
 * While tasks that fell asleep on a CPU wait for the end of an I/O, only states count that take a
 * small part of the expected time to leave, as until Linux 6.11.
 *
 * Left out: the host's own tick, which an idle CPU stops.
 *
 * Reference     Linux, drivers/cpuidle/governors/menu.c, get_typical_interval(), menu_select(),
 *               performance_multiplier() and menu_update(), with its constants; tables of
 * drivers/idle/intel_idle.c.
 */
#include "vm/idle.h"
#include "vm/cpu.h"

enum {
	RESOLUTION = 1024,
	DECAY = 8,
	LONG_US = 50000,
	SMALL_VARIANCE = 400,
	IO_WEIGHT = 10,
	IO_BUCKETS = SV_IDLE_BUCKETS / 2
};

/* Every CPU of a running kernel has some timer: Linux's statistics of memory are one each second.
 */
#define HOUSEKEEPING SV_S

void sv_alarm_set(struct sv_task *t, sv_time at)
{
	t->alarm = at;
	t->next_alarm = t->cpu->alarms;
	t->cpu->alarms = t;
}

void sv_alarm_clear(struct sv_task *t)
{
	struct sv_task **p = &t->cpu->alarms;

	if (t->alarm < 0)
		return;
	while (*p != t)
		p = &(*p)->next_alarm;
	*p = t->next_alarm;
	t->alarm = -1;
}

sv_time sv_cpu_next_alarm(const struct sv_cpu *c)
{
	sv_time next = c->current && c->timer >= 0 ? c->timer : SV_TIME_MAX;

	for (const struct sv_task *t = c->alarms; t; t = t->next_alarm)
		if (t->alarm < next)
			next = t->alarm;
	return next;
}

/* The mean of the intervals up to a limit, and the greatest of these. */
struct typical {
	int64_t mean, variance, most;
	unsigned n;
};

static struct typical measure(const struct sv_idle *idle, int64_t limit_us)
{
	struct typical t = { 0 };

	for (unsigned i = 0; i < SV_IDLE_HISTORY; i++) {
		int64_t us = idle->interval_us[i];

		if (us > limit_us)
			continue;
		t.n++;
		t.mean += us;
		if (us > t.most)
			t.most = us;
	}
	t.mean /= t.n;
	for (unsigned i = 0; i < SV_IDLE_HISTORY; i++) {
		int64_t off = idle->interval_us[i] - t.mean;

		if (idle->interval_us[i] <= limit_us)
			t.variance += off * off;
	}
	t.variance /= t.n;
	return t;
}

static int64_t typical_us(const struct sv_idle *idle)
{
	int64_t limit = INT32_MAX;

	for (;;) {
		struct typical t = measure(idle, limit);

		if (t.variance <= SMALL_VARIANCE ||
			(t.mean * t.mean > 36 * t.variance && 4 * t.n >= 3 * SV_IDLE_HISTORY))
			return t.mean;
		if (4 * t.n <= 3 * SV_IDLE_HISTORY)
			return INT64_MAX;
		limit = t.most - 1;
	}
}

/* Those with sleepers that wait for I/O have buckets of their own. */
static int bucket_of(int64_t next_us, unsigned io_waiters)
{
	int bucket = 0;

	for (int64_t least = 10; bucket < IO_BUCKETS - 1 && next_us >= least; least *= 10)
		bucket++;
	return io_waiters ? bucket + IO_BUCKETS : bucket;
}

static int64_t *factor_of(struct sv_idle *idle)
{
	if (idle->factor[idle->bucket] == 0)
		idle->factor[idle->bucket] = RESOLUTION * DECAY;
	return &idle->factor[idle->bucket];
}

/* Returns the time that the CPU may be expected to stay idle. */
static sv_time expect(struct sv_idle *idle)
{
	int64_t next_us = idle->next_alarm / SV_US, typical = typical_us(idle), by_timer;

	idle->bucket = bucket_of(next_us, idle->io_waiters);
	by_timer = (next_us * *factor_of(idle) + RESOLUTION * DECAY / 2) / (RESOLUTION * DECAY);
	return (typical < by_timer ? typical : by_timer) * SV_US;
}

void sv_idle_init(struct sv_idle *idle)
{
	idle->asleep = true;
	/* No two are the same: like ones would all be left out as one outlier. */
	for (int i = 0; i < SV_IDLE_HISTORY; i++)
		idle->interval_us[i] = HOUSEKEEPING / SV_US / (i + 1);
}

void sv_cpu_go_idle(struct sv_cpu *c)
{
	const struct sv_machine *m = c->domain->machine;
	sv_time now = sv_now(c->domain->lp), alarm = sv_cpu_next_alarm(c), expected, limit;

	c->idle.asleep = true;
	c->idle.since = now;
	c->idle.next_alarm = alarm < now + HOUSEKEEPING ? alarm - now : HOUSEKEEPING;
	c->idle.exit = 0;
	expected = expect(&c->idle);
	/* Who waits for I/O shall not wait much longer for its CPU. */
	limit = expected / (1 + IO_WEIGHT * (sv_time)c->idle.io_waiters);
	if (limit > c->domain->latency_limit)
		limit = c->domain->latency_limit;
	for (unsigned i = 0; i < m->idle_states; i++)
		if (m->idle_state[i].residency <= expected && m->idle_state[i].exit <= limit)
			c->idle.exit = m->idle_state[i].exit;
}

sv_time sv_cpu_leave_idle(struct sv_cpu *c)
{
	struct sv_idle *idle = &c->idle;
	int64_t next_us = idle->next_alarm / SV_US, *factor = factor_of(idle);
	int64_t us = (sv_now(c->domain->lp) - idle->since) / SV_US;

	if (us > next_us)
		us = next_us;
	*factor -= *factor / DECAY;
	*factor += next_us > 0 && us < LONG_US ? RESOLUTION * us / next_us : RESOLUTION;
	if (*factor == 0)
		*factor = 1;
	idle->interval_us[idle->intervals++ % SV_IDLE_HISTORY] = us;
	idle->asleep = false;
	idle->awake = sv_now(c->domain->lp) + idle->exit;
	return idle->exit;
}
