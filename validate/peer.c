/*
 * peer.c - starting and stopping programs that others wrote
 */
#include "peer.h"
#include "pinned.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_PATH  4096
#define MOST_LINE  1000
#define GRACE_MS   2000 /* to end when asked to */
#define CANNOT_RUN 127  /* status of a child without a program, as shells have it */

bool sv_peer_is_there(const char *program)
{
	const char *path = getenv("PATH");
	char file[MOST_PATH];

	while (path && *path) {
		size_t n = strcspn(path, ":");

		if ((size_t)snprintf(file, sizeof(file), "%.*s/%s", (int)n, path, program) <
				sizeof(file) &&
			access(file, X_OK) == 0)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

int sv_peer_init(struct sv_peer *p, struct sv_diag *diag)
{
	const char *directory = getenv("TMPDIR");
	int n;

	*p = (struct sv_peer){ .name = "" };
	n = snprintf(p->directory, sizeof(p->directory), "%s/simsvirt-peer-XXXXXX",
		directory && *directory ? directory : P_tmpdir);
	/* The name of a socket has a limit, too. */
	if (n < 0 || (size_t)n >= sizeof(p->directory))
		return sv_error(diag, NULL, "TMPDIR: the name of a socket would be too long");
	if (!mkdtemp(p->directory)) {
		int error = errno;

		sv_error(diag, NULL, "%s: %s", p->directory, strerror(error));
		p->directory[0] = '\0';
		return -1;
	}
	snprintf(p->socket, sizeof(p->socket), "%s/socket", p->directory);
	snprintf(p->file, sizeof(p->file), "%s/file", p->directory);
	snprintf(p->output, sizeof(p->output), "%s/output", p->directory);
	return 0;
}

static bool make_set(unsigned pu, cpu_set_t *set)
{
	int cpu = pu == SV_PINNED_ANYWHERE ? -1 : sv_pinned_os_index(pu);

	CPU_ZERO(set);
	if (cpu < 0 || cpu >= CPU_SETSIZE)
		return false;
	CPU_SET((unsigned)cpu, set);
	return true;
}

/* In the child. The alarm outlives the exec, and nobody there waits for it. */
static _Noreturn void become(const struct sv_peer *p, const char *const *argv, const cpu_set_t *set,
	bool bound, unsigned seconds)
{
	int out = open(p->output, O_WRONLY | O_CREAT | O_TRUNC, 0600), in;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGALRM, SIG_DFL);
	/* The user's interrupt is the parent's to handle. */
	setpgid(0, 0);
	in = open("/dev/null", O_RDONLY);
	if (out < 0 || in < 0 || dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0 ||
		dup2(in, STDIN_FILENO) < 0 || chdir(p->directory) < 0)
		_exit(CANNOT_RUN);
	if (bound)
		sched_setaffinity(0, sizeof(*set), set);
	alarm(seconds);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(CANNOT_RUN);
}

int sv_peer_start(struct sv_peer *p, const char *const *argv, unsigned pu, unsigned seconds,
	struct sv_diag *diag)
{
	cpu_set_t set;
	bool bound = make_set(pu, &set);

	p->name = argv[0];
	p->pid = fork();
	if (p->pid == 0)
		become(p, argv, &set, bound, seconds);
	if (p->pid > 0)
		return 0;
	p->pid = 0;
	sv_error(diag, NULL, "%s cannot be started: %s", argv[0], strerror(errno));
	sv_peer_stop(p);
	return -1;
}

bool sv_peer_bind(const struct sv_peer *p, unsigned pu)
{
	char path[64];
	cpu_set_t set;
	bool good = make_set(pu, &set);
	struct dirent *e;
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%ld/task", (long)p->pid);
	tasks = good ? opendir(path) : NULL;
	if (!tasks)
		return false;
	while ((e = readdir(tasks)))
		if (e->d_name[0] != '.')
			good &= sched_setaffinity(
					(pid_t)strtol(e->d_name, NULL, 10), sizeof(set), &set) == 0;
	closedir(tasks);
	return good;
}

double sv_peer_cpu(const struct sv_peer *p)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(p->pid, &clock) != 0 || clock_gettime(clock, &t) < 0)
		return -1;
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

bool sv_peer_is_alive(const struct sv_peer *p)
{
	siginfo_t ended = { 0 };

	/* It stays to be waited for. */
	return p->pid > 0 &&
	       waitid(P_PID, (id_t)p->pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       ended.si_pid == 0;
}

/* Of what it wrote; an empty text when it wrote nothing. */
static void last_line(const struct sv_peer *p, char *text, size_t size)
{
	char line[MOST_LINE];
	FILE *f = fopen(p->output, "re");

	text[0] = '\0';
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0])
			snprintf(text, size, ": %s", line);
	}
	if (f)
		fclose(f);
}

bool sv_peer_runs(struct sv_peer *p, struct sv_diag *diag)
{
	char said[MOST_LINE + 2];
	int status;

	if (p->pid > 0 && waitpid(p->pid, &status, WNOHANG) == 0)
		return true;
	last_line(p, said, sizeof(said));
	if (p->pid > 0 && WIFSIGNALED(status))
		sv_error(
			diag, NULL, "%s was ended by signal %d%s", p->name, WTERMSIG(status), said);
	else if (p->pid > 0)
		sv_error(diag, NULL, "%s ended with status %d%s", p->name, WEXITSTATUS(status),
			said);
	p->pid = 0;
	return false;
}

static void nap(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

static void end(pid_t pid)
{
	kill(pid, SIGTERM);
	for (int ms = 0; ms < GRACE_MS; ms += 10) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return;
		nap(10);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *at)
{
	(void)about, (void)type, (void)at;
	/* What cannot be removed stays. */
	remove(path);
	return 0;
}

void sv_peer_stop(struct sv_peer *p)
{
	if (p->pid > 0)
		end(p->pid);
	p->pid = 0;
	if (p->directory[0])
		nftw(p->directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	p->directory[0] = '\0';
}
