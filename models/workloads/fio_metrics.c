/*
 * fio_metrics.c - what the workload fio reports
 *
 * An I/O counts when its thread has seen its end. Its latency is the sum of its stages, and the
 * stages of all are the sum of all latencies: to a picosecond, or the run has failed.
 */
#include "workloads/fio.h"
#include <math.h>
#include <stdlib.h>

#define STAGE_METRIC(id, text, what) { "stage." text, "s", "mean time of an I/O: " what, 0 },

/* The same by where the time goes, as publications divide it. X(name, stages, help) */
#define OF(id) (1u << SV_STAGE_##id)
#define SV_PLACES(X)                                                                               \
	X("guest", OF(SUBMIT) | OF(LOCK) | OF(FINISH),                                             \
		"its guest: submit, lock, guest-completion")                                       \
	X("exits", OF(NOTIFY) | OF(INJECT),                                                        \
		"the way out of the guest and back: notify, injection")                            \
	X("back-end", OF(WAKE) | OF(BACKEND) | OF(COMPLETE),                                       \
		"the back end: wake, back-end, completion")                                        \
	X("host-stack", OF(HOST), "the host's stack")                                              \
	X("device", OF(QUEUE) | OF(DEVICE), "the device and its queues")
#define PLACE_METRIC(text, stages, what) { "place." text, "s", "mean time of an I/O in " what, 0 },
#define PLACE_STAGES(text, stages, what) stages,
static const unsigned place_stages[] = { SV_PLACES(PLACE_STAGES) };
enum { N_PLACES = sizeof(place_stages) / sizeof(place_stages[0]) };

enum {
	IOPS,
	BANDWIDTH,
	LATENCY_MEAN,
	LATENCY_P50,
	LATENCY_P90,
	LATENCY_P99,
	LATENCY_P999,
	LATENCY_P9999,
	LATENCY_P99999,
	LATENCY_MAX,
	SUBMISSION,
	COMPLETION,
	COMPLETION_P50,
	COMPLETION_P99,
	COMPLETION_P999,
	COMPLETION_P9999,
	COMPLETION_P99999,
	DEPTH,
	LATE,
	CPU_THREADS,
	CPU_VCPUS,
	CPU_HOST,
	READ_IOPS,
	READ_MEAN,
	READ_P99,
	WRITE_IOPS,
	WRITE_MEAN,
	WRITE_P99,
	STAGES,
	STAGES_TOTAL = STAGES + SV_STAGE_COUNT,
	PLACES,
	METRICS = PLACES + N_PLACES,
};
const struct sv_metric sv_fio_metrics[] = {
	[IOPS] = { "iops", "1/s", "I/Os that ended, per second", 1 },
	[BANDWIDTH] = { "bandwidth", "B/s", "bytes of these, per second", 0 },
	[LATENCY_MEAN] = { "latency.mean", "s",
		"mean time from the beginning of an I/O's submission until its thread sees its end",
		1 },
	[LATENCY_P50] = { "latency.p50", "s", "median of that time", 0 },
	[LATENCY_P90] = { "latency.p90", "s", "90th percentile of that time", 0 },
	[LATENCY_P99] = { "latency.p99", "s", "99th percentile of that time", 1 },
	[LATENCY_P999] = { "latency.p99.9", "s", "99.9th percentile of that time", 0 },
	[LATENCY_P9999] = { "latency.p99.99", "s", "99.99th percentile of that time", 0 },
	[LATENCY_P99999] = { "latency.p99.999", "s", "99.999th percentile of that time", 0 },
	[LATENCY_MAX] = { "latency.max", "s", "largest observed value of that time", 0 },
	[SUBMISSION] = { "submission.mean", "s",
		"mean part of it until the submission returned; 0 with engine sync", 0 },
	[COMPLETION] = { "completion.mean", "s", "mean part of it from then on", 0 },
	[COMPLETION_P50] = { "completion.p50", "s", "median of that part", 0 },
	[COMPLETION_P99] = { "completion.p99", "s", "99th percentile of that part", 0 },
	[COMPLETION_P999] = { "completion.p99.9", "s", "99.9th percentile of that part", 0 },
	[COMPLETION_P9999] = { "completion.p99.99", "s", "99.99th percentile of that part", 0 },
	[COMPLETION_P99999] = { "completion.p99.999", "s", "99.999th percentile of that part", 0 },
	[DEPTH] = { "depth", "1", "I/Os in flight, mean over time", 0 },
	[LATE] = { "late.mean", "s",
		"mean time by which I/Os began later than their rate or trace has it; 0 without",
		0 },
	[CPU_THREADS] = { "cpu.threads", "s", "CPU time of the workload's threads for an I/O", 0 },
	[CPU_VCPUS] = { "cpu.vcpus", "s",
		"CPU time of all vCPUs of the VM for an I/O, handlers and idle loops included; 0 "
		"without a guest",
		0 },
	[CPU_HOST] = { "cpu.host", "s",
		"CPU time of the host's I/O threads for an I/O, with what they do for others", 0 },
	[READ_IOPS] = { "read.iops", "1/s", "reads that ended, per second", 0 },
	[READ_MEAN] = { "read.latency.mean", "s", "mean latency of reads", 0 },
	[READ_P99] = { "read.latency.p99", "s", "99th percentile of the latency of reads", 0 },
	[WRITE_IOPS] = { "write.iops", "1/s", "writes that ended, per second", 0 },
	[WRITE_MEAN] = { "write.latency.mean", "s", "mean latency of writes", 0 },
	[WRITE_P99] = { "write.latency.p99", "s", "99th percentile of the latency of writes", 0 },
	SV_STAGES(STAGE_METRIC)[STAGES_TOTAL] = { "stage.total", "s",
		"the sum of the stages: the mean latency", 0 },
	SV_PLACES(PLACE_METRIC){ 0 },
};

static const double quantiles[] = { 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 1 };
static const double completion_quantiles[] = { 0.5, 0.99, 0.999, 0.9999, 0.99999 };

void sv_fio_metrics_init(struct sv_fio *f)
{
	sv_hist_init(&f->latency);
	sv_hist_init(&f->submission);
	sv_hist_init(&f->completion);
	for (unsigned i = 0; i < SV_FIO_DIRECTIONS; i++)
		sv_hist_init(&f->direction[i].latency);
	sv_station_init(&f->flying, "I/Os in flight", 0);
}

void sv_fio_metrics_fini(struct sv_fio *f)
{
	sv_hist_fini(&f->latency);
	sv_hist_fini(&f->submission);
	sv_hist_fini(&f->completion);
	for (unsigned i = 0; i < SV_FIO_DIRECTIONS; i++)
		sv_hist_fini(&f->direction[i].latency);
}

/* Time that its CPUs executed it. */
static sv_time ran(struct sv_fio_thread *t, sv_time now)
{
	static const enum sv_part parts[] = { SV_PART_USER, SV_PART_SPINNING, SV_PART_KICK,
		SV_PART_TRANSFER, SV_PART_CRITICAL };
	sv_time sum = 0;

	sv_meter_read(&t->thread.meter, now);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		sum += t->thread.meter.spent[parts[i]];
	return sum;
}

void sv_fio_metrics_reset(struct sv_fio *f, sv_time now)
{
	f->since = now;
	sv_hist_reset(&f->latency);
	sv_hist_reset(&f->submission);
	sv_hist_reset(&f->completion);
	for (unsigned i = 0; i < SV_FIO_DIRECTIONS; i++) {
		sv_hist_reset(&f->direction[i].latency);
		f->direction[i].ios = f->direction[i].bytes = 0;
	}
	for (unsigned i = 0; i < SV_STAGE_COUNT; i++)
		f->stage[i] = 0;
	f->paced = 0;
	f->late = 0;
	sv_station_reset(&f->flying, now);
	for (unsigned i = 0; i < f->threads; i++)
		f->ran[i] = ran(&f->thread[i], now);
}

void sv_fio_begun(struct sv_fio *f, sv_time due, sv_time now)
{
	f->paced++;
	f->late += now - due;
}

static struct sv_fio_direction *direction_of(struct sv_fio *f, enum sv_io_op op)
{
	return &f->direction[op == SV_IO_READ    ? SV_FIO_READS
			     : op == SV_IO_WRITE ? SV_FIO_WRITES
						 : SV_FIO_OTHERS];
}

void sv_fio_seen(struct sv_fio *f, struct sv_fio_io *io, sv_time now)
{
	struct sv_request *r = &io->request;
	struct sv_fio_direction *d = direction_of(f, r->io.op);
	sv_time latency = now - r->submitted, sum = 0;
	bool sync = io->thread->job->engine == SV_FIO_SYNC;

	sv_request_stage(r, now, SV_STAGE_FINISH);
	for (unsigned i = 0; i < SV_STAGE_COUNT; i++) {
		f->stage[i] += r->spent[i];
		sum += r->spent[i];
	}
	if (sum != latency)
		f->broken = "the stages of an I/O are not its latency";
	if (r->io.failed)
		f->broken = "an I/O failed";
	d->ios++;
	d->bytes += r->io.bytes;
	sv_hist_record(&d->latency, latency);
	sv_hist_record(&f->latency, latency);
	sv_hist_record(&f->submission, sync ? 0 : io->submitted - r->submitted);
	sv_hist_record(&f->completion, sync ? latency : now - io->submitted);
	sv_station_leave(&f->flying, now, r->submitted);
}

static sv_time ran_of(struct sv_task *t)
{
	sv_cpu_account(t->cpu);
	return t->ran;
}

static sv_time vcpus_ran(const struct sv_system *s)
{
	sv_time sum = 0;

	for (unsigned i = 0; s->domain && i < s->domain->cpus; i++)
		if (s->domain->cpu[i].body)
			sum += ran_of(s->domain->cpu[i].body);
	return sum;
}

static sv_time host_ran(const struct sv_system *s)
{
	sv_time sum = 0;

	for (struct sv_scheduled *one = s->server ? s->server->scheduled : NULL; one;
		one = one->next)
		sum += ran_of(&one->task);
	return sum;
}

static int check(const struct sv_fio *f, sv_time now, struct sv_diag *diag)
{
	const char *law = sv_station_check(&f->flying, now);
	__extension__ __int128 stages = 0;

	if (law)
		return sv_error(diag, NULL, "%s: %s: %s", f->name, f->flying.name, law);
	for (unsigned i = 0; i < SV_STAGE_COUNT; i++)
		stages += f->stage[i];
	if (f->broken || stages != f->latency.sum)
		return sv_error(diag, NULL, "%s: %s", f->name,
			f->broken ? f->broken : "the stages are not the sum of all latencies");
	return 0;
}

/* A job that has an end is measured until then. */
static sv_time window(const struct sv_fio *f, sv_time now)
{
	return (f->running || f->ended_at < f->since ? now : f->ended_at) - f->since;
}

static double place_sum(const struct sv_fio *f, unsigned stages)
{
	double sum = 0;

	for (int i = 0; i < SV_STAGE_COUNT; i++)
		if (stages >> i & 1)
			sum += (double)f->stage[i];
	return sum;
}

static void put_direction(const struct sv_fio_direction *d, double seconds, double *v)
{
	v[0] = (double)d->ios / seconds;
	v[1] = sv_hist_mean(&d->latency) * 1e-12;
	v[2] = sv_hist_quantile(&d->latency, 0.99) * 1e-12;
}

int sv_fio_metrics_put(struct sv_fio *f, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	const struct sv_fio_direction *d = f->direction;
	double v[METRICS], seconds = sv_seconds(window(f, now));
	double ios = (double)f->latency.count, bytes = 0;
	sv_time cpu = 0;

	if (check(f, now, diag) < 0)
		return -1;
	for (unsigned i = 0; i < f->threads; i++)
		cpu += ran(&f->thread[i], now) - f->ran[i];
	for (unsigned i = 0; i < SV_FIO_DIRECTIONS; i++)
		bytes += (double)d[i].bytes;
	v[IOPS] = ios / seconds;
	v[BANDWIDTH] = bytes / seconds;
	v[LATENCY_MEAN] = sv_hist_mean(&f->latency) * 1e-12;
	for (int i = LATENCY_P50; i <= LATENCY_MAX; i++)
		v[i] = sv_hist_quantile(&f->latency, quantiles[i - LATENCY_P50]) * 1e-12;
	v[SUBMISSION] = sv_hist_mean(&f->submission) * 1e-12;
	v[COMPLETION] = sv_hist_mean(&f->completion) * 1e-12;
	for (int i = COMPLETION_P50; i <= COMPLETION_P99999; i++)
		v[i] = sv_hist_quantile(&f->completion, completion_quantiles[i - COMPLETION_P50]) *
		       1e-12;
	v[DEPTH] = sv_level_mean(&f->flying.population, now);
	v[LATE] = f->paced ? (double)f->late / (double)f->paced * 1e-12 : 0;
	v[CPU_THREADS] = sv_seconds(cpu) / ios;
	v[CPU_VCPUS] = sv_seconds(vcpus_ran(f->system)) / ios;
	v[CPU_HOST] = sv_seconds(host_ran(f->system)) / ios;
	put_direction(&d[SV_FIO_READS], seconds, &v[READ_IOPS]);
	put_direction(&d[SV_FIO_WRITES], seconds, &v[WRITE_IOPS]);
	for (int i = 0; i < SV_STAGE_COUNT; i++)
		v[STAGES + i] = (double)f->stage[i] / ios * 1e-12;
	v[STAGES_TOTAL] = v[LATENCY_MEAN];
	for (int i = 0; i < N_PLACES; i++)
		v[PLACES + i] = place_sum(f, place_stages[i]) / ios * 1e-12;
	/* Without I/Os these are no numbers, which stands for not observed; nor is infinity one. */
	for (int i = 0; sv_fio_metrics[i].name; i++)
		sv_metrics_put(out, f->name, &sv_fio_metrics[i], isfinite(v[i]) ? v[i] : NAN);
	return 0;
}
