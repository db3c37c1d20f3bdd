/*
 * fio_job.c - job files of fio
 *
 * Every option that is known is a row of a table: how its value is read, or that it has no effect
 * here. What needs several options together is settled when a job is complete.
 */
#include "workloads/fio_job.h"
#include "bug.h"
#include "value.h"
#include "workloads/fio_units.h"
#include <stdlib.h>
#include <string.h>

/* A job while it is read. */
struct reading {
	struct sv_fio_job job;
	bool direct, random, time_based;
	int64_t io_bytes, rate_bytes, rate_ios; /* 0: not given */
	const char *file;
	struct sv_place file_place;
};

typedef const char *set_fn(struct reading *r, const char *text);

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

static const char *set_mix_read(struct reading *r, const char *text)
{
	return set_mix(text, false, &r->job.reads);
}

static const char *set_mix_write(struct reading *r, const char *text)
{
	return set_mix(text, true, &r->job.reads);
}

static const char *set_rw(struct reading *r, const char *text)
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

static const char *set_engine(struct reading *r, const char *text)
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

static const char *set_distribution(struct reading *r, const char *text)
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

static const char *set_process(struct reading *r, const char *text)
{
	if (strcmp(text, "linear") && strcmp(text, "poisson"))
		return "is neither linear nor poisson";
	r->job.poisson = !strcmp(text, "poisson");
	return NULL;
}

/* "100%" is all of the disk. */
static const char *set_size(struct reading *r, const char *text)
{
	r->job.size_bytes = 0;
	return strcmp(text, "100%") ? sv_fio_size_parse(text, &r->job.size_bytes) : NULL;
}

static const char *set_think(struct reading *r, const char *text)
{
	sv_time time;
	const char *wrong = sv_fio_time_parse(text, SV_US, &time);

	if (!wrong)
		r->job.think = (struct sv_dist){ SV_DIST_FIXED, { (double)time } };
	return wrong;
}

static const char *set_duration(struct reading *r, const char *text)
{
	sv_time ignored;

	(void)r;
	return sv_fio_time_parse(text, SV_S, &ignored);
}

static const char *set_file(struct reading *r, const char *text)
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

#define IN(member) offsetof(struct reading, member)
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
	SET_ROW("runtime", "timeout", set_duration),
	SET_ROW("ramp_time", NULL, set_duration),
	NO_EFFECT_ROW("name"),
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

static const char *set_value(struct reading *r, const struct row *row, const char *text)
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

static int read_entry(struct reading *r, const struct sv_ini_entry *e, struct sv_diag *diag)
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
	wrong = set_value(r, row, text);
	if (wrong)
		return sv_error(diag, &e->value_place, "%s: '%.60s' %s", e->key, text, wrong);
	if (row->set == set_file)
		r->file_place = e->value_place;
	return 0;
}

/* "/dev/vda" means the disk vda. */
static int settle_disk(struct reading *r, struct sv_diag *diag)
{
	const char *slash, *wrong;

	if (r->job.disk)
		return 0;
	if (!r->file)
		return sv_error(diag, &r->job.place,
			"%s: names no disk: write filename=/dev/vda here, or `disk: vda` beside "
			"`job:` in the scenario",
			r->job.name);
	slash = strrchr(r->file, '/');
	r->job.disk = slash ? slash + 1 : r->file;
	wrong = sv_name_check(r->job.disk);
	if (wrong)
		return sv_error(diag, &r->file_place, "filename: '%.60s' names no disk: '%.60s' %s",
			r->file, r->job.disk, wrong);
	return 0;
}

/* A job that is not limited by time ends when it has done its size once. */
static void settle_end(struct reading *r)
{
	struct sv_fio_job *j = &r->job;
	int64_t bytes = r->io_bytes ? r->io_bytes : j->size_bytes;

	if (!j->ios && !r->time_based && bytes)
		j->ios = (bytes + j->block_bytes - 1) / j->block_bytes;
}

static int settle(struct reading *r, struct sv_diag *diag)
{
	struct sv_fio_job *j = &r->job;
	struct sv_fio_fault fault;
	int result = settle_disk(r, diag);

	if (!r->direct)
		result = sv_error(diag, &j->place,
			"%s: goes through the page cache, which is not simulated: write direct=1",
			j->name);
	if (!r->random)
		j->order = SV_FIO_SEQUENTIAL;
	j->rate = (double)r->rate_ios;
	if (r->rate_bytes && !r->rate_ios)
		j->rate = (double)r->rate_bytes / (double)j->block_bytes;
	settle_end(r);
	fault = sv_fio_job_check(j);
	if (fault.key)
		result = sv_error(
			diag, &j->place, "%s: %s: %s", j->name, fault.file_key, fault.text);
	return result;
}

/* What fio does when nothing is said. */
static const struct reading start = { .job = { .threads = 1,
					      .reads = 0.5,
					      .order = SV_FIO_UNIFORM,
					      .block_bytes = 4096,
					      .depth = 1,
					      .batch = 1,
					      .reap = 1,
					      .think_blocks = 1 } };

/* Returns `result`, of reading the file, or -1 after reporting. */
static int read_jobs(struct sv_fio_jobs *out, const char *disk, int result, struct sv_diag *diag)
{
	const struct sv_ini *ini = &out->ini;
	struct sv_place place = { .source = ini->source };
	struct reading global = start, own;

	global.job.disk = disk;
	out->job = calloc(ini->sections + 1, sizeof(*out->job));
	SV_BUG_ON(!out->job);
	for (size_t i = 0; i < ini->sections; i++) {
		const struct sv_ini_section *s = &ini->section[i];
		bool is_global = !strcmp(s->name, "global");
		struct reading *r = is_global ? &global : &own;
		int bad = 0;

		if (!is_global)
			own = global;
		r->job.name = s->name;
		r->job.place = s->place;
		for (size_t k = 0; k < s->n; k++)
			bad |= read_entry(r, &ini->entry[s->first + k], diag);
		if (!is_global && !bad)
			bad = settle(r, diag);
		if (!is_global)
			out->job[out->n++] = own.job;
		result |= bad;
	}
	if (out->n == 0 && result == 0)
		return sv_error(diag, &place, "has no job: write a section such as [reads]");
	return result;
}

int sv_fio_jobs_parse(struct sv_fio_jobs *out, const char *source, const char *text,
	size_t text_bytes, const char *disk, struct sv_diag *diag)
{
	*out = (struct sv_fio_jobs){ 0 };
	return read_jobs(out, disk, sv_ini_parse(&out->ini, source, text, text_bytes, diag), diag);
}

int sv_fio_jobs_load(
	struct sv_fio_jobs *out, const char *path, const char *disk, struct sv_diag *diag)
{
	*out = (struct sv_fio_jobs){ 0 };
	return read_jobs(out, disk, sv_ini_load(&out->ini, path, diag), diag);
}

void sv_fio_jobs_free(struct sv_fio_jobs *jobs)
{
	free(jobs->job);
	sv_ini_free(&jobs->ini);
	free(jobs->path);
}
