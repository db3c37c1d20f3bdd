/*
 * run_args.c - the flags of `run`
 */
#include "run_args.h"
#include "commands.h"
#include "memory.h"
#include "user_lock.h"
#include <omp.h>
#include <string.h>

#define MOST_THREADS 4096

const struct sv_flag sv_run_flags[] = {
	{ 's', "set", "PATH=VALUE",
		"set a value of the scenario, such as run.duration=5ms; may be repeated" },
	{ '\0', "values", "FILE",
		"set the values in FILE, a mapping of paths as 'simsvirt fit -o' writes it; may be "
		"repeated" },
	{ '\0', "seed", "N", "the same as --set run.seed=N" },
	{ '\0', "replications", "N", "the same as --set run.replications=N" },
	SV_USER_LOCK_FLAG,
	{ 't', "threads", "N", "threads to run on; by default all CPUs that may be used" },
	{ 'f', "format", "FORMAT", "table (the default), json or csv" },
	{ 'o', "output", "DIR",
		"also write result.json, result.csv, table.txt, the scenario and its plots into "
		"DIR" },
	{ 'e', "explain", NULL,
		"also tell, for each point, where the time of acquisitions of locks and of CPUs "
		"goes" },
	{ '\0', "progress", "WHEN", "auto (the default: on a terminal), always or never" },
	{ 0 },
};

static char *own(struct sv_run_args *a, char *text)
{
	a->text = sv_must(realloc(a->text, (a->owned + 1) * sizeof(*a->text)));
	a->text[a->owned++] = text;
	return text;
}

/* Takes path and option. */
static void add(struct sv_run_args *a, char *path, const char *value, char *option)
{
	a->override = sv_must(realloc(a->override, (a->overrides + 1) * sizeof(*a->override)));
	a->override[a->overrides++] = (struct sv_override){
		.path = own(a, path), .value = value, .place.source = own(a, option)
	};
}

static int add_set(struct sv_run_args *a, const struct sv_command *self, const char *text)
{
	const char *equals = strchr(text, '=');
	char *option = NULL;

	if (!equals || equals == text)
		return sv_cli_mistake(
			self, "--set %s: write PATH=VALUE, such as run.duration=5ms", text);
	SV_BUG_ON(asprintf(&option, "--set %s", text) < 0);
	add(a, sv_must(strndup(text, (size_t)(equals - text))), equals + 1, option);
	return -1;
}

/* A quoted text stays one when it is read again. */
static char *value_text(const struct sv_node *node)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = sv_must(open_memstream(&text, &bytes));

	if (node->quoted)
		fputc('"', to);
	for (const char *c = node->text; *c; c++)
		fprintf(to, node->quoted && strchr("\"\\", *c) ? "\\%c" : "%c", *c);
	if (node->quoted)
		fputc('"', to);
	SV_BUG_ON(fclose(to));
	return text;
}

static int read_values(struct sv_run_args *a, const struct sv_doc *doc, struct sv_diag *diag)
{
	const struct sv_node *root = sv_doc_root(doc);
	int bad = 0;

	if (root->kind != SV_NODE_MAPPING)
		return sv_error(diag, &root->place, "expected a mapping of paths to their values");
	for (size_t i = 0; i < root->n; i++) {
		const struct sv_node *node = root->child[i];
		char *source;

		if (node->kind != SV_NODE_SCALAR) {
			bad = sv_error(diag, &node->place, "%s: expected one value", root->key[i]);
			continue;
		}
		source = sv_must(strdup(node->place.source));
		add(a, sv_must(strdup(root->key[i])), own(a, value_text(node)), source);
		a->override[a->overrides - 1].place.line = node->place.line;
		a->override[a->overrides - 1].place.column = node->place.column;
	}
	return bad;
}

static int add_values(struct sv_run_args *a, const char *path)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_doc *doc = sv_doc_load(path, diag);
	int bad = doc ? read_values(a, doc, diag) : -1;

	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	sv_doc_free(doc);
	return bad ? SV_EXIT_USAGE : -1;
}

static void add_short(struct sv_run_args *a, const char *name, const char *value)
{
	char *path = NULL, *option = NULL;

	SV_BUG_ON(asprintf(&path, "run.%s", name) < 0);
	SV_BUG_ON(asprintf(&option, "--%s %s", name, value) < 0);
	add(a, path, value, option);
}

static int read_threads(struct sv_run_args *a, const struct sv_command *self, const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end || n < 1 || n > MOST_THREADS)
		return sv_cli_mistake(self, "--threads %s: write a whole number from 1 to %d", text,
			MOST_THREADS);
	a->threads = (unsigned)n;
	return -1;
}

void sv_run_args_override(
	struct sv_run_args *args, const char *path, const char *value, const char *option)
{
	add(args, sv_must(strdup(path)), own(args, sv_must(strdup(value))),
		sv_must(strdup(option)));
}

int sv_run_args_flag(struct sv_run_args *a, const struct sv_command *self,
	const struct sv_flag *flag, const char *argument)
{
	static const char *const formats[] = { "table", "json", "csv", NULL };
	int choice = 0;

	if (!strcmp(flag->name, "set"))
		return add_set(a, self, argument);
	if (!strcmp(flag->name, "values"))
		return add_values(a, argument);
	if (!strcmp(flag->name, "lock"))
		return sv_user_lock_add(argument) ? -1 : SV_EXIT_USAGE;
	if (!strcmp(flag->name, "threads"))
		return read_threads(a, self, argument);
	if (!strcmp(flag->name, "seed") || !strcmp(flag->name, "replications"))
		add_short(a, flag->name, argument);
	if (!strcmp(flag->name, "explain"))
		a->explain = true;
	if (!strcmp(flag->name, "output"))
		a->directory = argument;
	if (!strcmp(flag->name, "format"))
		a->format = choice = sv_cli_choice(self, flag->name, argument, formats);
	if (!strcmp(flag->name, "progress"))
		a->progress = choice = sv_cli_choice(self, flag->name, argument, sv_progress_modes);
	return choice < 0 ? SV_EXIT_USAGE : -1;
}

void sv_run_args_init(struct sv_run_args *args)
{
	/* OMP_NUM_THREADS, the affinity mask and a job manager's limits all count. */
	int available = omp_get_max_threads();

	*args = (struct sv_run_args){
		.threads = (unsigned)(available < MOST_THREADS ? available : MOST_THREADS)
	};
}

int sv_run_args_read(struct sv_run_args *out, const struct sv_command *self, int argc, char **argv)
{
	const struct sv_flag *flag;
	struct sv_cli cli;

	sv_run_args_init(out);
	sv_cli_init(&cli, self, argc, argv);
	while ((flag = sv_cli_next(&cli))) {
		int status = sv_run_args_flag(out, self, flag, cli.argument);

		if (status >= 0)
			return status;
	}
	if (cli.status >= 0)
		return cli.status;
	if (cli.files == 0)
		return sv_cli_mistake(self, "no scenario is named");
	if (cli.files > 1 && out->format == SV_FORMAT_CSV)
		return sv_cli_mistake(self, "--format csv prints one scenario; -o DIR writes "
					    "result.csv of each");
	out->files = cli.files;
	out->file = cli.file;
	return -1;
}

void sv_run_args_fini(struct sv_run_args *args)
{
	for (size_t i = 0; i < args->owned; i++)
		free(args->text[i]);
	free(args->text);
	free(args->override);
}
