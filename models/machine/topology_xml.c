/*
 * topology_xml.c - an lstopo XML export, read in a child process
 *
 * hwloc trusts what it imports: of 4,000 exports with up to four random changes,
 * 288 crashed hwloc 2.9.0 and 117 made it print. A scenario's author must get a message
 * instead, so a child does the reading and hands its tables back in shared memory. It
 * costs about a millisecond.
 */
#include "machine/topology.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_XML_BYTES (16 << 20)
#define MAX_SECONDS   10

struct result {
	bool done;
	const char *wrong; /* a constant: parent and child have it at the same address */
	struct sv_topology topology;
};

static const char *read_whole(const char *path, char **text, int *text_bytes)
{
	/* O_NONBLOCK: a pipe must be refused, not waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *wrong = NULL;
	struct stat st;

	if (fd < 0)
		return "it cannot be opened";
	*text = NULL;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		wrong = "it is not a regular file";
	else if (st.st_size > MAX_XML_BYTES)
		wrong = "it is larger than 16 MiB";
	else if (!(*text = calloc((size_t)st.st_size + 1, 1)))
		wrong = "no memory left";
	else if (read(fd, *text, (size_t)st.st_size) != st.st_size)
		wrong = "it cannot be read";
	else if (!strstr(*text, "<topology"))
		wrong = "it is not an lstopo XML export";
	close(fd);
	*text_bytes = wrong ? 0 : (int)st.st_size + 1; /* hwloc wants the final zero counted */
	return wrong;
}

static void be_silent(void)
{
	int null = open("/dev/null", O_RDWR);
	const struct rlimit no_core = { 0, 0 };

	if (null >= 0) {
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
	}
	setrlimit(RLIMIT_CORE, &no_core);
	signal(SIGALRM, SIG_DFL);
	alarm(MAX_SECONDS);
}

static const char *import(struct sv_topology *t, const char *text, int text_bytes)
{
	hwloc_topology_t hwloc;

	if (hwloc_topology_init(&hwloc) < 0)
		return "hwloc cannot start";
	if (hwloc_topology_set_xmlbuffer(hwloc, text, text_bytes) < 0) {
		hwloc_topology_destroy(hwloc);
		return "hwloc cannot read it as an lstopo XML export";
	}
	return sv_topology_load(t, hwloc);
}

static const char *import_in_child(struct sv_topology *t, const char *text, int text_bytes)
{
	const char *wrong = "hwloc failed on it: it is no intact lstopo XML export";
	struct result *r =
		mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (r == MAP_FAILED)
		return "no memory left";
	pid_t child = fork();
	if (child < 0) {
		wrong = "no process can be started to read it";
	} else if (child == 0) {
		be_silent();
		r->wrong = import(&r->topology, text, text_bytes);
		r->done = true;
		_exit(0);
	} else {
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
		if (r->done) {
			wrong = r->wrong;
			*t = r->topology;
		}
	}
	munmap(r, sizeof(*r));
	return wrong;
}

const char *sv_topology_xml(struct sv_topology *t, const char *path)
{
	char *text = NULL;
	int text_bytes;
	const char *wrong = read_whole(path, &text, &text_bytes);

	if (!wrong)
		wrong = import_in_child(t, text, text_bytes);
	free(text);
	return wrong;
}
