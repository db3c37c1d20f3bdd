/*
 * cmd_calibrate.c - simsvirt calibrate -o FILE
 *
 * The output's directory is made and checked before anything is measured, and the file
 * appears when all is written. What is measured when the user has had enough is written too.
 */
#include "calibrate.h"
#include "calibrate_plot.h"
#include "calibrate_report.h"
#include "commands.h"
#include "files.h"
#include "grid.h"
#include "host.h"
#include "interrupt.h"
#include "memory.h"
#include "picture.h"
#include "progress.h"
#include "simtime.h"
#include <string.h>

#define DEFAULT_TIME (60 * SV_S)
#define QUICK_TIME   (10 * SV_S)

const struct sv_flag sv_calibrate_flags[] = {
	{ 'o', "output", "FILE", "the profile to write, such as host.yaml" },
	{ '\0', "time", "TIME", "how long to measure, about; 60s by default" },
	{ '\0', "quick", NULL, "the same as --time 10s" },
	{ '\0', "defaults", "MACHINE",
		"the machine whose costs stand for those that cannot be measured here" },
	{ '\0', "plot", "FILE", "also draw a heat map of the line transfers: a .png or .svg" },
	{ '\0', "progress", "WHEN", "auto (the default: on a terminal), always or never" },
	{ 0 },
};

struct job {
	const char *output, *plot, *defaults_name;
	sv_time time;
	int progress_mode;
	struct sv_files *files, *plot_files; /* of the directories of output and plot */
	struct sv_machine *defaults;
	struct sv_calibration *calibration;
	struct sv_progress *progress;
	const struct sv_probe *last;
	struct sv_diag *diag;
};

/* Returns -1: go on, or an exit status. */
static int read_time(struct job *j, const struct sv_command *self, const char *text)
{
	const char *wrong = sv_time_parse(text, &j->time);

	if (wrong)
		return sv_cli_mistake(self, "--time %s: %s", text, wrong);
	if (j->time < SV_S || j->time > 3600 * SV_S)
		return sv_cli_mistake(self, "--time %s: write a time from 1s to 1h", text);
	return -1;
}

static int read_flag(struct job *j, const struct sv_command *self, const struct sv_flag *flag,
	const char *argument)
{
	if (!strcmp(flag->name, "time"))
		return read_time(j, self, argument);
	if (!strcmp(flag->name, "quick"))
		j->time = QUICK_TIME;
	if (!strcmp(flag->name, "output"))
		j->output = argument;
	if (!strcmp(flag->name, "plot"))
		j->plot = argument;
	if (!strcmp(flag->name, "defaults"))
		j->defaults_name = argument;
	if (!strcmp(flag->name, "progress"))
		j->progress_mode = sv_cli_choice(self, flag->name, argument, sv_progress_modes);
	return j->progress_mode < 0 ? SV_EXIT_USAGE : -1;
}

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int read_args(struct job *j, const struct sv_command *self, int argc, char **argv)
{
	const struct sv_flag *flag;
	struct sv_cli cli;

	sv_cli_init(&cli, self, argc, argv);
	while ((flag = sv_cli_next(&cli))) {
		int status = read_flag(j, self, flag, cli.argument);

		if (status >= 0)
			return status;
	}
	if (cli.status >= 0)
		return cli.status;
	if (cli.files > 0)
		return sv_cli_mistake(
			self, "calibrate takes no argument; name the output by -o FILE");
	if (!j->output)
		return sv_cli_mistake(self, "name the profile to write by -o FILE");
	if (!file_name(j->output)[0])
		return sv_cli_mistake(self, "-o %s: name a file", j->output);
	if (j->plot && !sv_picture_is_name(j->plot))
		return sv_cli_mistake(
			self, "--plot %s: name a file that ends in .png or .svg", j->plot);
	return -1;
}

static struct sv_machine *load_defaults(const char *name, struct sv_diag *diag)
{
	const struct sv_node node = {
		.kind = SV_NODE_SCALAR, .place = { .source = "--defaults" }, .text = name
	};
	struct sv_doc *doc = sv_doc_parse("--defaults", "{}", 2, diag);
	struct sv_machine *machine = doc ? sv_machine_new(&node, NULL, NULL, doc, diag) : NULL;

	sv_doc_free(doc);
	return machine;
}

static struct sv_files *open_directory(const char *path, struct sv_diag *diag)
{
	size_t bytes = (size_t)(file_name(path) - path);
	char *directory = bytes ? sv_must(strndup(path, bytes)) : sv_must(strdup("."));
	struct sv_files *files = sv_files_new(directory, diag);

	free(directory);
	return files;
}

static int open_output(struct job *j)
{
	j->files = open_directory(j->output, j->diag);
	if (j->plot)
		j->plot_files = open_directory(j->plot, j->diag);
	return j->files && (j->plot_files || !j->plot) ? 0 : -1;
}

static void step(void *arg, const struct sv_probe *probe)
{
	struct job *j = arg;

	if (j->progress)
		sv_progress_step(j->progress, true, probe->help);
}

static char *xml_name(const char *name)
{
	const char *dot = strrchr(name, '.');
	int stem = dot && dot > name ? (int)(dot - name) : (int)strlen(name);
	char *xml = NULL;

	SV_BUG_ON(asprintf(&xml, "%.*s.xml", stem, name) < 0);
	return xml;
}

static int store(struct job *j)
{
	const char *name = file_name(j->output);
	char *xml = xml_name(name), *topology;
	FILE *to;
	int result = -1;

	topology = sv_calibration_synthetic();
	to = sv_files_add(j->files, name, j->diag);
	if (to) {
		sv_calibration_write(j->calibration, topology ? topology : xml, j->defaults, to);
		result = 0;
	}
	if (result == 0 && !topology) {
		to = sv_files_add(j->files, xml, j->diag);
		result = to ? sv_calibration_xml(to, j->diag) : -1;
	}
	free(topology);
	free(xml);
	return result < 0 ? -1 : sv_files_commit(j->files, j->diag);
}

static int draw(const struct job *j)
{
	char *title;
	int result;

	if (!j->plot)
		return 0;
	title = sv_host_describe();
	result = sv_calibrate_plot(
		j->calibration, title, file_name(j->plot), j->plot_files, j->diag);
	free(title);
	return result;
}

static int run(struct job *j)
{
	struct sv_calibrate_how how = { .seconds = sv_seconds(j->time),
		.cancel = sv_interrupt_install(),
		.step = step,
		.arg = j };
	int result;

	j->calibration = sv_calibration_new(&how, j->diag);
	if (!j->calibration)
		return SV_EXIT_FAILED;
	j->progress = sv_progress_new((enum sv_progress_mode)j->progress_mode, stderr);
	if (j->progress) {
		size_t steps = sv_calibration_steps(j->calibration);

		sv_progress_bound(j->progress, "probes");
		sv_progress_start(j->progress, steps, steps);
	}
	result = sv_calibration_run(j->calibration, &how);
	if (j->progress)
		sv_progress_stop(j->progress);
	sv_progress_free(j->progress);
	if (result < 0 || store(j) < 0 || draw(j) < 0)
		return SV_EXIT_FAILED;
	sv_calibrate_report(j->calibration, stdout, sv_terminal_width(stdout));
	if (!atomic_load(how.cancel))
		return SV_EXIT_DONE;
	fprintf(stderr, "simsvirt: interrupted: %s holds what was measured until then\n",
		j->output);
	return SV_EXIT_FAILED;
}

int sv_calibrate_main(const struct sv_command *self, int argc, char **argv)
{
	struct job j = { .time = DEFAULT_TIME, .defaults_name = sv_host_defaults() };
	int status = read_args(&j, self, argc, argv);

	if (status >= 0)
		return status;
	j.diag = sv_diag_new();
	j.defaults = load_defaults(j.defaults_name, j.diag);
	if (j.defaults && open_output(&j) == 0) {
		status = run(&j);
		if (!sv_cli_flush())
			status = SV_EXIT_FAILED;
	} else {
		status = SV_EXIT_USAGE;
	}
	sv_diag_print(j.diag, stderr);
	sv_diag_free(j.diag);
	sv_calibration_free(j.calibration);
	sv_machine_free(j.defaults);
	sv_files_free(j.files);
	sv_files_free(j.plot_files);
	return status;
}
