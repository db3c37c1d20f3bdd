/*
 * cmd_bench.c - simsvirt bench [NAME [OPTION]...]
 */
#include "bench.h"
#include "commands.h"
#include "grid.h"
#include <string.h>

static int list(void)
{
	struct sv_grid g;

	sv_grid_init(&g, 2);
	for (const struct sv_bench *b = sv_benches; b->name; b++) {
		sv_grid_put(&g, "%s", b->name);
		sv_grid_put(&g, "%s", b->help);
	}
	sv_grid_print(&g, stdout, sv_terminal_width(stdout));
	sv_grid_fini(&g);
	return sv_cli_flush() ? SV_EXIT_DONE : SV_EXIT_FAILED;
}

static int unknown(const char *name)
{
	const char *names[64];
	size_t n = 0;

	for (const struct sv_bench *b = sv_benches; b->name && n < 63; b++)
		names[n++] = b->name;
	names[n] = NULL;
	fprintf(stderr, "simsvirt: there is no benchmark '%s'", name);
	sv_cli_suggest(name, names);
	fputs("Try: simsvirt bench\n", stderr);
	return SV_EXIT_USAGE;
}

int sv_bench_main(const struct sv_command *self, int argc, char **argv)
{
	struct sv_cli cli;

	sv_cli_init(&cli, self, argc, argv);
	sv_cli_next(&cli);
	if (cli.status >= 0)
		return cli.status;
	if (cli.files == 0)
		return list();
	for (const struct sv_bench *b = sv_benches; b->name; b++)
		if (!strcmp(b->name, cli.file[0]))
			return b->run(cli.files, cli.file);
	return unknown(cli.file[0]);
}
