/*
 * fio_job_options.c - the options of fio's job files
 *
 * Every option that is known is a row of a table: how its value is read, or that it has no effect
 * here.
 */
#include "value.h"
#include "workloads/fio_job_private.h"
#include "workloads/fio_units.h"
#include <string.h>

typedef const char *set_fn(struct sv_fio_reading *r, const char *text);

static const char *set_flag(const char *text, bool *out)
{
	if (strcmp(text, "0") && strcmp(text, "1"))
		return "is neither 0 nor 1";
	*out = text[0] == '1';
	return NULL;
}

static const char *set_number(const char *text, int64_t least, int64_t most, int64_t *out)
{
	int64_t value;
	const char *wrong = sv_fio_size_parse(text, &value);

	if (wrong)
		return wrong;
	if (value < least)
		return "is too small";
	if (value > most)
		return "is too large";
	*out = value;
	return NULL;
}

static const char *set_mix(const char *text, bool writes, double *out)
{
	int64_t percent;
	const char *wrong = set_number(text, 0, 100, &percent);

	if (!wrong)
		*out = (double)(writes ? 100 - percent : percent) / 100;
	return wrong;
}

static const char *set_mix_read(struct sv_fio_reading *r, const char *text)
{
	return set_mix(text, false, &r->job.reads);
}

static const char *set_mix_write(struct sv_fio_reading *r, const char *text)
{
	return set_mix(text, true, &r->job.reads);
}

static const char *set_rw(struct sv_fio_reading *r, const char *text)
{
	static const struct {
		const char *name;
		enum sv_fio_rw rw;
		bool random;
	} kinds[] = { { "read", SV_FIO_READ, false }, { "write", SV_FIO_WRITE, false },
		{ "rw", SV_FIO_MIXED, false }, { "readwrite", SV_FIO_MIXED, false },
		{ "randread", SV_FIO_READ, true }, { "randwrite", SV_FIO_WRITE, true },
		{ "randrw", SV_FIO_MIXED, true } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(text, kinds[i].name)) {
			r->job.rw = kinds[i].rw;
			r->random = kinds[i].random;
			return NULL;
		}
	return "is none of read, write, rw, randread, randwrite, randrw";
}

static const char *set_engine(struct sv_fio_reading *r, const char *text)
{
	static const struct {
		const char *name;
		enum sv_fio_engine engine;
	} engines[] = { { "sync", SV_FIO_SYNC }, { "psync", SV_FIO_SYNC },
		{ "pvsync", SV_FIO_SYNC }, { "pvsync2", SV_FIO_SYNC }, { "libaio", SV_FIO_LIBAIO },
		{ "io_uring", SV_FIO_IO_URING } };

	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++)
		if (!strcmp(text, engines[i].name)) {
			r->job.engine = engines[i].engine;
			return NULL;
		}
	return "is none of sync, psync, pvsync, pvsync2, libaio, io_uring";
}

static const char *set_distribution(struct sv_fio_reading *r, const char *text)
{
	const char *colon = strchr(text, ':'), *wrong;
	size_t length = colon ? (size_t)(colon - text) : strlen(text);
	double skew = 0;

	if (!strcmp(text, "random")) {
		r->job.order = SV_FIO_UNIFORM;
		return NULL;
	}
	if (length == 4 && !strncmp(text, "zipf", 4))
		r->job.order = SV_FIO_ZIPF;
	else if (length == 6 && !strncmp(text, "pareto", 6))
		r->job.order = SV_FIO_PARETO;
	else
		return "is none of random, zipf:THETA, pareto:H";
	/* fio's own defaults. */
	r->job.skew = r->job.order == SV_FIO_ZIPF ? 1.1 : 0.2;
	wrong = colon ? sv_real_parse(colon + 1, &skew) : NULL;
	if (colon && !wrong)
		r->job.skew = skew;
	return wrong ? "has no number behind the colon" : NULL;
}

static const char *set_process(struct sv_fio_reading *r, const char *text)
{
	if (strcmp(text, "linear") && strcmp(text, "poisson"))
		return "is neither linear nor poisson";
	r->job.poisson = !strcmp(text, "poisson");
	return NULL;
}

/* "100%" is all of the disk. */
static const char *set_size(struct sv_fio_reading *r, const char *text)
{
	r->job.size_bytes = 0;
	return strcmp(text, "100%") ? sv_fio_size_parse(text, &r->job.size_bytes) : NULL;
}

static const char *set_think(struct sv_fio_reading *r, const char *text)
{
	sv_time time;
	const char *wrong = sv_fio_time_parse(text, SV_US, &time);

	if (!wrong)
		r->job.think = (struct sv_dist){ SV_DIST_FIXED, { (double)time } };
	return wrong;
}

static const char *set_duration(struct sv_fio_reading *r, const char *text)
{
	sv_time ignored;

	(void)r;
	return sv_fio_time_parse(text, SV_S, &ignored);
}

static const char *set_file(struct sv_fio_reading *r, const char *text)
{
	r->file = text;
	return strchr(text, ':') ? "names several files; write a job for each disk" : NULL;
}

/* NUMBER: least and most are its bounds. */
enum type { NUMBER, FLAG, SET, NO_EFFECT };

struct row {
	const char *key, *alias;
	enum type type;
	size_t offset;
	int64_t least, most;
	set_fn *set;
};

#define IN(member) offsetof(struct sv_fio_reading, member)
#define MOST       ((int64_t)1 << 50)

#define NUMBER_ROW(name, other, member, from, to)                                                  \
	{                                                                                          \
		.key = (name), .alias = (other), .type = NUMBER, .offset = IN(member),             \
		.least = (from), .most = (to)                                                      \
	}
#define FLAG_ROW(name, member)                                                                     \
	{                                                                                          \
		.key = (name), .type = FLAG, .offset = IN(member)                                  \
	}
#define SET_ROW(name, other, function)                                                             \
	{                                                                                          \
		.key = (name), .alias = (other), .type = SET, .set = (function)                    \
	}
#define NO_EFFECT_ROW(name)                                                                        \
	{                                                                                          \
		.key = (name), .type = NO_EFFECT                                                   \
	}

static const struct row rows[] = {
	SET_ROW("filename", NULL, set_file),
	SET_ROW("rw", "readwrite", set_rw),
	SET_ROW("rwmixread", NULL, set_mix_read),
	SET_ROW("rwmixwrite", NULL, set_mix_write),
	NUMBER_ROW("bs", "blocksize", job.block_bytes, 512, 1 << 26),
	SET_ROW("size", NULL, set_size),
	NUMBER_ROW("io_size", "io_limit", io_bytes, 1, MOST),
	NUMBER_ROW("number_ios", NULL, job.ios, 1, MOST),
	NUMBER_ROW("offset", "fileoffset", job.offset, 0, MOST),
	NUMBER_ROW("offset_increment", NULL, job.step_bytes, 0, MOST),
	NUMBER_ROW("numjobs", NULL, job.threads, 1, SV_FIO_THREADS_MAX),
	NUMBER_ROW("iodepth", NULL, job.depth, 1, SV_FIO_DEPTH_MAX),
	NUMBER_ROW("iodepth_batch", "iodepth_batch_submit", job.batch, 1, SV_FIO_DEPTH_MAX),
	NUMBER_ROW("iodepth_batch_complete_min", "iodepth_batch_complete", job.reap, 1,
		SV_FIO_DEPTH_MAX),
	SET_ROW("ioengine", NULL, set_engine),
	FLAG_ROW("hipri", job.poll),
	FLAG_ROW("direct", direct),
	SET_ROW("random_distribution", NULL, set_distribution),
	NUMBER_ROW("rate_iops", NULL, rate_ios, 1, 1000000000),
	NUMBER_ROW("rate", NULL, rate_bytes, 1, MOST),
	SET_ROW("rate_process", NULL, set_process),
	SET_ROW("thinktime", NULL, set_think),
	NUMBER_ROW("thinktime_blocks", NULL, job.think_blocks, 1, MOST),
	FLAG_ROW("time_based", time_based),
	FLAG_ROW("stonewall", stonewall),
	SET_ROW("runtime", "timeout", set_duration),
	SET_ROW("ramp_time", NULL, set_duration),
	NO_EFFECT_ROW("name"),
	NO_EFFECT_ROW("directory"),
	NO_EFFECT_ROW("description"),
	NO_EFFECT_ROW("group_reporting"),
	NO_EFFECT_ROW("new_group"),
	NO_EFFECT_ROW("thread"),
	NO_EFFECT_ROW("gtod_reduce"),
	NO_EFFECT_ROW("clocksource"),
	NO_EFFECT_ROW("randrepeat"),
	NO_EFFECT_ROW("randseed"),
	NO_EFFECT_ROW("norandommap"),
	NO_EFFECT_ROW("random_generator"),
	NO_EFFECT_ROW("refill_buffers"),
	NO_EFFECT_ROW("scramble_buffers"),
	NO_EFFECT_ROW("zero_buffers"),
	NO_EFFECT_ROW("percentile_list"),
	NO_EFFECT_ROW("lat_percentiles"),
	NO_EFFECT_ROW("clat_percentiles"),
	NO_EFFECT_ROW("write_bw_log"),
	NO_EFFECT_ROW("write_lat_log"),
	NO_EFFECT_ROW("write_iops_log"),
	NO_EFFECT_ROW("log_avg_msec"),
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct row *find_row(const char *key)
{
	for (size_t i = 0; i < ROWS; i++)
		if (!strcmp(key, rows[i].key) || (rows[i].alias && !strcmp(key, rows[i].alias)))
			return &rows[i];
	return NULL;
}

static int report_unknown(const struct sv_ini_entry *e, struct sv_diag *diag)
{
	const char *names[2 * ROWS + 1], *near;
	size_t n = 0;

	for (size_t i = 0; i < ROWS; i++) {
		names[n++] = rows[i].key;
		if (rows[i].alias)
			names[n++] = rows[i].alias;
	}
	names[n] = NULL;
	near = sv_nearest(e->key, names);
	return sv_error(diag, &e->place, "the option '%.60s' is not supported%s%s%s", e->key,
		near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static const char *set_value(struct sv_fio_reading *r, const struct row *row, const char *text)
{
	void *member = (char *)r + row->offset;

	switch (row->type) {
	case NUMBER:
		return set_number(text, row->least, row->most, member);
	case FLAG:
		return set_flag(text, member);
	case SET:
		return row->set(r, text);
	case NO_EFFECT:
		break;
	}
	return NULL;
}

int sv_fio_read_entry(struct sv_fio_reading *r, const struct sv_ini_entry *e, struct sv_diag *diag)
{
	const struct row *row = find_row(e->key);
	const char *wrong, *text = e->value;

	if (!row)
		return report_unknown(e, diag);
	/* These may stand alone. */
	if (!text && row->type == FLAG && row->offset != IN(direct))
		text = "1";
	if (!text || !*text) {
		if (row->type == NO_EFFECT)
			return 0;
		return sv_error(diag, &e->place, "%s: needs a value: %s=...", e->key, e->key);
	}
	/* Also of a wrong name: the jobs that it holds for may complain, too. */
	if (row->set == set_file)
		r->file_place = e->value_place;
	wrong = set_value(r, row, text);
	return wrong ? sv_error(diag, &e->value_place, "%s: '%.60s' %s", e->key, text, wrong) : 0;
}
