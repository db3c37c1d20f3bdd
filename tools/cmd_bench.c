/*
 * cmd_bench.c - simsvirt bench [NAME [OPTION]...]
 */
#include "bench.h"
#include "catalog.h"
#include "commands.h"
#include <string.h>

int sv_bench_main(const struct sv_command *self, int argc, char **argv)
{
	const struct sv_catalog *benches = sv_catalog_find("benches");
	struct sv_cli cli;

	sv_cli_init(&cli, self, argc, argv);
	sv_cli_next(&cli);
	if (cli.status >= 0)
		return cli.status;
	if (cli.files == 0) {
		sv_catalog_print(benches);
		return sv_cli_flush() ? SV_EXIT_DONE : SV_EXIT_FAILED;
	}
	for (size_t i = 0; sv_benches[i]; i++)
		if (!strcmp(sv_bench_name(sv_benches[i]), cli.file[0]))
			return sv_benches[i]->run(sv_benches[i], cli.files, cli.file);
	return sv_unknown_name(benches, cli.file[0]);
}
