/*
 * lock_guard.c - what a user's lock does that no program survives
 *
 * The handlers may call what is not safe in a handler otherwise: the program ends there. They
 * run on a stack of their own, because it may be the end of a stack that was hit.
 */
#include "lock_guard.h"
#include "bug.h"
#include "cli.h"
#include "locks.h"
#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define FRAMES      64
#define TICK_US     100000 /* of CPU time */
#define MOST_TICKS  50     /* in a lock, without an operation */
#define STACK_BYTES (256u << 10)

struct range {
	uintptr_t base, from, to;
};

static struct watched {
	struct sv_guarded_object o;
	struct range at;
} watched[3 * SV_LOCKS_ADDED];
static size_t n_watched;
static struct range program;

/* Of the thread that runs: where it was at its last ticks. */
static _Thread_local struct {
	unsigned ticks;
	sv_time now;
	uintptr_t inside; /* an address in a lock; 0: none since the ticks are counted */
} streak;

static int find_range(struct dl_phdr_info *info, size_t bytes, void *arg)
{
	struct range *r = arg;

	(void)bytes;
	if (info->dlpi_addr != r->base)
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t start = info->dlpi_addr + p->p_vaddr;

		if (p->p_type != PT_LOAD || !(p->p_flags & PF_X))
			continue;
		r->from = start;
		r->to = start + p->p_memsz;
	}
	return 1;
}

/* The code of an object of dlopen(). */
static struct range code_of(void *handle)
{
	struct range r = { 0 };
	struct link_map *map;

	if (handle && dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0) {
		r.base = map->l_addr;
		dl_iterate_phdr(find_range, &r);
	}
	return r;
}

static bool is_in(const struct range *r, uintptr_t pc)
{
	return pc >= r->from && pc < r->to;
}

static const struct watched *lock_at(uintptr_t pc)
{
	for (size_t i = 0; i < n_watched; i++)
		if (is_in(&watched[i].at, pc))
			return &watched[i];
	return NULL;
}

static uintptr_t pc_of(const void *context)
{
	const ucontext_t *u = context;

#if defined(__x86_64__)
	return (uintptr_t)u->uc_mcontext.gregs[REG_RIP];
#else
	return (uintptr_t)u->uc_mcontext.pc;
#endif
}

/* "file:line\n" of an address in an object and of the calls that were put inline around it, or "".
 */
static void ask_addr2line(const struct watched *w, uintptr_t pc, char *answer, size_t size)
{
	char file[32], offset[32];
	int pipes[2];
	size_t n = 0;
	ssize_t got;
	pid_t child;

	answer[0] = '\0';
	snprintf(file, sizeof(file), "/proc/self/fd/%d", w->o.fd);
	snprintf(offset, sizeof(offset), "%#lx", (unsigned long)(pc - w->at.base));
	if (pipe(pipes) < 0)
		return;
	child = fork();
	if (child == 0) {
		dup2(pipes[1], STDOUT_FILENO);
		execlp("addr2line", "addr2line", "-i", "-e", file, offset, (char *)NULL);
		_exit(SV_EXIT_FAILED);
	}
	close(pipes[1]);
	while (child > 0 && (got = read(pipes[0], answer + n, size - 1 - n)) > 0)
		n += (size_t)got;
	answer[n] = '\0';
	if (child > 0)
		waitpid(child, NULL, 0);
}

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "mylock.c:31: error: " as in other messages, or without the line when that cannot be known. */
static void print_place(const struct watched *w, uintptr_t pc)
{
	const char *base = base_of(w->o.path);
	char answer[4096], *rest = answer, *colon;
	long line = 0;

	ask_addr2line(w, pc, answer, sizeof(answer));
	/* Operations are inline functions of our headers: the first line that is the user's. */
	for (char *place; line == 0 && (place = strsep(&rest, "\n"));) {
		colon = strrchr(place, ':');
		if (!colon)
			continue;
		*colon = '\0';
		if (!strcmp(base_of(place), base))
			line = strtol(colon + 1, NULL, 10);
	}
	dprintf(STDERR_FILENO, "%s", w->o.path);
	if (line)
		dprintf(STDERR_FILENO, ":%ld", line);
	dprintf(STDERR_FILENO, ": error: ");
}

/* The first who comes has the word. */
static void begin(const struct watched *w, uintptr_t pc)
{
	static atomic_flag taken = ATOMIC_FLAG_INIT;

	while (atomic_flag_test_and_set(&taken))
		pause();
	if (isatty(STDERR_FILENO))
		dprintf(STDERR_FILENO, "\n");
	print_place(w, pc);
}

/* Where the innermost function of a user's lock is on this stack; NULL: there is none. */
static const struct watched *find_lock(uintptr_t fault, uintptr_t *pc)
{
	void *frame[FRAMES];
	int n = backtrace(frame, FRAMES);

	for (int i = 0; i < n; i++) {
		/* Others are where a call returns to, which may be on the next line. */
		*pc = (uintptr_t)frame[i] - ((uintptr_t)frame[i] != fault);
		if (lock_at(*pc))
			return lock_at(*pc);
	}
	return NULL;
}

static void crashed(int number, siginfo_t *info, void *context)
{
	uintptr_t pc;
	const struct watched *w = find_lock(pc_of(context), &pc);

	if (!w) {
		/* SA_RESETHAND: this time it ends the program as it always has. */
		raise(number);
		return;
	}
	begin(w, pc);
	dprintf(STDERR_FILENO, "the lock %s crashed here in its %s form: %s", w->o.lock, w->o.form,
		strsignal(number));
	if (number == SIGSEGV || number == SIGBUS)
		dprintf(STDERR_FILENO, " at address %p", info->si_addr);
	dprintf(STDERR_FILENO, "\n");
	_exit(SV_EXIT_FAILED);
}

static void refused(const char *condition)
{
	uintptr_t pc;
	const struct watched *w = find_lock(0, &pc);

	if (!w)
		return;
	begin(w, pc);
	dprintf(STDERR_FILENO,
		"the lock %s asks for what there is not, such as an operation on memory that is "
		"not "
		"the lock's (%s)\n",
		w->o.lock, condition);
	_exit(SV_EXIT_FAILED);
}

static void complain_of_hang(void)
{
	const struct watched *w = lock_at(streak.inside);

	begin(w, streak.inside);
	dprintf(STDERR_FILENO,
		"the lock %s hangs here in its %s form: %d s of CPU time without an end or an "
		"operation that could have changed anything\n",
		w->o.lock, w->o.form, MOST_TICKS * TICK_US / 1000000);
	_exit(SV_EXIT_FAILED);
}

/* While it simulates, time says whether there is progress; otherwise, whether ours is running. */
static void tick(int number, siginfo_t *info, void *context)
{
	uintptr_t pc = pc_of(context);
	const sv_time *now = sv_bug_context.now;

	(void)number, (void)info;
	if (now ? *now != streak.now : is_in(&program, pc)) {
		streak.ticks = 0;
		streak.inside = 0;
		streak.now = now ? *now : 0;
		return;
	}
	if (lock_at(pc))
		streak.inside = pc;
	if (++streak.ticks >= MOST_TICKS && streak.inside)
		complain_of_hang();
}

static void install(void)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, 0 };
	struct sigaction crash = { .sa_sigaction = crashed,
		.sa_flags = (int)(SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESETHAND) };
	struct sigaction timer = { .sa_sigaction = tick,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART };
	const struct itimerval every = { { 0, TICK_US }, { 0, TICK_US } };
	void *frame[1];

	/* The first call loads a library, which a handler must not do. */
	backtrace(frame, 1);
	sv_bug_hook = refused;
#pragma omp parallel
	{
		/* These threads stay until the program ends, and nothing else points to it. */
		void *memory = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (memory != MAP_FAILED)
			sigaltstack(
				&(const stack_t){ .ss_sp = memory, .ss_size = STACK_BYTES }, NULL);
	}
	for (int i = 0; fatal[i]; i++)
		sigaction(fatal[i], &crash, NULL);
	sigaction(SIGPROF, &timer, NULL);
	setitimer(ITIMER_PROF, &every, NULL);
}

void sv_lock_guard(const struct sv_guarded_object *object)
{
	SV_BUG_ON(n_watched == sizeof(watched) / sizeof(watched[0]));
	if (n_watched == 0) {
		void *self = dlopen(NULL, RTLD_NOW);

		program = code_of(self);
		install();
	}
	watched[n_watched++] = (struct watched){ *object, code_of(object->handle) };
}
