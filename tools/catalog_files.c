/*
 * catalog_files.c - the scenarios and machines that come as files
 */
#include "catalog.h"
#include "library.h"
#include "machine/machine.h"
#include "memory.h"
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *scenario_directory(void)
{
	return sv_library_directory(
		"SIMSVIRT_SCENARIOS", SV_SOURCE_SCENARIOS, SV_INSTALLED_SCENARIOS);
}

static char *installed_path(const char *name)
{
	return sv_library_path(scenario_directory(), name);
}

bool sv_catalog_has_scenario(const char *name)
{
	char *path = installed_path(name);
	bool found = !strchr(name, '/') && access(path, R_OK) == 0;

	free(path);
	return found;
}

char *sv_catalog_scenario_path(const char *name)
{
	struct stat st;

	if (!strcmp(name, "-"))
		return sv_must(strdup("/dev/stdin"));
	/* A directory that happens to have a scenario's name does not hide it. */
	if ((stat(name, &st) < 0 || S_ISDIR(st.st_mode)) && sv_catalog_has_scenario(name))
		return installed_path(name);
	return sv_must(strdup(name));
}

void sv_catalog_each_scenario(sv_catalog_visit *visit, void *arg)
{
	char **names = sv_library_names(scenario_directory());

	for (char **name = names; *name; name++) {
		char *path = installed_path(*name);
		char *title = sv_library_title(path);

		visit(arg, *name, title);
		free(title);
		free(path);
	}
	sv_names_free(names);
}

/* The comment at the top says the question and the answer; it stands first in the file. */
int sv_catalog_show_scenario(const char *name, FILE *to, struct sv_diag *diag)
{
	char *path = installed_path(name), buf[4096];
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f) {
		sv_error(diag, NULL, "%s: cannot be read", path);
		free(path);
		return -1;
	}
	fprintf(to, "# %s\n\n", path);
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0)
		fwrite(buf, 1, n, to);
	fclose(f);
	free(path);
	return 0;
}

struct machine_visit {
	sv_catalog_visit *visit;
	void *arg;
};

static void visit_machine(void *arg, const char *name, const char *title, const char *path)
{
	struct machine_visit *v = arg;

	(void)path;
	v->visit(v->arg, name, title);
}

void sv_catalog_each_machine(sv_catalog_visit *visit, void *arg)
{
	sv_machine_list(visit_machine, &(struct machine_visit){ visit, arg });
}

int sv_catalog_show_machine(const char *name, FILE *to, struct sv_diag *diag)
{
	/* The reader takes a node, so that messages have a place; this is one. */
	const struct sv_node node = {
		.kind = SV_NODE_SCALAR, .place = { .source = "show machine" }, .text = name
	};
	struct sv_doc *doc = sv_doc_parse("show machine", "{}", 2, diag);
	struct sv_machine *machine = doc ? sv_machine_new(&node, NULL, NULL, doc, diag) : NULL;
	int status = -1;

	if (machine)
		status = sv_machine_print(machine, to);
	sv_machine_free(machine);
	sv_doc_free(doc);
	return status;
}
