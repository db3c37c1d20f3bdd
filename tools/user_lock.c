/*
 * user_lock.c - the lock in a file: which it is, and whether it can be used
 *
 * Its name is found in the text of the file, so that every message about the table has its
 * line.
 */
#include "user_lock.h"
#include "lock_guard.h"
#include "locks.h"
#include "memory.h"
#include "value.h"
#include <ctype.h>
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MOST_BYTES (1u << 20)
#define MACRO      "SV_LOCK"

static const char *const form_name[SV_FORMS] = { "native", "simulated", "explored" };

/* A file that is being added. */
struct file {
	const char *path;
	char *text;
	size_t bytes;
	struct sv_lock_object object[SV_FORMS];
	/* Its table: where it is defined, and its forms. */
	char *name; /* as in SV_LOCK(name) */
	struct sv_place place;
	const struct sv_lock *form[SV_FORMS];
};

static int read_file(struct file *f, struct sv_diag *diag)
{
	const struct sv_place place = { .source = f->path };
	FILE *from = fopen(f->path, "re");
	FILE *to = sv_must(open_memstream(&f->text, &f->bytes));
	char buf[4096];
	size_t n;

	errno = 0;
	while (from && (n = fread(buf, 1, sizeof(buf), from)) > 0)
		fwrite(buf, 1, n, to);
	n = from && !ferror(from);
	if (!n)
		sv_error(diag, &place, "cannot be read: %s", strerror(errno ? errno : ENOENT));
	if (from)
		fclose(from);
	SV_BUG_ON(fclose(to));
	sv_diag_source(diag, f->path, f->text, f->bytes);
	return n ? 0 : -1;
}

/* The name that a line defines a table for, which begins with SV_LOCK(name); NULL: it does not. */
static char *defined_name(const char *line)
{
	size_t n = 0;

	if (strncmp(line, MACRO, strlen(MACRO)) != 0)
		return NULL;
	line += strlen(MACRO);
	line += strspn(line, " \t");
	if (*line++ != '(')
		return NULL;
	line += strspn(line, " \t");
	while (isalnum((unsigned char)line[n]) || line[n] == '_')
		n++;
	return n ? sv_must(strndup(line, n)) : NULL;
}

static const struct sv_lock *table_of(const struct file *f, int form, const char *name)
{
	const struct sv_lock *table;
	char *symbol = NULL;

	SV_BUG_ON(asprintf(&symbol, "sv_lock_%s_%s", name, form_name[form]) < 0);
	table = dlsym(f->object[form].handle, symbol);
	free(symbol);
	return table;
}

/* One that the preprocessor has left out is none. */
static int take_table(struct file *f, char *name, unsigned line, struct sv_diag *diag)
{
	struct sv_place place = { .source = f->path, .line = line, .column = 1 };

	if (!table_of(f, 0, name)) {
		free(name);
		return 0;
	}
	if (f->name) {
		free(name);
		return sv_error(diag, &place,
			"a second lock, after that of line %u: a file has one " MACRO "(name)",
			f->place.line);
	}
	f->name = name;
	f->place = place;
	for (int form = 0; form < SV_FORMS; form++)
		if (!(f->form[form] = table_of(f, form, name)))
			return sv_error(diag, &place, "%s has no %s form", name, form_name[form]);
	return 0;
}

static const char *next_line(const char *at)
{
	at = strchr(at, '\n');
	return at ? at + 1 : NULL;
}

static int no_table(const struct file *f, struct sv_diag *diag)
{
	const struct sv_place place = { .source = f->path };

	return sv_error(diag, &place,
		"no line begins with " MACRO "(name) = {: the lock's table is missing");
}

/* What is no lock at all shows before a compiler has to complain. */
static int expect_table(const struct file *f, struct sv_diag *diag)
{
	for (const char *at = f->text; at; at = next_line(at)) {
		char *name = defined_name(at);

		free(name);
		if (name)
			return 0;
	}
	return no_table(f, diag);
}

static int find_table(struct file *f, struct sv_diag *diag)
{
	const char *at = f->text;

	for (unsigned line = 1; at; line++, at = next_line(at)) {
		char *name = defined_name(at);

		if (name && take_table(f, name, line, diag) < 0)
			return -1;
	}
	return f->name ? 0 : no_table(f, diag);
}

/* Scenarios may write - for _. */
static bool same_name(const char *table, const char *symbol)
{
	for (; *table && *symbol; table++, symbol++)
		if (*table != *symbol && (*table != '-' || *symbol != '_'))
			return false;
	return *table == *symbol;
}

static void check_name(const struct file *f, const struct sv_lock *l, struct sv_diag *diag)
{
	if (!l->name || !same_name(l->name, f->name))
		sv_error(diag, &f->place, "the lock's .name is %s%s%s; it must be \"%s\"",
			l->name ? "\"" : "", l->name ? l->name : "missing", l->name ? "\"" : "",
			f->name);
	else if (sv_kinds_find(&sv_lock_kinds, l->name).name)
		sv_error(diag, &f->place, "there is a lock %s already; choose another name",
			l->name);
}

static void check_hook(const struct file *f, bool there, const char *hook, struct sv_diag *diag)
{
	if (!there)
		sv_error(diag, &f->place, "%s has no .%s", f->name, hook);
}

static void check_bytes(
	const struct file *f, size_t bytes, bool needed, const char *what, struct sv_diag *diag)
{
	if (bytes == 0 && needed)
		sv_error(diag, &f->place, "%s: .%s is 0: write the size of its struct", f->name,
			what);
	if (bytes > MOST_BYTES)
		sv_error(diag, &f->place, "%s: .%s is %zu; more than %u is not supported", f->name,
			what, bytes, MOST_BYTES);
}

/* The simulator sees the lines that the hardware sees only when the forms agree. */
static void check_forms(const struct file *f, struct sv_diag *diag)
{
	const struct sv_lock *a = f->form[0];

	for (int form = 1; form < SV_FORMS; form++) {
		const struct sv_lock *b = f->form[form];

		if (a->lock_bytes != b->lock_bytes || a->node_bytes != b->node_bytes ||
			a->percpu_bytes != b->percpu_bytes || a->traits != b->traits ||
			!a->options != !b->options)
			sv_error(diag, &f->place,
				"%s: its %s form has other sizes, traits or options than its %s "
				"one; the table must not depend on the substrate",
				f->name, form_name[form], form_name[0]);
	}
}

static int check(const struct file *f, struct sv_diag *diag)
{
	const struct sv_lock *l = f->form[0];

	check_name(f, l, diag);
	check_hook(f, l->init, "init", diag);
	check_hook(f, l->acquire, "acquire", diag);
	check_hook(f, l->release, "release", diag);
	check_bytes(f, l->lock_bytes, true, "lock_bytes", diag);
	check_bytes(f, l->node_bytes, false, "node_bytes", diag);
	check_bytes(f, l->percpu_bytes, false, "percpu_bytes", diag);
	check_forms(f, diag);
	return sv_diag_errors(diag) ? -1 : 0;
}

static void guard(const struct file *f)
{
	const char *path = sv_must(strdup(f->path));

	for (int form = 0; form < SV_FORMS; form++)
		sv_lock_guard(&(struct sv_guarded_object){ .path = path,
			.lock = f->form[form]->name,
			.form = form_name[form],
			.handle = f->object[form].handle,
			.fd = f->object[form].fd });
}

static int add(struct file *f, struct sv_diag *diag)
{
	if (read_file(f, diag) < 0 || expect_table(f, diag) < 0 ||
		sv_user_lock_compile(f->path, f->object, diag) < 0 || find_table(f, diag) < 0 ||
		check(f, diag) < 0)
		return -1;
	if (!sv_locks_add(
		    f->form[SV_FORM_NATIVE], f->form[SV_FORM_SIMULATED], f->form[SV_FORM_EXPLORED]))
		return sv_error(
			diag, &f->place, "there is room for %d locks of one's own", SV_LOCKS_ADDED);
	guard(f);
	return 0;
}

const char *sv_user_lock_add(const char *path)
{
	struct sv_diag *diag = sv_diag_new();
	struct file f = { .path = path };
	const char *name = add(&f, diag) == 0 ? f.form[0]->name : NULL;

	for (int form = 0; !name && form < SV_FORMS; form++)
		if (f.object[form].handle) {
			dlclose(f.object[form].handle);
			close(f.object[form].fd);
		}
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	free(f.text);
	free(f.name);
	return name;
}

/* No name of a lock has a dot. */
static bool is_file(const char *word)
{
	size_t n = strlen(word);

	return n > 2 && !strcmp(word + n - 2, ".c");
}

char *sv_user_lock_names(const char *list)
{
	char *copy = sv_must(strdup(list)), *rest = copy, *names = NULL;
	size_t bytes;
	FILE *to = sv_must(open_memstream(&names, &bytes));
	bool good = true;

	for (char *word; good && (word = strsep(&rest, ","));) {
		const char *name = is_file(word) ? sv_user_lock_add(word) : word;

		good = name != NULL;
		fprintf(to, "%s%s", good ? name : "", rest ? "," : "");
	}
	SV_BUG_ON(fclose(to));
	free(copy);
	if (good)
		return names;
	free(names);
	return NULL;
}
