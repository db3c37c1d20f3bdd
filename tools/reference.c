/*
 * reference.c - the reference page, generated from the tables that the program runs on
 *
 * It says nothing of the host it was generated on: continuous integration generates it
 * again and finds no difference.
 */
#include "reference.h"
#include "catalog.h"
#include "cli.h"
#include "devices/device.h"
#include "locks/locks.h"
#include "machine/cost.h"
#include "machine/factor.h"
#include "queues/queues.h"
#include "workloads/workload.h"
#include "world/scenario.h"
#include "world/vms.h"
#include <string.h>

/* In a table's cell a bar would end it. */
static void put_cell(FILE *to, const char *text)
{
	fputs("| ", to);
	for (; *text; text++)
		fputs(*text == '|' ? "\\|" : (char[]){ *text, '\0' }, to);
	fputc(' ', to);
}

static void put_row(FILE *to, const char *const *cells)
{
	for (; *cells; cells++)
		put_cell(to, *cells);
	fputs("|\n", to);
}

#define PUT_ROW(to, ...) put_row(to, (const char *const[]){ __VA_ARGS__, NULL })

static void print_scenario(FILE *to)
{
	fputs("## The scenario\n\n"
	      "A scenario is a YAML file of one document, without anchors, aliases and tags. "
	      "Every\n"
	      "value has a path (`vms.host.workloads.locks.threads`), by which `--set` and "
	      "`sweep:`\n"
	      "name it. Times carry their unit (`40us`).\n",
		to);
	sv_table_markdown(&sv_scenario_table, "", to);
}

static void print_metrics_of(const char *owner, const struct sv_metric *metrics, FILE *to)
{
	fprintf(to, "\n### Metrics of %s\n\n", owner);
	PUT_ROW(to, "Metric", "Unit", "Meaning");
	fputs("| --- | --- | --- |\n", to);
	for (const struct sv_metric *m = metrics; m->name; m++) {
		fprintf(to, m->headline > 0 ? "| **`%s`** " : "| `%s` ", m->name);
		PUT_ROW(to, m->unit, m->help);
	}
}

static void print_metrics(FILE *to)
{
	struct sv_kind kind;

	fputs("\n## Metrics\n\n"
	      "In results a metric's name has the name of the workload, VM or device in front of "
	      "it:\n"
	      "`locks.throughput`. Those in bold stand in the table unless the scenario chooses "
	      "others.\n",
		to);
	for (size_t i = 0; (kind = sv_workload_kinds.at(i)).name; i++) {
		const struct sv_workload *workload = kind.object;

		print_metrics_of(kind.name, workload->metrics, to);
	}
	for (size_t i = 0; (kind = sv_device_kinds.at(i)).name; i++) {
		const struct sv_device_kind *device = kind.object;

		print_metrics_of(kind.name, device->metrics, to);
	}
	for (const struct sv_metric_group *g = sv_metric_groups; g->owner; g++)
		print_metrics_of(g->owner, g->metrics, to);
}

static void print_locks(FILE *to)
{
	struct sv_kind kind;

	fputs("\n## Locks\n\n", to);
	PUT_ROW(to, "Lock", "Order", "Waiters", "Bytes of a lock, a thread, a CPU", "Meaning");
	fputs("| --- | --- | --- | --- | --- |\n", to);
	for (size_t i = 0; (kind = sv_lock_kinds.at(i)).name; i++) {
		const struct sv_lock *lock = kind.object;
		char bytes[80];

		snprintf(bytes, sizeof(bytes), "%zu, %zu, %zu", lock->lock_bytes, lock->node_bytes,
			lock->percpu_bytes);
		fprintf(to, "| `%s` ", kind.name);
		PUT_ROW(to, lock->traits & SV_LOCK_FIFO ? "first come, first served" : "any",
			lock->traits & SV_LOCK_BLOCKING ? "sleep" : "spin", bytes, kind.help);
	}
}

static void print_queues(FILE *to)
{
	struct sv_kind kind;

	fprintf(to, "\n## Queues\n\n"
		    "`simsvirt show queue NAME` prints the options and the parts of a ring.\n\n");
	PUT_ROW(to, "Queue", "Entries", "Bytes of a ring of 256", "Meaning");
	fputs("| --- | --- | --- | --- |\n", to);
	for (size_t i = 0; (kind = sv_queue_kinds.at(i)).name; i++) {
		const struct sv_queue *queue = kind.object;
		char entries[80], bytes[40];

		snprintf(entries, sizeof(entries), "%u to %u%s", queue->min_size, queue->max_size,
			queue->traits & SV_QUEUE_POWER_OF_2 ? ", a power of two" : "");
		snprintf(bytes, sizeof(bytes), "%zu", sv_catalog_ring_bytes(queue));
		fprintf(to, "| `%s` ", kind.name);
		PUT_ROW(to, entries, bytes, kind.help);
	}
}

/* The costs from `first` up to, without, `end`. The distances of a family share one text. */
static void print_cost_table(int first, int end, FILE *to)
{
	PUT_ROW(to, "Cost", "Meaning");
	fputs("| --- | --- |\n", to);
	for (int last; first < end; first = last + 1) {
		const char *help = sv_cost_help((enum sv_cost)first);

		for (last = first; last + 1 < end; last++)
			if (strcmp(sv_cost_help((enum sv_cost)(last + 1)), help) != 0)
				break;
		fprintf(to, "| `%s`", sv_cost_name((enum sv_cost)first));
		if (last > first)
			fprintf(to, " to `%s`", sv_cost_name((enum sv_cost)last));
		fputc(' ', to);
		PUT_ROW(to, help);
	}
}

static void print_costs(FILE *to)
{
	fputs("\n## Costs of a machine\n\n"
	      "Names in `costs` of a machine profile. `simsvirt show machine NAME` prints the "
	      "values\n"
	      "of a machine with their sources.\n\n",
		to);
	print_cost_table(0, SV_COST_OPTIONALS_FIRST, to);
	fputs("\nThese a profile may leave out, unless something that runs charges them.\n\n", to);
	print_cost_table(SV_COST_OPTIONALS_FIRST, SV_COSTS, to);
}

static void print_factors(FILE *to)
{
	fputs("\n## Factors of a machine\n\n"
	      "Names in `factors` of a machine profile, all of them optional.\n\n",
		to);
	PUT_ROW(to, "Factor", "From", "To", "Meaning");
	fputs("| --- | --- | --- | --- |\n", to);
	for (enum sv_factor f = 0; f < SV_FACTORS; f++) {
		fprintf(to, "| `%s` ", sv_factor_name(f));
		PUT_ROW(to, sv_factor_min(f), sv_factor_max(f), sv_factor_help(f));
	}
}

static void print_flags(const struct sv_flag *flag, FILE *to)
{
	if (!flag)
		return;
	fputc('\n', to);
	PUT_ROW(to, "Option", "Meaning");
	fputs("| --- | --- |\n", to);
	for (; flag->name; flag++) {
		fputs("| ", to);
		if (flag->letter)
			fprintf(to, "`-%c`, ", flag->letter);
		fprintf(to, "`--%s%s%s` ", flag->name, flag->argument ? " " : "",
			flag->argument ? flag->argument : "");
		PUT_ROW(to, flag->help);
	}
}

static void print_commands(FILE *to)
{
	fputs("\n## Commands\n\n`simsvirt FILE...` is the same as `simsvirt run FILE...`.\n", to);
	for (const struct sv_command *c = sv_commands; c->name; c++) {
		fprintf(to, "\n### simsvirt %s%s%s\n\n%s.\n", c->name, c->arguments[0] ? " " : "",
			c->arguments, c->help);
		if (c->more)
			fprintf(to, "%s\n", c->more);
		print_flags(c->flags, to);
	}
	fputs("\n### Exit statuses\n\n| Status | Meaning |\n| --- | --- |\n", to);
	for (int i = 0; sv_exit_help[i]; i++)
		fprintf(to, "| %d | %s |\n", i, sv_exit_help[i]);
}

void sv_reference_print(FILE *to)
{
	fputs("# Reference\n\n"
	      "Generated by `simsvirt schema --markdown`. Do not edit: change the tables in the\n"
	      "source, then regenerate.\n\n",
		to);
	print_scenario(to);
	print_metrics(to);
	print_locks(to);
	print_queues(to);
	print_costs(to);
	print_factors(to);
	print_commands(to);
}
