/*
 * library.c - directories of YAML files that can be named without their path
 */
#include "library.h"
#include "bug.h"
#include "config.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *sv_library_directory(const char *variable, const char *source, const char *installed)
{
	const char *chosen = getenv(variable);

	if (chosen && *chosen)
		return chosen;
	return access(source, R_OK) == 0 ? source : installed;
}

char *sv_library_path(const char *directory, const char *name)
{
	char *path;

	SV_BUG_ON(asprintf(&path, "%s/%s" SV_LIBRARY_SUFFIX, directory, name) < 0);
	return path;
}

bool sv_library_is_file_name(const char *text)
{
	size_t n = strlen(text), suffix = strlen(SV_LIBRARY_SUFFIX);

	return n > suffix && !strcmp(text + n - suffix, SV_LIBRARY_SUFFIX);
}

char *sv_library_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	char *name = strndup(file,
		strlen(file) - (sv_library_is_file_name(file) ? strlen(SV_LIBRARY_SUFFIX) : 0));

	SV_BUG_ON(!name);
	return name;
}

static int is_listed(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && sv_library_is_file_name(entry->d_name);
}

/* By bytes: alphasort() would follow the user's language. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

char **sv_library_names(const char *directory)
{
	struct dirent **entry = NULL;
	int n = scandir(directory, &entry, is_listed, by_name);
	char **names = calloc(n > 0 ? (size_t)n + 1 : 1, sizeof(*names));

	SV_BUG_ON(!names);
	for (int i = 0; i < n; i++) {
		names[i] = sv_library_name(entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	return names;
}

void sv_names_free(char **names)
{
	for (char **name = names; *name; name++)
		free(*name);
	free(names);
}

char *sv_library_title(const char *path)
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
