/*
 * cmd_compare.c - simsvirt compare RESULT.json --costs PROFILE | --measured FILE
 *
 * What `validate` measured, predicted again: by another profile, or by a changed model. Or what
 * `run` predicted, beside what another program measured.
 */
#include "commands.h"
#include "compare_measured.h"
#include "interrupt.h"
#include "record.h"
#include "user_lock.h"
#include "validate_job.h"
#include <math.h>
#include <string.h>

const struct sv_flag sv_compare_flags[] = {
	{ 'c', "costs", "FILE",
		"RESULT is of `validate`: the profile that predicts; a name of an installed one "
		"will do" },
	{ 'm', "measured", "FILE",
		"RESULT is of `run`: what fio measured, as it writes it with "
		"--output-format=json" },
	{ '\0', "workload", "NAME", "with --measured: the workload of RESULT that is meant" },
	{ '\0', "where", "PATH=VALUE", "with --measured: the point of RESULT that is meant" },
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

/* What the flags ask for: one of the two. */
struct request {
	struct sv_validate_job job;
	struct sv_compare_measured measured;
};

static int read_where(struct request *r, const struct sv_command *self, const char *text)
{
	if (!strchr(text, '='))
		return sv_cli_mistake(self, "--where %s: write PATH=VALUE", text);
	if (r->measured.wheres == SV_COMPARE_WHERES)
		return sv_cli_mistake(self, "--where: more than %d", SV_COMPARE_WHERES);
	r->measured.where[r->measured.wheres++] = text;
	return -1;
}

static int read_flag(struct request *r, const struct sv_command *self, const struct sv_flag *flag,
	const char *argument)
{
	if (!strcmp(flag->name, "lock"))
		return sv_user_lock_add(argument) ? -1 : SV_EXIT_USAGE;
	if (!strcmp(flag->name, "where"))
		return read_where(r, self, argument);
	if (!strcmp(flag->name, "measured"))
		r->measured.measured = argument;
	else if (!strcmp(flag->name, "workload"))
		r->measured.workload = argument;
	else
		return sv_validate_flag(&r->job, self, flag, argument);
	return -1;
}

static int check_args(const struct request *r, const struct sv_command *self, int files)
{
	if (files != 1)
		return sv_cli_mistake(self,
			"name one result that `validate -o` or `run --format json` has written");
	if (!r->job.costs == !r->measured.measured)
		return sv_cli_mistake(self,
			"name the profile that predicts by --costs FILE, or what was measured by "
			"--measured FILE");
	if (r->measured.measured && r->job.plot)
		return sv_cli_mistake(self, "--plot draws results of `validate` only");
	if (!r->measured.measured && (r->measured.workload || r->measured.wheres))
		return sv_cli_mistake(self, "--workload and --where belong to --measured");
	return -1;
}

static int read_args(struct request *r, const struct sv_command *self, int argc, char **argv)
{
	const struct sv_flag *flag;
	struct sv_cli cli;
	int status;

	sv_cli_init(&cli, self, argc, argv);
	while ((flag = sv_cli_next(&cli))) {
		status = read_flag(r, self, flag, cli.argument);
		if (status >= 0)
			return status;
	}
	if (cli.status >= 0)
		return cli.status;
	status = check_args(r, self, cli.files);
	r->measured.result = cli.file[0];
	r->measured.output = r->job.output;
	r->measured.json = r->job.json;
	r->measured.max_error = r->job.max_error;
	return status;
}

static int predict_again(struct sv_validate_job *j, const char *result)
{
	j->diag = sv_diag_new();
	j->cancel = sv_interrupt_install();
	j->cells = sv_record_read(result, &j->host, j->diag);
	return j->cells ? sv_validate_finish(j, j->costs, "--costs") : SV_EXIT_USAGE;
}

int sv_compare_main(const struct sv_command *self, int argc, char **argv)
{
	struct request r = { .job = { .max_error = NAN } };
	int status = read_args(&r, self, argc, argv);

	if (status < 0)
		status = r.measured.measured ? sv_compare_measured(&r.measured)
					     : predict_again(&r.job, r.measured.result);
	sv_validate_job_fini(&r.job);
	return status;
}
