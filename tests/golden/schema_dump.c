/*
 * schema_dump.c - the schema and scenarios as one JSON object, for a validator
 *
 * Usage: schema_dump FILE...
 */
#include "value.h"
#include "world/scenario.h"
#include <stdlib.h>

static const struct sv_option anything = { .name = "", .type = SV_NODE, .def = "" };

static json_t *read_file(const char *path, struct sv_diag *diag)
{
	struct sv_doc *doc = sv_doc_load(path, diag);
	json_t *json;

	if (!doc)
		return NULL;
	json = sv_option_effective(&anything, sv_doc_root(doc));
	sv_doc_free(doc);
	return json;
}

int main(int argc, char **argv)
{
	struct sv_diag *diag = sv_diag_new();
	json_t *files = json_object(), *all;
	int status = EXIT_SUCCESS;

	for (int i = 1; i < argc; i++) {
		json_t *json = read_file(argv[i], diag);

		if (json)
			json_object_set_new(files, argv[i], json);
		else
			status = EXIT_FAILURE;
	}
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	all = json_pack(
		"{s:o, s:o}", "schema", sv_table_schema(&sv_scenario_table), "files", files);
	json_dumpf(all, stdout, 0);
	json_decref(all);
	return status;
}
