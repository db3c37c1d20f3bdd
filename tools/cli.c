/*
 * cli.c - the command line: flags, help and mistakes
 */
#include "cli.h"
#include "diag.h"
#include "grid.h"
#include "memory.h"
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <string.h>

const char *const sv_exit_help[] = {
	"done",
	"the run failed or was interrupted, or its output could not be written",
	"a mistake in the command line or in a scenario",
	"an `expect:` of a scenario or the bound of `--max-error` is broken",
	NULL,
};

#define FIRST_LONG 256 /* values of flags without a letter */

static const struct sv_flag help_flag = { 'h', "help", NULL, "print this help" };

void sv_cli_init(struct sv_cli *cli, const struct sv_command *command, int argc, char **argv)
{
	*cli = (struct sv_cli){ .command = command, .argc = argc, .argv = argv, .status = -1 };
	optind = 0; /* glibc: start anew */
	opterr = 0;
}

static size_t flag_count(const struct sv_command *command)
{
	size_t n = 0;

	while (command->flags && command->flags[n].name)
		n++;
	return n;
}

/* The i-th flag; --help is the last of every command. */
static const struct sv_flag *flag_at(const struct sv_command *command, size_t i)
{
	return i < flag_count(command) ? &command->flags[i] : &help_flag;
}

static void mistake(const struct sv_command *command, const char *format, va_list args)
{
	fputs("simsvirt: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	fprintf(stderr, "Try: simsvirt %s%s--help\n", command ? command->name : "",
		command ? " " : "");
}

int sv_cli_mistake(const struct sv_command *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	mistake(command, format, args);
	va_end(args);
	return SV_EXIT_USAGE;
}

void sv_cli_suggest(const char *word, const char *const *candidates)
{
	const char *near = sv_nearest(word, candidates);

	if (near)
		fprintf(stderr, "; did you mean '%s'?", near);
	fputc('\n', stderr);
}

static int unknown_flag(const struct sv_command *command, const char *word)
{
	size_t n = flag_count(command) + 1, length = strcspn(word, "=");
	const char **names = sv_array(n + 1, sizeof(*names));
	char *name = sv_must(strndup(word, length));
	const char *near;

	for (size_t i = 0; i < n; i++)
		names[i] = flag_at(command, i)->name;
	near = strncmp(name, "--", 2) ? NULL : sv_nearest(name + 2, names);
	if (near)
		sv_cli_mistake(command, "unknown option '%s'; did you mean '--%s'?", name, near);
	else
		sv_cli_mistake(command, "unknown option '%s'", name);
	free(name);
	free(names);
	return SV_EXIT_USAGE;
}

/* getopt_long()'s tables, built of the command's. */
struct tables {
	struct option *options;
	char *letters;
};

static struct tables make_tables(const struct sv_command *command)
{
	size_t n = flag_count(command) + 1, length = 0;
	struct tables t = {
		.options = sv_array(n + 1, sizeof(*t.options)),
		.letters = sv_array(2 * n + 3, 1),
	};

	/* '+': stop at the first argument; ':': tell a missing argument from an unknown flag. */
	if (command->rest)
		t.letters[length++] = '+';
	t.letters[length++] = ':';
	for (size_t i = 0; i < n; i++) {
		const struct sv_flag *f = flag_at(command, i);

		t.options[i] = (struct option){ .name = f->name,
			.has_arg = f->argument ? required_argument : no_argument,
			.val = f->letter ? f->letter : FIRST_LONG + (int)i };
		if (!f->letter)
			continue;
		t.letters[length++] = f->letter;
		if (f->argument)
			t.letters[length++] = ':';
	}
	return t;
}

static const struct sv_flag *flag_by_value(const struct sv_command *command, int value)
{
	size_t n = flag_count(command) + 1;

	for (size_t i = 0; i < n; i++) {
		const struct sv_flag *f = flag_at(command, i);

		if (value == (f->letter ? f->letter : FIRST_LONG + (int)i))
			return f;
	}
	return NULL;
}

/* What stood on the command line when getopt_long() refused it. */
static const char *refused(const struct sv_cli *cli, char *buf)
{
	const char *word = cli->argv[optind - 1];

	/* In a group of letters ("-xyz") optind may not have moved on; optopt has the letter. */
	if (optopt > 0 && optopt < FIRST_LONG && strncmp(word, "--", 2) != 0) {
		buf[0] = '-';
		buf[1] = (char)optopt;
		buf[2] = '\0';
		return buf;
	}
	return word;
}

const struct sv_flag *sv_cli_next(struct sv_cli *cli)
{
	struct tables t = make_tables(cli->command);
	int value = getopt_long(cli->argc, cli->argv, t.letters, t.options, NULL);
	const struct sv_flag *flag = NULL;
	char buf[3];

	free(t.options);
	free(t.letters);
	cli->argument = optarg;
	switch (value) {
	case -1:
		cli->files = cli->argc - optind;
		cli->file = cli->argv + optind;
		break;
	case '?':
		cli->status = unknown_flag(cli->command, refused(cli, buf));
		break;
	case ':':
		cli->status = sv_cli_mistake(
			cli->command, "option '%s' needs a value", refused(cli, buf));
		break;
	default:
		flag = flag_by_value(cli->command, value);
	}
	if (flag == &help_flag) {
		sv_cli_help(cli->command, stdout);
		cli->status = sv_cli_flush() ? SV_EXIT_DONE : SV_EXIT_FAILED;
		return NULL;
	}
	return flag;
}

void sv_cli_help(const struct sv_command *command, FILE *to)
{
	struct sv_grid g;

	fprintf(to, "Usage: simsvirt %s [OPTION]...%s%s\n\n%s.\n", command->name,
		command->arguments[0] ? " " : "", command->arguments, command->help);
	if (command->more)
		fprintf(to, "\n%s\n", command->more);
	fputs("\nOptions\n", to);
	sv_grid_init(&g, 2);
	for (size_t i = 0; i <= flag_count(command); i++) {
		const struct sv_flag *f = flag_at(command, i);

		if (f->letter)
			sv_grid_put(&g, "-%c, --%s%s%s", f->letter, f->name, f->argument ? " " : "",
				f->argument ? f->argument : "");
		else
			sv_grid_put(&g, "    --%s%s%s", f->name, f->argument ? " " : "",
				f->argument ? f->argument : "");
		sv_grid_put(&g, "%s", f->help);
	}
	sv_grid_print(&g, to, sv_terminal_width(to));
	sv_grid_fini(&g);
}

int sv_cli_choice(const struct sv_command *command, const char *flag, const char *word,
	const char *const *names)
{
	char allowed[128] = "";

	for (int i = 0; names[i]; i++) {
		size_t used = strlen(allowed);

		if (!strcmp(names[i], word))
			return i;
		snprintf(allowed + used, sizeof(allowed) - used, "%s%s",
			i == 0         ? ""
			: names[i + 1] ? ", "
				       : " or ",
			names[i]);
	}
	sv_cli_mistake(command, "--%s %s: write %s", flag, word, allowed);
	return -1;
}

bool sv_cli_flush(void)
{
	/* fflush() says nothing of writes that failed before. */
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	fprintf(stderr, "simsvirt: standard output: %s\n",
		errno ? strerror(errno) : "cannot write");
	return false;
}
