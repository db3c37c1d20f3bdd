/*
 * library.h - directories of YAML files that can be named without their path
 *
 * Scenarios and machine profiles come as files of such directories: "toy-4" is the file
 * toy-4.yaml of the machines' directory. Texts that are returned belong to the caller.
 */
#ifndef SV_LIBRARY_H
#define SV_LIBRARY_H

#include <stdbool.h>

/* The value of an environment variable if set, else `source` while it is there, else `installed`.
 */
const char *sv_library_directory(const char *variable, const char *source, const char *installed);

#define SV_LIBRARY_SUFFIX ".yaml"

/* The file of a name, there or not. */
char *sv_library_path(const char *directory, const char *name);

/* Whether a text ends as the name of such a file does. */
bool sv_library_is_file_name(const char *text);

/* "toy-4" of ".../toy-4.yaml". */
char *sv_library_name(const char *path);

/* The names in a directory, sorted by their bytes, NULL behind the last. None when it cannot be
 * read. */
char **sv_library_names(const char *directory);
void sv_names_free(char **names);

/* The `title:` of a file; "" when it has none or cannot be read: using it will say why. */
char *sv_library_title(const char *path);

#endif
