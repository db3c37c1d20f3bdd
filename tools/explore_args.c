/*
 * explore_args.c - the flags of `explore`
 */
#include "explore_args.h"
#include "commands.h"
#include "memory.h"
#include "user_lock.h"
#include <string.h>

const struct sv_flag sv_explore_flags[] = {
	SV_USER_LOCK_FLAG,
	{ 't', "threads", "N", "that use a lock; by default 2" },
	{ 'a', "acquisitions", "N", "that each makes; by default 1" },
	{ '\0', "locks", "N", "of one kind that each thread goes through in turn; by default 1" },
	{ '\0', "try", NULL, "every second attempt is a try_acquire, where the lock has one" },
	{ '\0', "requests", "N", "that the driver of a queue sends; by default 2" },
	{ '\0', "batch", "N", "requests that it publishes at a time; by default 1" },
	{ '\0', "buffers", "N",
		"of each request, the last one for the device to write; by default 2" },
	{ '\0', "size", "N", "entries of the queue; by default 2" },
	{ '\0', "served", "N",
		"requests that have gone through the queue before; by default 0, and 65535 brings "
		"its indices to their wrap" },
	{ '\0', "reversed", NULL, "the device completes first what it took last" },
	{ '\0', "polling", NULL, "driver and device look again and again instead of sleeping" },
	{ 'm', "memory", "MODEL", "tso (the default: with store buffers) or sc" },
	{ 's', "set", "KEY=VALUE", "set an option of the lock or queue; may be repeated" },
	{ '\0', "spurious", "N", "wake-ups without a kick, for each thread; by default 0" },
	{ '\0', "preemptions", "N", "leave out runs with more: not exhaustive" },
	{ '\0', "pct", "DEPTH", "random schedules that find bugs of this depth" },
	{ '\0', "runs", "N", "of random schedules; by default 10000" },
	{ '\0', "seed", "N", "of random schedules; by default 1" },
	{ '\0', "time-limit", "TIME", "for each lock or queue; by default 60s" },
	{ '\0', "replay", "SCHEDULE", "only the run that an earlier one has printed" },
	{ 'f', "format", "FORMAT", "table (the default) or json" },
	{ 0 },
};

static const char *const memories[] = { [SV_EXPLORE_SC] = "sc", [SV_EXPLORE_TSO] = "tso", NULL };

#define COUNT(title, member, least, most, value)                                                   \
	{                                                                                          \
		.name = (title), .type = SV_INT,                                                   \
		.offset = offsetof(struct sv_explore_cfg, member), .min = (least), .max = (most),  \
		.def = (value), .help = ""                                                         \
	}

#define SWITCH(title, member)                                                                      \
	{                                                                                          \
		.name = (title), .type = SV_BOOL,                                                  \
		.offset = offsetof(struct sv_explore_cfg, member), .def = "false", .help = ""      \
	}

static const struct sv_option rows[] = {
	COUNT("threads", threads, "1", "8", "2"),
	COUNT("acquisitions", acquisitions, "1", "10", "1"),
	COUNT("locks", locks, "1", "4", "1"),
	COUNT("requests", requests, "1", "8", "2"),
	COUNT("batch", batch, "1", "8", "1"),
	COUNT("buffers", buffers, "1", "4", "2"),
	COUNT("size", size, "1", "1024", "2"),
	COUNT("served", served, "0", "1000000", "0"),
	COUNT("spurious", spurious, "0", "100", "0"),
	COUNT("preemptions", preemptions, "-1", "100", "-1"),
	COUNT("pct", depth, "0", "64", "0"),
	COUNT("runs", runs, "1", "1000000000000", "10000"),
	COUNT("seed", seed, "0", "9223372036854775807", "1"),
	{ .name = "memory",
		.type = SV_CHOICE,
		.offset = offsetof(struct sv_explore_cfg, memory),
		.def = "tso",
		.help = "",
		.more = memories },
	{ .name = "time-limit",
		.type = SV_TIME,
		.offset = offsetof(struct sv_explore_cfg, time_limit),
		.min = "1ms",
		.max = "24h",
		.def = "60s",
		.help = "" },
	SWITCH("try", tries),
	SWITCH("reversed", reversed),
	SWITCH("polling", polling),
	{ 0 },
};
static const struct sv_table table = SV_TABLE("explore", struct sv_explore_cfg, rows);

/* Flags that mean only locks, or only queues. */
static const char *const only[SV_EXPLORE_KINDS][8] = {
	{ "threads", "acquisitions", "locks", "try", NULL },
	{ "requests", "batch", "buffers", "size", "served", "reversed", "polling", NULL },
};

static void note_kind(struct sv_explore_args *a, const char *flag)
{
	for (int kind = 0; kind < SV_EXPLORE_KINDS; kind++)
		for (const char *const *name = only[kind]; *name; name++)
			if (!strcmp(*name, flag) && !a->flag[kind])
				a->flag[kind] = *name;
}

static int add_set(struct sv_explore_args *a, const struct sv_command *self, const char *text)
{
	const char *equals = strchr(text, '=');
	struct sv_explore_set *s;

	if (!equals || equals == text)
		return sv_cli_mistake(self, "--set %s: write KEY=VALUE, such as threshold=4", text);
	a->set = sv_must(realloc(a->set, (a->sets + 1) * sizeof(*a->set)));
	s = &a->set[a->sets++];
	*s = (struct sv_explore_set){ .name = sv_must(strndup(text, (size_t)(equals - text))),
		.value = equals + 1 };
	SV_BUG_ON(asprintf(&s->option, "--set %s", text) < 0);
	return -1;
}

static int add_own(struct sv_explore_args *a, const char *path)
{
	const char *name = sv_user_lock_add(path);

	if (!name)
		return SV_EXIT_USAGE;
	a->own = sv_must(realloc(a->own, (a->owns + 1) * sizeof(*a->own)));
	a->own_file = sv_must(realloc(a->own_file, (a->owns + 1) * sizeof(*a->own_file)));
	a->own[a->owns] = name;
	a->own_file[a->owns++] = path;
	return -1;
}

static void add_value(
	struct sv_explore_args *a, const char *name, const char *value, struct sv_diag *diag)
{
	char *option = NULL;
	struct sv_place place = { .source = NULL };

	SV_BUG_ON(asprintf(&option, "--%s %s", name, value) < 0);
	place.source = option;
	sv_doc_set(a->doc, &table, name, value, &place, diag);
	free(option);
}

static int read_flag(struct sv_explore_args *a, const struct sv_command *self,
	const struct sv_flag *flag, const char *argument, struct sv_diag *diag)
{
	static const char *const formats[] = { "table", "json", NULL };
	int choice;

	if (!strcmp(flag->name, "set"))
		return add_set(a, self, argument);
	if (!strcmp(flag->name, "lock"))
		return add_own(a, argument);
	if (!strcmp(flag->name, "format")) {
		choice = sv_cli_choice(self, flag->name, argument, formats);
		a->format = choice > 0 ? SV_FORMAT_JSON : SV_FORMAT_TABLE;
		return choice < 0 ? SV_EXIT_USAGE : -1;
	}
	if (!strcmp(flag->name, "replay"))
		a->replay = argument;
	else
		add_value(a, flag->name, flag->argument ? argument : "true", diag);
	note_kind(a, flag->name);
	return -1;
}

static int read_all(struct sv_explore_args *a, const struct sv_command *self, struct sv_cli *cli,
	struct sv_diag *diag)
{
	const struct sv_flag *flag;

	while ((flag = sv_cli_next(cli))) {
		int status = read_flag(a, self, flag, cli->argument, diag);

		if (status >= 0)
			return status;
	}
	if (cli->status >= 0)
		return cli->status;
	if (cli->files > 1 || (cli->files == 0 && a->owns == 0))
		return sv_cli_mistake(self, "name one lock or queue, or all");
	a->name = cli->files ? cli->file[0] : a->owns == 1 ? a->own[0] : NULL;
	if (sv_diag_errors(diag) || sv_read(&table, sv_doc_root(a->doc), &a->cfg, a->doc, diag) < 0)
		return SV_EXIT_USAGE;
	if (a->replay && (!a->name || !strcmp(a->name, "all")))
		return sv_cli_mistake(self, "--replay is the schedule of one lock or queue");
	return -1;
}

int sv_explore_args_read(
	struct sv_explore_args *out, const struct sv_command *self, int argc, char **argv)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_cli cli;
	int status;

	*out = (struct sv_explore_args){ .doc = sv_must(sv_doc_parse("options", "{}", 2, diag)) };
	sv_cli_init(&cli, self, argc, argv);
	status = read_all(out, self, &cli, diag);
	sv_diag_print(diag, stderr);
	sv_diag_free(diag);
	return status;
}

void sv_explore_args_fini(struct sv_explore_args *args)
{
	for (size_t i = 0; i < args->sets; i++) {
		free(args->set[i].name);
		free(args->set[i].option);
	}
	free(args->set);
	free(args->own);
	free(args->own_file);
	sv_doc_free(args->doc);
}

bool sv_explore_args_means(const struct sv_explore_args *args, const char *name)
{
	if (args->name)
		return !strcmp(args->name, "all") || !strcmp(args->name, name);
	for (size_t i = 0; i < args->owns; i++)
		if (!strcmp(args->own[i], name))
			return true;
	return false;
}

static const char *const kinds[] = { "lock", "queue" };

/* The flags fit what is explored. */
static int check(const struct sv_explore_args *args, const struct sv_explore_subject *s,
	struct sv_diag *diag)
{
	const char *other = args->flag[!s->kind];

	if (args->sets && !s->options)
		return sv_error(diag, NULL, "%s: the %s %s has no options", args->set[0].option,
			kinds[s->kind], s->name);
	if (other && (!args->name || strcmp(args->name, "all") != 0))
		return sv_error(diag, NULL, "--%s is for a %s, and %s is a %s", other,
			kinds[!s->kind], s->name, kinds[s->kind]);
	return 0;
}

void *sv_explore_args_config(const struct sv_explore_args *args,
	const struct sv_explore_subject *subject, struct sv_doc *doc, struct sv_diag *diag)
{
	const struct sv_table *options = subject->options;
	struct sv_place place = { .source = "explore" };
	void *cfg;

	if (check(args, subject, diag) < 0 || !options)
		return NULL;
	for (const struct sv_option *row = options->rows; row->name; row++)
		if (row->unit && !strcmp(row->unit, "tests"))
			sv_doc_set(doc, options, row->name, "2", &place, diag);
	for (size_t i = 0; i < args->sets; i++) {
		place.source = args->set[i].option;
		sv_doc_set(doc, options, args->set[i].name, args->set[i].value, &place, diag);
	}
	cfg = sv_doc_alloc(doc, options->size);
	sv_read(options, sv_doc_root(doc), cfg, doc, diag);
	return cfg;
}
