/*
 * machine_list.c - the directory of machine profiles
 */
#include "bug.h"
#include "machine/profile.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *sv_machine_directory(void)
{
	const char *chosen = getenv("SIMSVIRT_MACHINES");

	if (chosen && *chosen)
		return chosen;
	return access(SV_SOURCE_MACHINES, R_OK) == 0 ? SV_SOURCE_MACHINES : SV_INSTALLED_MACHINES;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **sv_profile_names(void)
{
	DIR *directory = opendir(sv_machine_directory());
	char **names = calloc(1, sizeof(*names));
	struct dirent *entry;
	size_t n = 0;

	SV_BUG_ON(!names);
	while (directory && (entry = readdir(directory))) {
		if (entry->d_name[0] == '.' || !sv_profile_is_file_name(entry->d_name))
			continue;
		names = reallocarray(names, n + 2, sizeof(*names));
		SV_BUG_ON(!names);
		names[n] = strdup(entry->d_name);
		SV_BUG_ON(!names[n]);
		*strrchr(names[n], '.') = '\0';
		names[++n] = NULL;
	}
	if (directory)
		closedir(directory);
	if (n > 1)
		qsort(names, n, sizeof(*names), compare_names);
	return names;
}

void sv_profile_names_free(char **names)
{
	for (char **name = names; *name; name++)
		free(*name);
	free(names);
}

/* A profile that cannot be read is listed without a title: using it will say what is wrong. */
static char *title_of(const char *path)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc = sv_doc_load(path, diag);
	const struct sv_node *title = doc ? sv_node_get(sv_doc_root(doc), "title") : NULL;
	char *copy = strdup(title && title->kind == SV_NODE_SCALAR ? title->text : "");

	SV_BUG_ON(!copy);
	sv_doc_free(doc);
	sv_diag_free(diag);
	return copy;
}

int sv_machine_list(
	void (*each)(void *arg, const char *name, const char *title, const char *path), void *arg)
{
	char **names = sv_profile_names();

	for (char **name = names; *name; name++) {
		char *path = sv_profile_installed(*name);
		char *title = title_of(path);

		each(arg, *name, title, path);
		free(title);
		free(path);
	}
	sv_profile_names_free(names);
	return access(sv_machine_directory(), R_OK);
}
