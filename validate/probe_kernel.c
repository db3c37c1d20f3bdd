/*
 * probe_kernel.c - services of the kernel that one thread asks for
 */
#include "probe.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define LOOP       64
#define SLEEP_NS   50000
#define FILE_PAGES 256
#define PAGE_BYTES 4096
#define TMPFS      0x01021994 /* linux/magic.h */

#define POLLED 4

struct kernel {
	struct sv_reading r;
	int fd, polled[POLLED];
	uint64_t random;
	char *page;
};

/* What a system call that does nothing takes, in the same batch: what is left is the kernel's own
 * part of another one. */
static double empty_call(void)
{
	double start = sv_sample_clock();

	for (unsigned i = 0; i < LOOP; i++)
		syscall(SYS_getppid);
	return (sv_sample_clock() - start) / LOOP;
}

static void event(unsigned thread, void *arg)
{
	struct kernel *k = arg;
	uint64_t count = 1;
	double start = sv_sample_clock(), took;

	(void)thread;
	for (unsigned i = 0; i < LOOP; i++)
		if (write(k->fd, &count, sizeof(count)) != sizeof(count) ||
			read(k->fd, &count, sizeof(count)) != sizeof(count))
			return;
	took = (sv_sample_clock() - start) / (2 * LOOP);
	k->r.value = fmax(0, took - empty_call());
}

/* As an event loop does that something has happened to. */
static void poll_events(unsigned thread, void *arg)
{
	struct kernel *k = arg;
	struct pollfd p[POLLED];
	double start, took;

	(void)thread;
	for (unsigned i = 0; i < POLLED; i++)
		p[i] = (struct pollfd){ .fd = k->polled[i], .events = POLLIN };
	start = sv_sample_clock();
	for (unsigned i = 0; i < LOOP; i++)
		if (ppoll(p, POLLED, NULL, NULL) != 1)
			return;
	took = (sv_sample_clock() - start) / LOOP;
	k->r.value = fmax(0, took - empty_call());
}

static void oversleep(unsigned thread, void *arg)
{
	struct kernel *k = arg;
	const struct timespec t = { .tv_nsec = SLEEP_NS };
	double start = sv_sample_clock();

	(void)thread;
	clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
	k->r.value = sv_sample_clock() - start - SLEEP_NS;
}

static void read_pages(unsigned thread, void *arg)
{
	struct kernel *k = arg;
	double start = sv_sample_clock();

	(void)thread;
	for (unsigned i = 0; i < LOOP; i++) {
		k->random = k->random * 6364136223846793005u + 1442695040888963407u;
		off_t at = (off_t)(k->random >> 33) % FILE_PAGES * PAGE_BYTES;

		if (pread(k->fd, k->page, PAGE_BYTES, at) != PAGE_BYTES)
			return;
	}
	k->r.value = (sv_sample_clock() - start) / LOOP;
}

static int run_event(struct sv_calibration *c, double seconds)
{
	struct kernel k = { .r = { .to = sv_probe_row(c, "eventfd",
					   "Writing an eventfd and reading it again in one thread, "
					   "half of it less a getppid(); mean of 64") },
		.fd = eventfd(0, EFD_CLOEXEC) };
	int result = 0;

	if (k.fd >= 0) {
		result = sv_probe_alone(c, event, &k, seconds);
		close(k.fd);
	}
	return result;
}

static int run_ppoll(struct sv_calibration *c, double seconds)
{
	struct kernel k = { .r = { .to = sv_probe_row(c, "ppoll",
					   "ppoll() of four eventfds of which one is set, less a "
					   "getppid(); mean of 64") } };
	bool good = true;
	int result = 0;

	for (unsigned i = 0; i < POLLED; i++) {
		k.polled[i] = eventfd(i == 0, EFD_CLOEXEC);
		good &= k.polled[i] >= 0;
	}
	if (good)
		result = sv_probe_alone(c, poll_events, &k, seconds);
	for (unsigned i = 0; i < POLLED; i++)
		if (k.polled[i] >= 0)
			close(k.polled[i]);
	return result;
}

static int run_timer(struct sv_calibration *c, double seconds)
{
	const unsigned pu = c->pus > 0 ? 0 : SV_PINNED_ANYWHERE;
	struct kernel k = {
		.r = { .to = sv_probe_row(c, "timer.late",
			       "clock_nanosleep for 50 us: how much longer it lasts, with timer "
			       "slack and wake-up") }
	};
	int slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
	struct sv_samples *s;

	if (slack > 0 && c->round == 0) {
		s = sv_probe_row(c, "timer.slack",
			"What the kernel may delay a timer by: PR_GET_TIMERSLACK");
		/* It is told, not measured: one value is as good as many. */
		for (unsigned i = 0; i < 5; i++)
			sv_samples_put(s, slack, false);
	}
	return sv_probe_batches(c, &(struct sv_batches){ .pu = &pu,
					   .threads = 1,
					   .body = oversleep,
					   .done = sv_reading_done,
					   .arg = &k,
					   .sleeps = true,
					   .seconds = seconds,
					   .most = UINT_MAX });
}

/* A file without a name. */
static int make_file(const char *directory)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/simsvirt-XXXXXX", directory);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return -1;
	unlink(path);
	for (unsigned i = 0; i < FILE_PAGES; i++) {
		char page[PAGE_BYTES];

		memset(page, (int)i, sizeof(page));
		if (write(fd, page, sizeof(page)) != sizeof(page)) {
			close(fd);
			return -1;
		}
	}
	return fd;
}

static int run_file(struct sv_calibration *c, double seconds)
{
	const char *directory = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	char page[PAGE_BYTES];
	struct kernel k = { .fd = make_file(directory), .page = page };
	struct statfs fs;
	int result;

	if (k.fd < 0) {
		sv_probe_note(c,
			"no file could be made in %s: reads from the page cache were not measured",
			directory);
		return 0;
	}
	fstatfs(k.fd, &fs);
	k.r.to = sv_probe_row(c, "page-cache.read",
		fs.f_type == TMPFS
			? "pread of 4 KiB of a file that is in the page cache, on tmpfs, mean of 64"
			: "pread of 4 KiB of a file that is in the page cache, mean of 64");
	result = sv_probe_alone(c, read_pages, &k, seconds);
	close(k.fd);
	return result;
}

static int run(struct sv_calibration *c, double seconds)
{
	if (run_event(c, seconds / 6) < 0 || run_ppoll(c, seconds / 6) < 0 ||
		run_timer(c, seconds / 2) < 0)
		return -1;
	return run_file(c, seconds / 6);
}

const struct sv_probe sv_probe_kernel = { "kernel", "services of the kernel", 1, run, NULL };
