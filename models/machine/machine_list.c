/*
 * machine_list.c - the directory of machine profiles
 */
#include "library.h"
#include "machine/machine.h"
#include <stdlib.h>
#include <unistd.h>

const char *sv_machine_directory(void)
{
	return sv_library_directory("SIMSVIRT_MACHINES", SV_SOURCE_MACHINES, SV_INSTALLED_MACHINES);
}

int sv_machine_list(
	void (*each)(void *arg, const char *name, const char *title, const char *path), void *arg)
{
	char **names = sv_library_names(sv_machine_directory());

	for (char **name = names; *name; name++) {
		char *path = sv_library_path(sv_machine_directory(), *name);
		char *title = sv_library_title(path);

		each(arg, *name, title, path);
		free(title);
		free(path);
	}
	sv_names_free(names);
	return access(sv_machine_directory(), R_OK);
}
