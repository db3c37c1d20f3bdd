/*
 * ssd_finish.c - what a drive reports, and the laws that it must have kept
 */
#include "ssd.h"
#include <math.h>
#include <string.h>

/* clang-format off */
const struct sv_metric sv_ssd_metrics[] = {
	{ "iops", "1/s", "reads and writes per second", 0 },
	{ "bandwidth", "B/s", "bytes read and written per second", 0 },
	{ "read.iops", "1/s", "reads per second", 0 },
	{ "write.iops", "1/s", "writes per second", 0 },
	{ "read.mean", "s", "mean time of a read in the device, from its fetch to its completion", 0 },
	{ "read.p50", "s", "its median", 0 },
	{ "read.p99", "s", "99th percentile of it", 0 },
	{ "read.p99.9", "s", "99.9th percentile of it", 0 },
	{ "read.p99.99", "s", "99.99th percentile of it", 0 },
	{ "read.p99.999", "s", "99.999th percentile of it", 0 },
	{ "write.mean", "s", "mean time of a write in the device, from its fetch to its completion", 0 },
	{ "write.p50", "s", "its median", 0 },
	{ "write.p99", "s", "99th percentile of it", 0 },
	{ "write.p99.9", "s", "99.9th percentile of it", 0 },
	{ "write.p99.99", "s", "99.99th percentile of it", 0 },
	{ "write.p99.999", "s", "99.999th percentile of it", 0 },
	{ "held", "1", "commands in the device, on average", 0 },
	{ "controller.utilisation", "1", "share of time for which a core works", 0 },
	{ "link.utilisation", "1", "share of time for which the busier direction of the link works", 0 },
	{ "media.utilisation", "1", "share of time for which a die or unit works", 1 },
	{ "channel.utilisation", "1", "share of time for which a channel works", 0 },
	{ "write-amplification", "1", "data written to flash by data that the host wrote", 0 },
	{ "erases", "1/s", "blocks erased per second", 0 },
	{ "cache.full", "1/s", "writes per second that waited for room in the cache", 0 },
	{ "interrupts-per-command", "1", "interrupts by commands", 0 },
	{ "failed", "1", "commands that lay outside the device or were too large", 0 },
	{ 0 },
};
/* clang-format on */

void sv_ssd_put(struct sv_ssd *ssd, struct sv_metrics *out, const char *name, double value)
{
	const struct sv_metric *m = sv_ssd_metrics;

	while (strcmp(m->name, name))
		m++;
	sv_metrics_put(out, ssd->device.name, m, value);
}

void sv_ssd_reset(struct sv_device *device, sv_time now)
{
	struct sv_ssd *ssd = (struct sv_ssd *)device;

	ssd->since = now;
	sv_station_reset(&ssd->inside, now);
	sv_station_reset(&ssd->controller, now);
	for (int i = 0; i < 2; i++) {
		sv_hist_reset(&ssd->latency[i]);
		sv_ssd_server_reset(&ssd->link[i], now);
	}
	for (int64_t i = 0; i < ssd->cfg->cores; i++)
		sv_ssd_server_reset(&ssd->core[i], now);
	memset(ssd->done, 0, sizeof(ssd->done));
	memset(ssd->bytes, 0, sizeof(ssd->bytes));
	ssd->interrupts = ssd->failed = 0;
	ssd->medium->reset(ssd, now);
}

static const char *broken_law(struct sv_ssd *ssd, sv_time now)
{
	const char *law = sv_station_check(&ssd->inside, now);
	sv_time window = now - ssd->since;

	if (!law)
		law = sv_station_check(&ssd->controller, now);
	if (!law && ssd->inside.population.level != (int64_t)ssd->held)
		law = "commands inside are not those that are held";
	for (int64_t i = 0; i < ssd->cfg->cores && !law; i++)
		if (sv_ssd_served(&ssd->core[i], now) > window)
			law = "a core worked for longer than the window lasted";
	for (int i = 0; i < 2 && !law; i++)
		if (sv_ssd_served(&ssd->link[i], now) > window)
			law = "the link worked for longer than the window lasted";
	return law ? law : ssd->medium->check(ssd, now);
}

static void put_latency(
	struct sv_ssd *ssd, struct sv_metrics *out, const char *op, const struct sv_hist *h)
{
	static const struct {
		const char *name;
		double q;
	} quantile[] = { { "p50", 0.5 }, { "p99", 0.99 }, { "p99.9", 0.999 }, { "p99.99", 0.9999 },
		{ "p99.999", 0.99999 } };
	char name[32];

	snprintf(name, sizeof(name), "%s.mean", op);
	sv_ssd_put(ssd, out, name, sv_hist_mean(h) * 1e-12);
	for (size_t i = 0; i < sizeof(quantile) / sizeof(quantile[0]); i++) {
		snprintf(name, sizeof(name), "%s.%s", op, quantile[i].name);
		sv_ssd_put(ssd, out, name, sv_hist_quantile(h, quantile[i].q) * 1e-12);
	}
}

int sv_ssd_finish(
	struct sv_device *device, sv_time now, struct sv_metrics *out, struct sv_diag *diag)
{
	struct sv_ssd *ssd = (struct sv_ssd *)device;
	const char *law = broken_law(ssd, now);
	double seconds = sv_seconds(now - ssd->since), cores = 0;
	double reads = (double)ssd->done[SV_IO_READ], writes = (double)ssd->done[SV_IO_WRITE];
	double all = reads + writes + (double)(ssd->done[SV_IO_FLUSH] + ssd->done[SV_IO_TRIM]);

	if (law)
		return sv_error(diag, NULL, "%s: %s", device->name, law);
	sv_ssd_put(ssd, out, "iops", (reads + writes) / seconds);
	sv_ssd_put(ssd, out, "bandwidth", (double)(ssd->bytes[0] + ssd->bytes[1]) / seconds);
	sv_ssd_put(ssd, out, "read.iops", reads / seconds);
	sv_ssd_put(ssd, out, "write.iops", writes / seconds);
	put_latency(ssd, out, "read", &ssd->latency[SV_IO_READ]);
	put_latency(ssd, out, "write", &ssd->latency[SV_IO_WRITE]);
	sv_ssd_put(ssd, out, "held", sv_level_mean(&ssd->inside.population, now));
	for (int64_t i = 0; i < ssd->cfg->cores; i++)
		cores += sv_seconds(sv_ssd_served(&ssd->core[i], now));
	sv_ssd_put(ssd, out, "controller.utilisation", cores / (double)ssd->cfg->cores / seconds);
	sv_ssd_put(ssd, out, "link.utilisation",
		fmax(sv_seconds(sv_ssd_served(&ssd->link[0], now)),
			sv_seconds(sv_ssd_served(&ssd->link[1], now))) /
			seconds);
	ssd->medium->measure(ssd, now, out);
	sv_ssd_put(ssd, out, "interrupts-per-command",
		all > 0 ? (double)ssd->interrupts / all : (double)NAN);
	sv_ssd_put(ssd, out, "failed", (double)ssd->failed);
	return 0;
}
