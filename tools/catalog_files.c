/*
 * catalog_files.c - the scenarios and machines that come as files
 */
#include "catalog.h"
#include "config.h"
#include "machine/machine.h"
#include "memory.h"
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".yaml"

const char *sv_catalog_scenario_directory(void)
{
	const char *chosen = getenv("SIMSVIRT_SCENARIOS");

	if (chosen && *chosen)
		return chosen;
	return access(SV_SOURCE_SCENARIOS, R_OK) == 0 ? SV_SOURCE_SCENARIOS
						      : SV_INSTALLED_SCENARIOS;
}

static char *installed_path(const char *name)
{
	char *path = NULL;

	SV_BUG_ON(asprintf(&path, "%s/%s" SUFFIX, sv_catalog_scenario_directory(), name) < 0);
	return path;
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

	/* A directory that happens to have a scenario's name does not hide it. */
	if ((stat(name, &st) < 0 || S_ISDIR(st.st_mode)) && sv_catalog_has_scenario(name))
		return installed_path(name);
	return sv_must(strdup(name));
}

static int is_scenario(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name), suffix = strlen(SUFFIX);

	return entry->d_name[0] != '.' && length > suffix &&
	       !strcmp(entry->d_name + length - suffix, SUFFIX);
}

/* By bytes: alphasort() would follow the user's language. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* The `title:` of a file; "" when it has none or cannot be read: running it will say why. */
static char *title_of(const char *path)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc = sv_doc_load(path, diag);
	const struct sv_node *title = doc ? sv_node_get(sv_doc_root(doc), "title") : NULL;
	char *copy = sv_must(strdup(title && title->kind == SV_NODE_SCALAR ? title->text : ""));

	sv_doc_free(doc);
	sv_diag_free(diag);
	return copy;
}

void sv_catalog_each_scenario(sv_catalog_visit *visit, void *arg)
{
	struct dirent **entry = NULL;
	int n = scandir(sv_catalog_scenario_directory(), &entry, is_scenario, by_name);

	for (int i = 0; i < n; i++) {
		char *name = sv_must(
			strndup(entry[i]->d_name, strlen(entry[i]->d_name) - strlen(SUFFIX)));
		char *path = installed_path(name);
		char *title = title_of(path);

		visit(arg, name, title);
		free(title);
		free(path);
		free(name);
		free(entry[i]);
	}
	free(entry);
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
	char *text = NULL;
	struct sv_doc *doc;
	struct sv_machine *machine = NULL;
	int status = -1;

	/* The reader takes a node, so that messages have a place; this is one. */
	SV_BUG_ON(asprintf(&text, "machine: %s\n", name) < 0);
	doc = sv_doc_parse("show machine", text, strlen(text), diag);
	if (doc)
		machine = sv_machine_new(sv_node_get(sv_doc_root(doc), "machine"), NULL, doc, diag);
	if (machine)
		status = sv_machine_print(machine, to);
	sv_machine_free(machine);
	sv_doc_free(doc);
	free(text);
	return status;
}
