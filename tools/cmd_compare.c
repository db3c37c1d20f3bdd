/*
 * cmd_compare.c - simsvirt compare RESULT.json --costs PROFILE
 *
 * What `validate` measured, predicted again: by another profile, or by a changed model.
 */
#include "commands.h"
#include "interrupt.h"
#include "record.h"
#include "user_lock.h"
#include "validate_job.h"
#include <math.h>
#include <string.h>

const struct sv_flag sv_compare_flags[] = {
	{ 'c', "costs", "FILE", "the profile that predicts; a name of an installed one will do" },
	SV_USER_LOCK_FLAG,
	{ '\0', "max-error", "P%",
		"exit with status 3 when the median error of the first metric is above P" },
	{ 'f', "format", "FORMAT", "table (the default) or json" },
	{ 'o', "output", "FILE", "also write everything into FILE, as JSON" },
	{ '\0', "plot", "FILE",
		"also draw predicted against measured, the first metric: a .png or .svg" },
	{ '\0', "progress", "WHEN", "auto (the default: on a terminal), always or never" },
	{ 0 },
};

static int read_args(struct sv_validate_job *j, const char **result, const struct sv_command *self,
	int argc, char **argv)
{
	const struct sv_flag *flag;
	struct sv_cli cli;

	sv_cli_init(&cli, self, argc, argv);
	while ((flag = sv_cli_next(&cli))) {
		int status = -1;

		if (strcmp(flag->name, "lock") != 0)
			status = sv_validate_flag(j, self, flag, cli.argument);
		else if (!sv_user_lock_add(cli.argument))
			status = SV_EXIT_USAGE;
		if (status >= 0)
			return status;
	}
	if (cli.status >= 0)
		return cli.status;
	if (cli.files != 1)
		return sv_cli_mistake(self, "name one result that `validate -o` has written");
	if (!j->costs)
		return sv_cli_mistake(self, "name the profile that predicts by --costs FILE");
	*result = cli.file[0];
	return -1;
}

int sv_compare_main(const struct sv_command *self, int argc, char **argv)
{
	struct sv_validate_job j = { .max_error = NAN };
	const char *result = NULL;
	int status = read_args(&j, &result, self, argc, argv);

	if (status < 0) {
		j.diag = sv_diag_new();
		j.cancel = sv_interrupt_install();
		j.cells = sv_record_read(result, &j.host, j.diag);
		status = j.cells ? sv_validate_finish(&j, j.costs, "--costs") : SV_EXIT_USAGE;
	}
	sv_validate_job_fini(&j);
	return status;
}
