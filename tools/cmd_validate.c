/*
 * cmd_validate.c - simsvirt validate CASE
 *
 * The settings and the profile are checked before anything is measured. Without a profile
 * the host is calibrated first, quickly, so that there is always something to compare with.
 */
#include "calibrate.h"
#include "commands.h"
#include "grid.h"
#include "host.h"
#include "interrupt.h"
#include "measure.h"
#include "memory.h"
#include "pinned.h"
#include "user_lock.h"
#include "validate_job.h"
#include "validate_predict.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define REPEATS       7
#define MOST_REPEATS  1000
#define MOST_SETTINGS 32
#define QUICK_SECONDS 10

const struct sv_flag sv_validate_flags[] = {
	{ 'c', "costs", "FILE",
		"the profile that predicts, as `calibrate` writes it; by default this host is "
		"calibrated first, for 10 s" },
	{ 't', "threads", "N,...", "numbers of threads; the same as --set threads=N,..." },
	{ 'l', "lock", "NAME,...",
		"the same as --set lock=NAME,...; FILE.c for a NAME: the lock in that file" },
	{ 's', "set", "NAME=VALUE,...",
		"values of a parameter of the case in place of those by default; may be repeated" },
	{ '\0', "repeat", "N", "how often each cell is measured; by default 7" },
	{ '\0', "max-error", "P%",
		"exit with status 3 when the median error of the first metric is above P" },
	{ 'f', "format", "FORMAT", "table (the default) or json" },
	{ 'o', "output", "FILE", "also write everything into FILE, as JSON, for `compare`" },
	{ '\0', "plot", "FILE",
		"also draw predicted against measured, the first metric: a .png or .svg" },
	{ '\0', "progress", "WHEN", "auto (the default: on a terminal), always or never" },
	{ 0 },
};

struct args {
	struct sv_validate_job job;
	const struct sv_case *kind;
	unsigned repeats;
	size_t settings;
	struct setting {
		const char *name, *values;
		char *option, *text; /* text: what name points into, when it is a copy */
	} setting[MOST_SETTINGS];
	struct sv_progress *progress;
	char *temporary; /* the profile of a quick calibration, or NULL */
};

static int list_cases(void)
{
	struct sv_grid g;

	sv_grid_init(&g, 2);
	for (size_t i = 0; sv_cases[i]; i++) {
		sv_grid_put(&g, "%s", sv_cases[i]->name);
		sv_grid_put(&g, "%s", sv_cases[i]->help);
		for (size_t k = 0; sv_cases[i]->axis[k].name; k++) {
			const struct sv_case_axis *axis = &sv_cases[i]->axis[k];

			sv_grid_put(&g, "  %s", axis->name);
			sv_grid_put(&g, "%s; by default %s",
				sv_table_find(sv_cases[i]->table, NULL, axis->name)->help,
				axis->values                     ? axis->values
				: !strcmp(axis->name, "threads") ? "1, 2, 4 .. all PUs, and 2 and "
								   "4 on each"
								 : "all");
		}
	}
	sv_grid_print(&g, stdout, sv_terminal_width(stdout));
	sv_grid_fini(&g);
	return sv_cli_flush() ? SV_EXIT_DONE : SV_EXIT_FAILED;
}

/* `names`, which becomes the setting's own, stands for the argument's values; NULL: they do. */
static int add_setting(struct args *a, const struct sv_command *self, const char *flag,
	const char *argument, char *names)
{
	struct setting *s = &a->setting[a->settings];
	const char *equals = strchr(argument, '=');
	bool set = !strcmp(flag, "set");

	if (a->settings == MOST_SETTINGS)
		return sv_cli_mistake(self, "--%s %s: too many settings", flag, argument);
	if (set && (!equals || equals == argument))
		return sv_cli_mistake(self, "--set %s: write NAME=VALUE,...", argument);
	a->settings++;
	SV_BUG_ON(asprintf(&s->option, "--%s %s", flag, argument) < 0);
	s->text = names ? names : sv_must(strndup(argument, set ? (size_t)(equals - argument) : 0));
	s->name = set ? s->text : flag;
	s->values = names ? names : set ? equals + 1 : argument;
	return -1;
}

/* The user's own among them have names from now on. */
static int add_locks(struct args *a, const struct sv_command *self, const char *argument)
{
	char *names = sv_user_lock_names(argument);
	int status = names ? add_setting(a, self, "lock", argument, names) : SV_EXIT_USAGE;

	if (status >= 0)
		free(names);
	return status;
}

static int read_flag(struct args *a, const struct sv_command *self, const struct sv_flag *flag,
	const char *argument)
{
	const char *name = flag->name;
	char *end;

	if (!strcmp(name, "lock"))
		return add_locks(a, self, argument);
	if (!strcmp(name, "set") || !strcmp(name, "threads"))
		return add_setting(a, self, name, argument, NULL);
	if (!strcmp(name, "repeat")) {
		unsigned long n = strtoul(argument, &end, 10);

		if (end == argument || *end || n < 1 || n > MOST_REPEATS)
			return sv_cli_mistake(self,
				"--repeat %s: write a whole number from 1 to %d", argument,
				MOST_REPEATS);
		a->repeats = (unsigned)n;
		return -1;
	}
	return sv_validate_flag(&a->job, self, flag, argument);
}

static int unknown_case(const struct sv_command *self, const char *name)
{
	const char *names[16], *near;
	size_t n = 0;

	for (; sv_cases[n]; n++)
		names[n] = sv_cases[n]->name;
	names[n] = NULL;
	near = sv_nearest(name, names);
	return sv_cli_mistake(self, "there is no case '%s'%s%s%s; `simsvirt validate list` has all",
		name, near ? "; did you mean '" : "", near ? near : "", near ? "'" : "");
}

static int read_args(struct args *a, const struct sv_command *self, int argc, char **argv)
{
	const struct sv_flag *flag;
	struct sv_cli cli;

	sv_cli_init(&cli, self, argc, argv);
	while ((flag = sv_cli_next(&cli))) {
		int status = read_flag(a, self, flag, cli.argument);

		if (status >= 0)
			return status;
	}
	if (cli.status >= 0)
		return cli.status;
	if (cli.files != 1)
		return sv_cli_mistake(self, "name one case; `simsvirt validate list` has all");
	if (!strcmp(cli.file[0], "list"))
		return list_cases();
	a->kind = sv_case_find(cli.file[0]);
	return a->kind ? -1 : unknown_case(self, cli.file[0]);
}

/* What keeps this process from all that the host has, in words. */
static void tell_limits(struct sv_validate_job *j, const struct sv_case_host *host, int pus)
{
	int online = sv_host_cpus("/sys/devices/system/cpu/online");
	int present = sv_host_cpus("/sys/devices/system/cpu/present");

	if (online > pus)
		sv_validate_note(j, "this process may use %d of %d PUs", pus, online);
	if (present > online && online > 0)
		sv_validate_note(j,
			"%d of %d PUs are offline, as when hyper-threading is switched off",
			present - online, present);
	if (host->pus < (unsigned)pus)
		sv_validate_note(j,
			"the control group may use the time of %.3g CPUs: more threads than %u "
			"share %u of %d PUs",
			sv_host_quota(), host->pus, host->pus, pus);
	if (host->unbound)
		sv_validate_note(j, "threads cannot be bound to PUs here: the kernel places them, "
				    "which no prediction knows");
}

/* Returns -1 after reporting. `u` lives as long as *host. */
static int look_at_host(struct sv_validate_job *j, struct sv_case_host *host, struct utsname *u)
{
	int pus = sv_pinned_pus(j->diag);
	int online = sv_host_cpus("/sys/devices/system/cpu/online");
	double quota = sv_host_quota();

	if (pus < 0)
		return -1;
	uname(u);
	*host = (struct sv_case_host){ .pus = (unsigned)pus,
		.online = (unsigned)(online < pus ? pus : online),
		.kernel = u->release,
		.unbound = !sv_pinned_may_bind() };
	/* More threads that run at once than the quota allows would all be stopped now and then. */
	if (quota > 0 && quota < pus)
		host->pus = quota < 1 ? 1 : (unsigned)quota;
	j->host = sv_host_describe();
	tell_limits(j, host, pus);
	return 0;
}

static int make_cells(struct args *a)
{
	struct sv_validate_job *j = &a->job;
	struct sv_case_host host;
	struct utsname u;

	if (look_at_host(j, &host, &u) < 0)
		return SV_EXIT_FAILED;
	j->cells = sv_cells_new(a->kind, &host);
	for (size_t i = 0; i < a->settings; i++)
		sv_cells_set(j->cells, a->setting[i].name, a->setting[i].values,
			a->setting[i].option, j->diag);
	if (sv_diag_errors(j->diag) || sv_cells_make(j->cells, j->diag) < 0)
		return SV_EXIT_USAGE;
	return -1;
}

static void step(void *arg, const struct sv_cell *cell, bool last)
{
	struct args *a = arg;
	char *label;

	if (!a->progress)
		return;
	label = sv_cell_label(a->job.cells, cell);
	sv_progress_step(a->progress, last, label);
	free(label);
}

static int measure(struct args *a)
{
	struct sv_validate_job *j = &a->job;
	struct sv_measure_how how = {
		.repeats = a->repeats, .cancel = j->cancel, .step = step, .arg = a
	};
	int result;

	a->progress = sv_validate_progress(j);
	if (a->progress)
		sv_progress_start(a->progress, j->cells->n, j->cells->n * a->repeats);
	result = sv_measure(j->cells, &how, j->diag);
	if (a->progress)
		sv_progress_stop(a->progress);
	sv_progress_free(a->progress);
	return result;
}

/* A profile of this host, from ten seconds of measuring, in a file that is removed at the end. */
static int calibrate(struct args *a)
{
	struct sv_validate_job *j = &a->job;
	struct sv_calibrate_how how = { .seconds = QUICK_SECONDS, .cancel = j->cancel };
	struct sv_calibration *c = sv_calibration_new(&how, j->diag);
	struct sv_machine *defaults = sv_validate_machine(sv_host_defaults(), "defaults", j->diag);
	const char *directory = getenv("TMPDIR");
	char *topology = sv_calibration_synthetic();
	int result = -1, fd;
	FILE *to;

	SV_BUG_ON(asprintf(&a->temporary, "%s/simsvirt-XXXXXX.yaml",
			  directory ? directory : P_tmpdir) < 0);
	fd = mkstemps(a->temporary, (int)strlen(".yaml"));
	to = fd < 0 ? NULL : fdopen(fd, "w");
	if (!to)
		sv_error(j->diag, NULL, "%s: %s", a->temporary, strerror(errno));
	else if (c && defaults && sv_calibration_run(c, &how) == 0) {
		sv_calibration_write(c, topology ? topology : "this-host", defaults, to);
		result = 0;
	}
	if (to && fclose(to) != 0)
		result = sv_error(j->diag, NULL, "%s: %s", a->temporary, strerror(errno));
	free(topology);
	sv_machine_free(defaults);
	sv_calibration_free(c);
	return result;
}

/* Before anything is measured: a profile that is none would be found only after minutes. */
static int check_profile(struct args *a)
{
	struct sv_machine *m;

	if (!a->job.costs)
		return calibrate(a) < 0 ? SV_EXIT_FAILED : -1;
	m = sv_validate_machine(a->job.costs, "--costs", a->job.diag);
	sv_machine_free(m);
	return m ? -1 : SV_EXIT_USAGE;
}

int sv_validate_main(const struct sv_command *self, int argc, char **argv)
{
	struct args a = { .job = { .max_error = NAN }, .repeats = REPEATS };
	int status = read_args(&a, self, argc, argv);

	if (status < 0) {
		a.job.diag = sv_diag_new();
		a.job.cancel = sv_interrupt_install();
		status = make_cells(&a);
	}
	if (status < 0)
		status = check_profile(&a);
	if (status < 0)
		status = measure(&a) < 0 ? SV_EXIT_FAILED : -1;
	if (status < 0)
		status = sv_validate_finish(
			&a.job, a.temporary ? a.temporary : a.job.costs, "--costs");
	if (a.temporary)
		unlink(a.temporary);
	free(a.temporary);
	for (size_t i = 0; i < a.settings; i++) {
		free(a.setting[i].option);
		free(a.setting[i].text);
	}
	sv_validate_job_fini(&a.job);
	return status;
}
