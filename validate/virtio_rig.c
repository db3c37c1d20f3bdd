/*
 * virtio_rig.c - a virtio disk of qemu-storage-daemon under load, measured
 *
 * The disk does nothing, so that what is measured is the path. While the driver runs, another
 * thread sleeps until it is done: should the daemon die, it ends the driver's wait.
 */
#include "virtio_rig.h"
#include "bug.h"
#include "config.h"
#include "foreign.h"
#include "pinned.h"
#include "queues.h"
#include "sample.h"
#include <dirent.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DISK_BYTES   (UINT64_C(1) << 30)
#define BLOCK        4096
#define ENTRIES      256
#define DAEMON_LIMIT 3600 /* seconds */
#define PATIENCE     20   /* seconds for a run */
#define DRIVERS_PU   0

struct sv_virtio_rig {
	struct sv_virtio_rig_how how;
	void *cfg;
	struct sv_peer daemon;
	struct sv_virtio_guest guest; /* its disk, without a guest, too */
	/* Of the run. */
	struct sv_virtio_run *out;
	struct sv_diag *diag;
	int result;
	sem_t done;
	bool abandoned;
};

const char *sv_virtio_rig_lacks(bool guest)
{
	if (!sv_storage_daemon_is_there())
		return "there is no " SV_STORAGE_DAEMON
		       " (Debian's package qemu-system-common), which serves the disk";
	return guest ? sv_virtio_guest_lacks() : NULL;
}

static const struct sv_queue *split(void)
{
	size_t i = 0;

	while (strcmp(sv_queues_native[i]->name, "vring-split") != 0)
		i++;
	return sv_queues_native[i];
}

/* The options of a queue as they are by default. */
static void *default_cfg(const struct sv_queue *kind, struct sv_diag *diag)
{
	struct sv_doc *doc = sv_doc_parse(kind->name, "{}", 2, diag);
	void *cfg = calloc(1, kind->options->size);

	SV_BUG_ON(!doc || !cfg);
	SV_BUG_ON(sv_read(kind->options, sv_doc_root(doc), cfg, doc, diag) < 0);
	sv_doc_free(doc);
	return cfg;
}

static int open_rig(struct sv_virtio_rig *r, struct sv_diag *diag)
{
	const struct sv_storage_daemon daemon = { .bytes = DISK_BYTES,
		.null = true,
		.queues = 1,
		.pu = r->how.pu,
		.seconds = DAEMON_LIMIT };
	struct sv_vublk_how how = {
		.kind = split(), .queues = 1, .size = ENTRIES, .depth = r->how.depth, .bytes = BLOCK
	};
	int result;

	r->cfg = default_cfg(how.kind, diag);
	how.cfg = r->cfg;
	sv_vublk_init(&r->guest.disk);
	if (sv_storage_daemon_start(&r->daemon, &daemon, diag) < 0)
		return -1;
	if (r->how.guest)
		result = sv_virtio_guest_open(&r->guest, r->daemon.socket, &how, diag);
	else
		result = sv_vublk_open(&r->guest.disk, r->daemon.socket, &how, diag);
	if (result < 0)
		sv_peer_runs(&r->daemon, diag);
	return result;
}

struct sv_peer *sv_virtio_rig_daemon(struct sv_virtio_rig *r)
{
	return &r->daemon;
}

struct sv_virtio_rig *sv_virtio_rig_new(const struct sv_virtio_rig_how *how, struct sv_diag *diag)
{
	struct sv_virtio_rig *r = calloc(1, sizeof(*r));

	SV_BUG_ON(!r || (how->guest && how->events));
	r->how = *how;
	SV_BUG_ON(sem_init(&r->done, 0, 0) != 0);
	if (open_rig(r, diag) == 0)
		return r;
	sv_virtio_rig_free(r);
	return NULL;
}

void sv_virtio_rig_free(struct sv_virtio_rig *r)
{
	if (r->how.guest)
		sv_virtio_guest_close(&r->guest);
	else
		sv_vublk_close(&r->guest.disk);
	sv_peer_stop(&r->daemon);
	sem_destroy(&r->done);
	free(r->cfg);
	free(r);
}

/* Of a task's status the line "nonvoluntary_ctxt_switches:". */
static uint64_t read_switches(const char *path)
{
	static const char key[] = "nonvoluntary_ctxt_switches:";
	FILE *f = fopen(path, "re");
	char line[256];
	uint64_t n = 0;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, sizeof(key) - 1))
			n = strtoull(line + sizeof(key) - 1, NULL, 10);
	if (f)
		fclose(f);
	return n;
}

/* How often a thread of the daemon lost its PU to somebody else. */
static uint64_t daemon_switches(const struct sv_peer *p)
{
	char path[64], file[400];
	struct dirent *e;
	uint64_t sum = 0;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%ld/task", (long)p->pid);
	tasks = opendir(path);
	while (tasks && (e = readdir(tasks)))
		if (e->d_name[0] != '.') {
			snprintf(file, sizeof(file), "%s/%s/status", path, e->d_name);
			sum += read_switches(file);
		}
	if (tasks)
		closedir(tasks);
	return sum;
}

/* What tells whether others ran, before and after. */
struct look {
	struct sv_watch driver, daemon;
	uint64_t switches;
	double busy, own;
};

static void look_begin(const struct sv_virtio_rig *r, struct look *l)
{
	sv_watch_init(&l->driver, DRIVERS_PU);
	sv_watch_init(&l->daemon, r->how.pu);
	l->switches = daemon_switches(&r->daemon);
	l->busy = sv_foreign_busy(DRIVERS_PU, 1);
	l->own = sv_foreign_own() + sv_peer_cpu(&r->daemon);
	sv_watch_begin(&l->daemon);
	sv_watch_begin(&l->driver);
}

/* Driver and daemon on one PU switch all the time: there the PU's time is looked at. */
static bool look_end(const struct sv_virtio_rig *r, struct look *l)
{
	struct sv_interference driver = sv_watch_end(&l->driver);
	struct sv_interference daemon = sv_watch_end(&l->daemon);
	double own = sv_foreign_own() + sv_peer_cpu(&r->daemon) - l->own;
	double busy = sv_foreign_busy(DRIVERS_PU, 1) - l->busy;
	bool disturbed = driver.stolen || daemon.stolen;

	if (r->how.pu == DRIVERS_PU)
		disturbed |= sv_foreign_disturbs(busy, own, 1e-9 * (double)driver.elapsed_ns, 1);
	else
		disturbed |= sv_is_disturbed(&driver, r->how.events) ||
			     daemon_switches(&r->daemon) != l->switches;
	sv_watch_fini(&l->driver);
	sv_watch_fini(&l->daemon);
	return disturbed;
}

static void drive(struct sv_virtio_rig *r)
{
	const struct sv_blk_load *load = sv_virtio_guest_load(&r->guest);
	struct sv_virtio_run *out = r->out;
	double start, cpu;
	struct look look;

	look_begin(r, &look);
	cpu = sv_peer_cpu(&r->daemon);
	start = sv_sample_clock();
	if (r->how.guest)
		r->result = sv_virtio_guest_run(&r->guest, r->diag);
	else
		sv_vublk_run(&r->guest.disk, 0);
	out->seconds = 1e-9 * (sv_sample_clock() - start);
	out->daemon = sv_peer_cpu(&r->daemon) - cpu;
	out->disturbed = look_end(r, &look);
	out->requests = load->done;
	out->kicks = load->kicks;
	out->interrupts = load->interrupts;
}

/* Until the driver is done, the daemon is dead, or it has taken too long. It looks so seldom that
 * no usual run is disturbed. */
static void watch_over(struct sv_virtio_rig *r)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	for (int s = 0; s < PATIENCE && sv_peer_is_alive(&r->daemon); s++) {
		limit.tv_sec++;
		if (sem_timedwait(&r->done, &limit) == 0)
			return;
	}
	r->abandoned = true;
	sv_vublk_abandon(&r->guest.disk, 0);
	while (sem_wait(&r->done) < 0)
		;
}

static void play(unsigned thread, void *arg)
{
	struct sv_virtio_rig *r = arg;

	if (thread > 0) {
		watch_over(r);
		return;
	}
	drive(r);
	sem_post(&r->done);
}

int sv_virtio_rig_run(
	struct sv_virtio_rig *r, uint64_t requests, struct sv_virtio_run *out, struct sv_diag *diag)
{
	static const unsigned pu[] = { DRIVERS_PU, SV_PINNED_ANYWHERE };
	struct sv_blk_load *load = sv_virtio_guest_load(&r->guest);

	load->what = SV_BLK_READ;
	load->requests = requests;
	load->events = r->how.events;
	r->out = out;
	r->diag = diag;
	r->result = 0;
	if (sv_pinned_run_on(pu, 2, play, r, diag) < 0 || r->result < 0)
		return -1;
	if (!sv_peer_runs(&r->daemon, diag))
		return -1;
	if (r->abandoned)
		return sv_error(diag, NULL, SV_STORAGE_DAEMON " serves no requests");
	if (load->failed)
		return sv_error(diag, NULL, SV_STORAGE_DAEMON " fails %llu of %llu requests",
			(unsigned long long)load->failed, (unsigned long long)load->done);
	return 0;
}
