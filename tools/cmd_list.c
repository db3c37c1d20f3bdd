/*
 * cmd_list.c - simsvirt list [KIND]
 */
#include "catalog.h"
#include "commands.h"
#include "grid.h"
#include "memory.h"
#include "user_lock.h"
#include <jansson.h>
#include <string.h>

const struct sv_flag sv_list_flags[] = {
	{ 'f', "format", "FORMAT", "table or json" },
	SV_USER_LOCK_FLAG,
	{ 0 },
};

static void put_row(void *arg, const char *name, const char *help)
{
	sv_grid_put(arg, "%s", name);
	sv_grid_put(arg, "%s", help ? help : "");
}

static void put_object(void *arg, const char *name, const char *help)
{
	json_array_append_new(
		arg, sv_must(json_pack("{s:s, s:s}", "name", name, "help", help ? help : "")));
}

static void each_catalog(sv_catalog_visit *visit, void *arg)
{
	for (const struct sv_catalog *c = sv_catalogs; c->name; c++)
		visit(arg, c->name, c->help);
}

void sv_catalog_print(const struct sv_catalog *catalog)
{
	struct sv_grid g;

	sv_grid_init(&g, 2);
	if (catalog)
		catalog->each(put_row, &g);
	else
		each_catalog(put_row, &g);
	sv_grid_print(&g, stdout, sv_terminal_width(stdout));
	sv_grid_fini(&g);
}

static void print_json(const struct sv_catalog *catalog)
{
	json_t *all = sv_must(json_array());

	if (catalog)
		catalog->each(put_object, all);
	else
		each_catalog(put_object, all);
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

int sv_unknown_catalog(const char *name)
{
	const char *names[32];
	size_t n = 0;

	for (const struct sv_catalog *c = sv_catalogs; c->name; c++)
		names[n++] = c->name;
	names[n] = NULL;
	fprintf(stderr, "simsvirt: there are no '%s'", name);
	sv_cli_suggest(name, names);
	fputs("Try: simsvirt list\n", stderr);
	return SV_EXIT_USAGE;
}

int sv_list_main(const struct sv_command *self, int argc, char **argv)
{
	static const char *const formats[] = { "table", "json", NULL };
	const struct sv_catalog *catalog = NULL;
	const struct sv_flag *flag;
	struct sv_cli cli;
	int format = 0;

	sv_cli_init(&cli, self, argc, argv);
	while ((flag = sv_cli_next(&cli))) {
		if (!strcmp(flag->name, "lock")) {
			if (!sv_user_lock_add(cli.argument))
				return SV_EXIT_USAGE;
			continue;
		}
		format = sv_cli_choice(self, flag->name, cli.argument, formats);
		if (format < 0)
			return SV_EXIT_USAGE;
	}
	if (cli.status >= 0)
		return cli.status;
	if (cli.files > 1)
		return sv_cli_mistake(self, "list takes one kind");
	if (cli.files == 1) {
		catalog = sv_catalog_find(cli.file[0]);
		if (!catalog)
			return sv_unknown_catalog(cli.file[0]);
	}
	if (format == 1)
		print_json(catalog);
	else
		sv_catalog_print(catalog);
	return sv_cli_flush() ? SV_EXIT_DONE : SV_EXIT_FAILED;
}
