/*
 * fit_args.c - the flags of `fit`
 *
 * What is fitted stands in the scenario's fit: block. Flags replace its keys as --set
 * does, so that they are checked by the same code and a scenario without the block can
 * be fitted too.
 */
#include "fit_args.h"
#include "commands.h"
#include "memory.h"
#include <string.h>

#define EVALUATIONS      500
#define MOST_EVALUATIONS 100000

const struct sv_flag sv_fit_flags[] = {
	{ 'd', "data", "CSV",
		"measured values: a line that names the columns, a row for each point" },
	{ 'm', "metric", "METRIC", "what the values measure: WORKLOAD.METRIC (fit.metric)" },
	{ 'u', "unit", "UNIT", "the unit of the values (fit.unit)" },
	{ 'x', "x", "PATH[=COLUMN]",
		"the path whose values a column has; may be repeated (fit.x)" },
	{ '\0', "value", "COLUMN", "the column of values (fit.value)" },
	{ '\0', "error", "COLUMN", "the column of their standard errors (fit.error)" },
	{ '\0', "select", "COLUMN=TEXT",
		"use only rows with this text; may be repeated (fit.select)" },
	{ 'p', "parameter", "PATH=FROM..TO",
		"a free parameter and its range; may be repeated (fit.parameters)" },
	{ '\0', "evaluations", "N",
		"how often the points may be simulated at most; by default 500" },
	{ 's', "set", "PATH=VALUE",
		"set a value of the scenario, such as run.duration=5ms; may be repeated" },
	{ '\0', "values", "FILE",
		"set the values in FILE, a mapping of paths as 'simsvirt fit -o' writes it; may be "
		"repeated" },
	{ '\0', "seed", "N", "the same as --set run.seed=N" },
	{ '\0', "replications", "N", "the same as --set run.replications=N" },
	{ 't', "threads", "N", "threads to run on; by default all CPUs that may be used" },
	{ 'f', "format", "FORMAT", "table (the default) or json" },
	{ 'o', "output", "FILE", "also write the values and the report into FILE, as YAML" },
	{ '\0', "progress", "WHEN", "auto (the default: on a terminal), always or never" },
	{ 0 },
};

/* Entries of one mapping that repeated flags make: "{a: b, c: d}". */
struct mapping {
	const char *key; /* of fit: */
	char *text, *option;
	size_t bytes, option_bytes;
	FILE *to, *option_to; /* NULL: none yet */
};

enum { X, SELECT, PARAMETERS, MAPPINGS };

static void quote(FILE *to, const char *text, size_t bytes)
{
	fputc('"', to);
	for (size_t i = 0; i < bytes; i++)
		fprintf(to, text[i] == '"' || text[i] == '\\' ? "\\%c" : "%c", text[i]);
	fputc('"', to);
}

static void open_entry(
	struct mapping *m, const char *flag, const char *argument, const char *key, size_t bytes)
{
	bool first = !m->to;

	if (first) {
		m->to = sv_must(open_memstream(&m->text, &m->bytes));
		m->option_to = sv_must(open_memstream(&m->option, &m->option_bytes));
	}
	fputs(first ? "{" : ", ", m->to);
	quote(m->to, key, bytes);
	fputs(": ", m->to);
	fprintf(m->option_to, "%s--%s %s", first ? "" : " ", flag, argument);
}

static int add_x(struct mapping *m, const char *argument)
{
	size_t path = strcspn(argument, "=");

	open_entry(m, "x", argument, argument, path);
	if (argument[path])
		quote(m->to, argument + path + 1, strlen(argument + path + 1));
	else
		fputs("null", m->to);
	return -1;
}

static int add_select(struct mapping *m, const struct sv_command *self, const char *argument)
{
	size_t column = strcspn(argument, "=");

	if (column == 0 || !argument[column])
		return sv_cli_mistake(self, "--select %s: write COLUMN=TEXT", argument);
	open_entry(m, "select", argument, argument, column);
	quote(m->to, argument + column + 1, strlen(argument + column + 1));
	return -1;
}

static int add_parameter(struct mapping *m, const struct sv_command *self, const char *argument)
{
	size_t path = strcspn(argument, "=");
	const char *from = argument[path] ? argument + path + 1 : "";
	const char *dots = strstr(from, "..");

	if (path == 0 || !dots || dots == from || !dots[2])
		return sv_cli_mistake(self,
			"--parameter %s: write PATH=FROM..TO, such as "
			"vms.host.workloads.locks.critical=100ns..10us",
			argument);
	open_entry(m, "parameter", argument, argument, path);
	fputs("{from: ", m->to);
	quote(m->to, from, (size_t)(dots - from));
	fputs(", to: ", m->to);
	quote(m->to, dots + 2, strlen(dots + 2));
	fputc('}', m->to);
	return -1;
}

static void close_mapping(struct sv_fit_args *a, struct mapping *m)
{
	char path[32];

	if (!m->to)
		return;
	fputc('}', m->to);
	SV_BUG_ON(fclose(m->to) || fclose(m->option_to));
	snprintf(path, sizeof(path), "fit.%s", m->key);
	sv_run_args_override(&a->run, path, m->text, m->option);
	free(m->text);
	free(m->option);
}

static void set_key(struct sv_fit_args *a, const char *key, const char *argument)
{
	char path[32], *option = NULL, *value = NULL;
	size_t bytes;
	FILE *to = sv_must(open_memstream(&value, &bytes));

	quote(to, argument, strlen(argument));
	SV_BUG_ON(fclose(to) || asprintf(&option, "--%s %s", key, argument) < 0);
	snprintf(path, sizeof(path), "fit.%s", key);
	sv_run_args_override(&a->run, path, value, option);
	free(value);
	free(option);
}

static int read_evaluations(
	struct sv_fit_args *a, const struct sv_command *self, const char *argument)
{
	char *end;
	long n = strtol(argument, &end, 10);

	if (end == argument || *end || n < 1 || n > MOST_EVALUATIONS)
		return sv_cli_mistake(self, "--evaluations %s: write a whole number from 1 to %d",
			argument, MOST_EVALUATIONS);
	a->evaluations = (size_t)n;
	return -1;
}

static bool is_key(const char *name)
{
	return !strcmp(name, "metric") || !strcmp(name, "unit") || !strcmp(name, "value") ||
	       !strcmp(name, "error");
}

static int read_flag(struct sv_fit_args *a, struct mapping *m, const struct sv_command *self,
	const struct sv_flag *flag, const char *argument)
{
	const char *name = flag->name;

	if (!strcmp(name, "x"))
		return add_x(&m[X], argument);
	if (!strcmp(name, "select"))
		return add_select(&m[SELECT], self, argument);
	if (!strcmp(name, "parameter"))
		return add_parameter(&m[PARAMETERS], self, argument);
	if (!strcmp(name, "evaluations"))
		return read_evaluations(a, self, argument);
	if (is_key(name))
		set_key(a, name, argument);
	else if (!strcmp(name, "data"))
		a->data = argument;
	else if (!strcmp(name, "output"))
		a->output = argument;
	else if (!strcmp(name, "format") && !strcmp(argument, "csv"))
		return sv_cli_mistake(self, "--format csv: write table or json");
	else
		return sv_run_args_flag(&a->run, self, flag, argument);
	return -1;
}

static int check(struct sv_fit_args *a, const struct sv_command *self, const struct sv_cli *cli)
{
	if (cli->files != 1)
		return sv_cli_mistake(self,
			cli->files ? "one scenario at a time is fitted" : "no scenario is named");
	if (!a->data)
		return sv_cli_mistake(self, "no data are named; write --data FILE.csv");
	if (a->output && (!*a->output || a->output[strlen(a->output) - 1] == '/'))
		return sv_cli_mistake(self, "--output %s: name a file", a->output);
	a->run.files = cli->files;
	a->run.file = cli->file;
	return -1;
}

int sv_fit_args_read(struct sv_fit_args *out, const struct sv_command *self, int argc, char **argv)
{
	struct mapping m[MAPPINGS] = {
		[X] = { .key = "x" },
		[SELECT] = { .key = "select" },
		[PARAMETERS] = { .key = "parameters" },
	};
	const struct sv_flag *flag;
	struct sv_cli cli;
	int status = -1;

	*out = (struct sv_fit_args){ .evaluations = EVALUATIONS };
	sv_run_args_init(&out->run);
	sv_cli_init(&cli, self, argc, argv);
	while (status < 0 && (flag = sv_cli_next(&cli)))
		status = read_flag(out, m, self, flag, cli.argument);
	if (status < 0)
		status = cli.status;
	for (size_t i = 0; i < MAPPINGS; i++)
		close_mapping(out, &m[i]);
	return status < 0 ? check(out, self, &cli) : status;
}

void sv_fit_args_fini(struct sv_fit_args *args)
{
	sv_run_args_fini(&args->run);
}
