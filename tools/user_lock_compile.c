/*
 * user_lock_compile.c - from a lock's file to shared objects in this process
 *
 * The objects lie in a directory of their own, which is gone again when they are loaded:
 * a mapped file needs no name.
 */
#include "memory.h"
#include "user_lock.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_WORDS 256

static const char *const substrate[SV_FORMS] = { "native", "simulated", "explored" };

extern char **environ;

/* Where the headers are: those of sim/ and those of models/, which are one when installed. */
struct headers {
	char *sim, *models;
};

/* A copy that is installed comes with its own headers, wherever it was moved to. */
static struct headers find_headers(void)
{
	const char *chosen = getenv("SIMSVIRT_HEADERS");
	char exe[PATH_MAX] = "", *slash, *beside = NULL;
	struct headers h;

	if (readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0 && (slash = strrchr(exe, '/')))
		*slash = '\0';
	SV_BUG_ON(asprintf(&beside, "%s/../include/simsvirt", exe) < 0);
	if (!chosen || !*chosen)
		chosen = access(beside, R_OK) == 0 ? beside
			 : access(SV_SOURCE_HEADERS "/sim/options.h", R_OK) < 0
				 ? SV_INSTALLED_HEADERS
				 : NULL;
	SV_BUG_ON(asprintf(&h.sim, "%s%s", chosen ? chosen : SV_SOURCE_HEADERS,
			  chosen ? "" : "/sim") < 0);
	SV_BUG_ON(asprintf(&h.models, "%s%s", chosen ? chosen : SV_SOURCE_HEADERS,
			  chosen ? "" : "/models") < 0);
	free(beside);
	return h;
}

struct words {
	char *word[MOST_WORDS + 1];
	size_t n;
};

static void add_word(struct words *w, const char *format, const char *text)
{
	SV_BUG_ON(w->n == MOST_WORDS || asprintf(&w->word[w->n++], format, text) < 0);
}

/* CC may be several words, such as "ccache gcc". */
static void add_words(struct words *w, const char *text)
{
	char *copy = sv_must(strdup(text)), *rest = copy;

	for (char *word; (word = strsep(&rest, " \t"));)
		if (*word)
			add_word(w, "%s", word);
	free(copy);
}

static const char *compiler(void)
{
	const char *cc = getenv("CC");

	return cc && cc[strspn(cc, " \t")] ? cc : "cc";
}

static void make_command(struct words *w, const struct headers *h, const char *path, int form)
{
	add_words(w, compiler());
	add_words(w, SV_LOCK_FLAGS);
	/* Words of the program are reached without a call, natively in the timed path. */
	add_words(w, "-g -fPIC -fno-plt -ftls-model=initial-exec");
	add_words(w, form == SV_FORM_EXPLORED ? SV_LOCK_EXPLORED_FLAGS " -c" : "-shared");
	/* So that a lock whose last operation fails is on the stack. */
	if (form != SV_FORM_NATIVE)
		add_word(w, "%s", "-fno-optimize-sibling-calls");
	/* What it has to say of the file it says once. */
	if (form != 0)
		add_word(w, "%s", "-w");
	add_word(w, "-DSV_SUBSTRATE=%s", substrate[form]);
	add_word(w, "-DSV_SUBSTRATE_%s=1", substrate[form]);
	add_word(w, "-I%s", h->sim);
	add_word(w, "-I%s", h->models);
	add_word(w, "-I%s/substrate", h->models);
	add_word(w, "-I%s/locks", h->models);
	add_words(w, "-x c");
	add_word(w, path[0] == '-' ? "./%s" : "%s", path);
	add_word(w, "%s", "-o");
}

/* What a program leaves on its standard output does not belong into ours. */
static int spawn(char **word, pid_t *child)
{
	posix_spawn_file_actions_t actions;
	int error;

	SV_BUG_ON(posix_spawn_file_actions_init(&actions));
	SV_BUG_ON(posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO));
	error = posix_spawnp(child, word[0], &actions, NULL, word, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static int run(char **word, const char *path, int form, struct sv_diag *diag)
{
	const struct sv_place place = { .source = path };
	int status = 0, error;
	pid_t child;

	fflush(stdout);
	error = spawn(word, &child);
	if (error == ENOENT)
		return sv_error(diag, &place,
			"a lock of one's own needs a C compiler, and there is no '%s'; install "
			"one, or set CC to it",
			word[0]);
	if (error)
		return sv_error(diag, &place, "%s: %s", word[0], strerror(error));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	return sv_error(diag, &place, "%s cannot compile this lock in its %s form", word[0],
		substrate[form]);
}

static int run_words(struct words *w, const char *path, int form, struct sv_diag *diag)
{
	int result = run(w->word, path, form, diag);

	for (size_t i = 0; i < w->n; i++)
		free(w->word[i]);
	return result;
}

static int compile(const char *path, const char *object, int form, struct sv_diag *diag)
{
	struct headers h = find_headers();
	struct words w = { .n = 0 };

	make_command(&w, &h, path, form);
	add_word(&w, "%s", object);
	free(h.sim);
	free(h.models);
	return run_words(&w, path, form, diag);
}

/* In two steps: with the sanitizer's flags a linker would bring its library, and the calls that the
 * compiler has put at plain accesses are the explorer's to answer (models/explore/plain.c). */
static int compile_explored(const char *path, const char *object, struct sv_diag *diag)
{
	struct words w = { .n = 0 };
	char *half = NULL;
	int result;

	SV_BUG_ON(asprintf(&half, "%s.o", object) < 0);
	result = compile(path, half, SV_FORM_EXPLORED, diag);
	if (result == 0) {
		add_words(&w, compiler());
		add_words(&w, "-shared");
		add_word(&w, "%s", half);
		add_word(&w, "-o%s", object);
		result = run_words(&w, path, SV_FORM_EXPLORED, diag);
	}
	unlink(half);
	free(half);
	return result;
}

/* What the loader says begins with the name of the object, which is ours. */
static int load_failed(const char *path, const char *object, struct sv_diag *diag)
{
	const struct sv_place place = { .source = path };
	const char *reason = dlerror();
	size_t n = strlen(object);

	reason = reason ? reason : "for no reason that the loader would tell";
	if (!strncmp(reason, object, n) && !strncmp(reason + n, ": ", 2))
		reason += n + 2;
	return sv_error(diag, &place, "the lock cannot be loaded: %s", reason);
}

static int make(const char *path, const char *directory, int form, struct sv_lock_object *out,
	struct sv_diag *diag)
{
	char *object = NULL;
	int result;

	SV_BUG_ON(asprintf(&object, "%s/%s.so", directory, substrate[form]) < 0);
	result = form == SV_FORM_EXPLORED ? compile_explored(path, object, diag)
					  : compile(path, object, form, diag);
	if (result == 0 && !(out->handle = dlopen(object, RTLD_NOW | RTLD_LOCAL)))
		result = load_failed(path, object, diag);
	if (result == 0)
		out->fd = open(object, O_RDONLY);
	unlink(object);
	free(object);
	return result;
}

int sv_user_lock_compile(
	const char *path, struct sv_lock_object object[SV_FORMS], struct sv_diag *diag)
{
	const char *parent = getenv("TMPDIR");
	char *directory = NULL;
	int result = 0;

	SV_BUG_ON(asprintf(&directory, "%s/simsvirt-lock-XXXXXX",
			  parent && *parent ? parent : P_tmpdir) < 0);
	if (!mkdtemp(directory)) {
		result = sv_error(diag, NULL, "%s: %s", directory, strerror(errno));
		free(directory);
		return result;
	}
	for (int form = 0; form < SV_FORMS && result == 0; form++)
		result = make(path, directory, form, &object[form], diag);
	rmdir(directory);
	free(directory);
	return result;
}
