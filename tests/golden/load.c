/*
 * load.c - loads a scenario and prints its mistakes, as every subcommand does
 *
 * Usage: load FILE [--set PATH=VALUE]...
 */
#include "world/scenario.h"
#include <stdlib.h>
#include <string.h>

static struct sv_override override_of(char *argument, char **source)
{
	char *value = strchr(argument, '=');

	if (asprintf(source, "--set %s", argument) < 0 || !value)
		exit(EXIT_FAILURE);
	*value = '\0';
	return (struct sv_override){ argument, value + 1, { *source, 0, 0 } };
}

int main(int argc, char **argv)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_override override[16];
	char *source[16];
	struct sv_study *study;
	size_t n = 0;

	for (int i = 3; i < argc && n < 16; i += 2, n++)
		override[n] = override_of(argv[i], &source[n]);
	study = sv_study_load(argv[1], override, n, diag);
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	for (size_t i = 0; i < n; i++)
		free(source[i]);
	if (!study)
		return 2;
	sv_study_free(study);
	return 0;
}
