/*
 * cmd_schema.c - simsvirt schema
 */
#include "commands.h"
#include "memory.h"
#include "reference.h"
#include "world/scenario.h"

const struct sv_flag sv_schema_flags[] = {
	{ 'm', "markdown", NULL, "print the reference page of everything instead" },
	{ 0 },
};

int sv_schema_main(const struct sv_command *self, int argc, char **argv)
{
	struct sv_cli cli;
	bool markdown = false;

	sv_cli_init(&cli, self, argc, argv);
	while (sv_cli_next(&cli))
		markdown = true;
	if (cli.status >= 0)
		return cli.status;
	if (cli.files > 0)
		return sv_cli_mistake(self, "schema takes no argument");
	if (markdown) {
		sv_reference_print(stdout);
	} else {
		json_t *schema = sv_must(sv_table_schema(&sv_scenario_table));

		json_dumpf(schema, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(schema);
	}
	return sv_cli_flush() ? SV_EXIT_DONE : SV_EXIT_FAILED;
}
