/*
 * cmd_check.c - simsvirt check FILE...
 */
#include "commands.h"
#include "load.h"
#include "user_lock.h"
#include <stdlib.h>

const struct sv_flag sv_check_flags[] = { SV_USER_LOCK_FLAG, { 0 } };

static int check(const char *name)
{
	struct sv_diag *diag = sv_diag_new();
	char *path;
	struct sv_study *study = sv_load(name, NULL, 0, &path, diag);
	int status = study ? SV_EXIT_DONE : SV_EXIT_USAGE;

	if (study) {
		size_t points = sv_study_points(study);

		printf("%s: ok, %zu point%s\n", path, points, points == 1 ? "" : "s");
		/* Messages of other files come in between. */
		if (!sv_cli_flush())
			status = SV_EXIT_FAILED;
	}
	sv_diag_print(diag, stderr);
	sv_study_free(study);
	sv_diag_free(diag);
	free(path);
	return status;
}

int sv_check_main(const struct sv_command *self, int argc, char **argv)
{
	int status = SV_EXIT_DONE;
	struct sv_cli cli;

	sv_cli_init(&cli, self, argc, argv);
	while (sv_cli_next(&cli))
		if (!sv_user_lock_add(cli.argument))
			return SV_EXIT_USAGE;
	if (cli.status >= 0)
		return cli.status;
	if (cli.files == 0)
		return sv_cli_mistake(self, "no scenario is named");
	for (int i = 0; i < cli.files; i++) {
		int s = check(cli.file[i]);

		status = s > status ? s : status;
	}
	return status;
}
