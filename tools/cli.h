/*
 * cli.h - the command line: commands, their flags, help and exit statuses
 *
 * A command is one file and one line in commands.c. Its flags are a table, from which
 * parsing, --help, suggestions and the reference page come:
 *
 *	struct sv_cli cli;
 *	sv_cli_init(&cli, &command, argc, argv);
 *	while ((flag = sv_cli_next(&cli)))
 *		if (!strcmp(flag->name, "seed")) ... cli.argument ...
 *	if (cli.status >= 0)
 *		return cli.status;
 *	for (i = 0; i < cli.files; i++) ... cli.file[i] ...
 */
#ifndef SV_CLI_H
#define SV_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum sv_exit {
	SV_EXIT_DONE = 0,
	SV_EXIT_FAILED = 1, /* the run failed or was interrupted, or output could not be written */
	SV_EXIT_USAGE = 2,  /* a mistake in the command line or in a scenario */
	SV_EXIT_BROKEN = 3, /* an expectation is broken */
};

struct sv_flag {
	char letter;          /* '\0': none */
	const char *name;     /* of "--name"; NULL ends a table */
	const char *argument; /* "N"; NULL: the flag takes none */
	const char *help;
};

struct sv_command {
	const char *name, *arguments;
	const char *help; /* one line */
	const char *more; /* further paragraphs of --help; NULL: none */
	const struct sv_flag *flags;
	bool rest; /* flags behind the first argument belong to somebody else */
	int (*run)(const struct sv_command *self, int argc, char **argv);
};

/* Ends with name == NULL. */
extern const struct sv_command sv_commands[];
/* What --help says of each exit status: four lines. */
extern const char *const sv_exit_help[];

/* Finds the command and runs it. Returns the exit status. */
int sv_program(int argc, char **argv);

struct sv_cli {
	const struct sv_command *command;
	int argc;
	char **argv;
	const char *argument; /* of the flag that sv_cli_next() returned */
	int files;            /* when all flags are read: what is left */
	char **file;
	int status; /* -1: go on; otherwise the exit status, all being said */
};

/* argv[0] is the command's name. */
void sv_cli_init(struct sv_cli *cli, const struct sv_command *command, int argc, char **argv);
/* The next flag, or NULL at the end and after --help or a mistake. */
const struct sv_flag *sv_cli_next(struct sv_cli *cli);

/* Prints "simsvirt: ..." with a hint at --help, and returns SV_EXIT_USAGE. */
int sv_cli_mistake(const struct sv_command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Prints "; did you mean 'near'?" to stderr when there is something near, then a new line. */
void sv_cli_suggest(const char *word, const char *const *candidates);

void sv_cli_help(const struct sv_command *command, FILE *to);

/* The index of word in names (ends with NULL), or -1 after saying what is allowed. */
int sv_cli_choice(const struct sv_command *command, const char *flag, const char *word,
	const char *const *names);

/* Whether all that went to stdout arrived; says so on stderr when not. */
bool sv_cli_flush(void);

#endif
