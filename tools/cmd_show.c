/*
 * cmd_show.c - simsvirt show KIND NAME
 */
#include "catalog.h"
#include "commands.h"
#include "library.h"
#include "user_lock.h"
#include <string.h>

const struct sv_flag sv_show_flags[] = { SV_USER_LOCK_FLAG, { 0 } };

static bool has(const struct sv_catalog *catalog, const char *name)
{
	char **names = sv_catalog_names(catalog);
	bool found = false;

	for (char **n = names; *n && !found; n++)
		found = !strcmp(*n, name);
	sv_names_free(names);
	return found;
}

int sv_unknown_name(const struct sv_catalog *catalog, const char *name)
{
	char **names = sv_catalog_names(catalog);

	fprintf(stderr, "simsvirt: there is no %s '%s'", catalog->one, name);
	sv_cli_suggest(name, (const char *const *)names);
	fprintf(stderr, "Try: simsvirt list %s\n", catalog->name);
	sv_names_free(names);
	return SV_EXIT_USAGE;
}

static int show(const struct sv_catalog *catalog, const char *name)
{
	struct sv_diag *diag;
	int status = SV_EXIT_DONE;

	bool path = strchr(name, '/') || sv_library_is_file_name(name);

	if (!(catalog->paths && path) && !has(catalog, name))
		return sv_unknown_name(catalog, name);
	diag = sv_diag_new();
	if (catalog->show(name, stdout, diag) < 0)
		status = SV_EXIT_USAGE;
	if (!sv_cli_flush())
		status = SV_EXIT_FAILED;
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	return status;
}

int sv_show_main(const struct sv_command *self, int argc, char **argv)
{
	const struct sv_catalog *catalog;
	struct sv_cli cli;

	sv_cli_init(&cli, self, argc, argv);
	while (sv_cli_next(&cli))
		if (!sv_user_lock_add(cli.argument))
			return SV_EXIT_USAGE;
	if (cli.status >= 0)
		return cli.status;
	if (cli.files != 2)
		return sv_cli_mistake(self, "show takes a kind and a name: show lock mcs");
	catalog = sv_catalog_find(cli.file[0]);
	if (!catalog)
		return sv_unknown_catalog(cli.file[0]);
	return show(catalog, cli.file[1]);
}
