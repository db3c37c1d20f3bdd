/*
 * commands.c - the list of commands, and which one a command line means
 */
#include "commands.h"
#include "catalog.h"
#include "diag.h"
#include "grid.h"
#include <string.h>
#include <unistd.h>

const struct sv_command sv_commands[] = {
	{ .name = "run",
		.arguments = "FILE...",
		.flags = sv_run_flags,
		.run = sv_run_main,
		.help = "Run scenarios and print what they predict",
		.more = "FILE is a scenario in YAML, the name of an installed one, or - for the "
			"standard input.\n"
			"The number of threads never changes a result." },
	{ .name = "check",
		.arguments = "FILE...",
		.flags = sv_check_flags,
		.run = sv_check_main,
		.help = "Read scenarios, run nothing, report every mistake" },
	{ .name = "list",
		.arguments = "[KIND]",
		.flags = sv_list_flags,
		.run = sv_list_main,
		.help = "List what there is of a kind; without KIND, the kinds" },
	{ .name = "show",
		.arguments = "KIND NAME",
		.flags = sv_show_flags,
		.run = sv_show_main,
		.help = "Describe one of a kind: its options, metrics or costs" },
	{ .name = "schema",
		.arguments = "",
		.flags = sv_schema_flags,
		.run = sv_schema_main,
		.help = "Print the JSON Schema of the scenario language, for editors" },
	{ .name = "fit",
		.arguments = "FILE --data CSV",
		.flags = sv_fit_flags,
		.run = sv_fit_main,
		.help = "Fit free parameters of a scenario to measured values",
		.more = "The scenario's fit: block, or the flags, say which parameters are free "
			"and "
			"what the\ndata measure. Reports values, standard errors, correlations and "
			"the error of each point." },
	{ .name = "calibrate",
		.arguments = "-o FILE",
		.flags = sv_calibrate_flags,
		.run = sv_calibrate_main,
		.help = "Measure this host and write it as a machine profile",
		.more = "Each cost is the median of samples; those that something disturbed are "
			"discarded and counted.\nWhat cannot be measured here keeps the cost of "
			"another machine, with its source." },
	{ .name = "explore",
		.arguments = "LOCK|QUEUE|all",
		.flags = sv_explore_flags,
		.run = sv_explore_main,
		.help = "Run a lock or queue in every interleaving of a small case, and look for "
			"faults",
		.more = "Exits with 1 when there is a fault, and prints the schedule that shows "
			"it.\nWith --lock, LOCK may be left out: the user's own is explored." },
	{ .name = "validate",
		.arguments = "CASE",
		.flags = sv_validate_flags,
		.run = sv_validate_main,
		.help = "Measure what can be predicted, and tell the errors of the predictions",
		.more = "CASE is one of `simsvirt validate list`. Each cell is measured on threads "
			"bound to PUs,\nseveral times, by turns; what something else disturbed is "
			"left out." },
	{ .name = "compare",
		.arguments = "RESULT --costs PROFILE|--measured FILE",
		.flags = sv_compare_flags,
		.run = sv_compare_main,
		.help = "Set predicted beside measured anew, from files",
		.more = "With --costs, RESULT is what `simsvirt validate -o RESULT` wrote, here or "
			"on "
			"another host, and is\npredicted again; the profile may be of any machine. "
			"With --measured, RESULT is what\n`simsvirt run --format json` wrote, and "
			"stands beside what a benchmark measured. Nothing is\nmeasured here." },
	{ .name = "bench",
		.arguments = "[NAME [OPTION]...]",
		.rest = true,
		.run = sv_bench_main,
		.help = "Measure the simulator itself; without NAME, list the benchmarks" },
	{ 0 },
};

static const struct sv_command *command_by_name(const char *name)
{
	for (const struct sv_command *c = sv_commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

static void usage(FILE *to)
{
	struct sv_grid g;

	fputs("Usage: simsvirt FILE...\n"
	      "       simsvirt COMMAND [OPTION]... [ARGUMENT]...\n\n"
	      "Predicts what a virtualized host does: a scenario in YAML says which machine, what\n"
	      "runs on it and what to vary. `simsvirt FILE` is the same as `simsvirt run FILE`.\n\n"
	      "Commands\n",
		to);
	sv_grid_init(&g, 2);
	for (const struct sv_command *c = sv_commands; c->name; c++) {
		sv_grid_put(&g, "%s %s", c->name, c->arguments);
		sv_grid_put(&g, "%s", c->help);
	}
	sv_grid_print(&g, to, sv_terminal_width(to));
	sv_grid_fini(&g);
	fputs("\nExit status\n", to);
	for (int i = 0; sv_exit_help[i]; i++)
		fprintf(to, "  %d  %s\n", i, sv_exit_help[i]);
	fputs("\nsimsvirt COMMAND --help says more of a command, simsvirt --version the version.\n",
		to);
}

static int unknown_command(const char *word)
{
	const char *names[sizeof(sv_commands) / sizeof(sv_commands[0])];
	size_t n = 0;

	for (; sv_commands[n].name; n++)
		names[n] = sv_commands[n].name;
	names[n] = NULL;
	fprintf(stderr, "simsvirt: '%s' is neither a command nor a scenario", word);
	sv_cli_suggest(word, names);
	fputs("Try: simsvirt --help\n", stderr);
	return SV_EXIT_USAGE;
}

/* A word that names a file rather than a command, whether the file is there or not. */
static bool is_file_name(const char *word)
{
	return strpbrk(word, "./") || access(word, F_OK) == 0 || sv_catalog_has_scenario(word);
}

static int help(const char *name)
{
	const struct sv_command *command = name ? command_by_name(name) : NULL;

	if (name && !command)
		return unknown_command(name);
	if (command)
		sv_cli_help(command, stdout);
	else
		usage(stdout);
	return sv_cli_flush() ? SV_EXIT_DONE : SV_EXIT_FAILED;
}

int sv_program(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	const struct sv_command *command;

	if (!word) {
		usage(stderr);
		return SV_EXIT_USAGE;
	}
	if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help"))
		return help(argc > 2 ? argv[2] : NULL);
	if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
		printf("simsvirt %s\n", SV_VERSION);
		return sv_cli_flush() ? SV_EXIT_DONE : SV_EXIT_FAILED;
	}
	command = command_by_name(word);
	if (command)
		return command->run(command, argc - 1, argv + 1);
	if (word[0] != '-' && !is_file_name(word))
		return unknown_command(word);
	/* argv[0] stands where the command's name would. */
	command = command_by_name("run");
	return command->run(command, argc, argv);
}
