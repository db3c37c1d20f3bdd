/*
 * machine_print.c - a machine as text, for `simsvirt show machine NAME`
 */
#include "machine/machine.h"
#include <string.h>

static const char *time_text(char *buf, size_t size, sv_time t)
{
	if (t < 10 * SV_US)
		snprintf(buf, size, "%.10g ns", (double)t / SV_NS);
	else
		snprintf(buf, size, "%.10g us", (double)t / SV_US);
	return buf;
}

static void print_topology(const struct sv_machine *m, FILE *to)
{
	fprintf(to, "%s%s%s\n\n", m->name, m->title ? ": " : "", m->title ? m->title : "");
	fprintf(to, "topology  %s\n", m->topology);
	fprintf(to,
		"          packages %u, NUMA nodes %u, last-level caches %u, cores %u, PUs %u\n",
		m->packages, m->numa_nodes, m->llcs, m->cores, m->pus);
	fputs("distances", to);
	for (enum sv_distance d = SV_SAME_PU; d < SV_DISTANCES; d++)
		if (memchr(m->distance, (int)d, (size_t)m->pus * m->pus))
			fprintf(to, " %s", sv_distance_name[d]);
	fputs("\nhops     ", to);
	for (unsigned i = 0; i < m->packages; i++) {
		for (unsigned k = 0; k < m->packages; k++)
			fprintf(to, " %u", m->hops[i * m->packages + k]);
		fputs(i + 1 < m->packages ? "\n         " : "\n\n", to);
	}
}

static void print_cost(const struct sv_cost_row *row, int width, FILE *to)
{
	char value[32], low[32], high[32], range[80];

	snprintf(range, sizeof(range), "%s .. %s", time_text(low, sizeof(low), row->low),
		time_text(high, sizeof(high), row->high));
	fprintf(to, "%-*s  %10s  %-24s  %-4s  %s", width, row->name,
		time_text(value, sizeof(value), row->value), range, row->mark, row->source);
	if (row->worth.quality)
		fprintf(to, " (%s: %lld samples, %.3g %% discarded)", row->worth.quality,
			(long long)row->worth.samples, 100 * row->worth.discarded);
	fputc('\n', to);
}

static void print_costs(const struct sv_machine *m, FILE *to)
{
	int width = 0;

	for (int c = 0; c < SV_COSTS; c++)
		if (m->row[c].mark && (int)strlen(m->row[c].name) > width)
			width = (int)strlen(m->row[c].name);
	fprintf(to, "%-*s  %10s  %-24s  %-4s  %s\n", width, "cost", "value", "low .. high", "mark",
		"source");
	for (int c = 0; c < SV_COSTS; c++)
		if (m->row[c].mark)
			print_cost(&m->row[c], width, to);
}

static void print_factors(const struct sv_machine *m, FILE *to)
{
	const char *head = "\nfactor          value  low .. high    mark  source\n";

	for (int f = 0; f < SV_FACTORS; f++) {
		const struct sv_factor_row *row = &m->factor_row[f];
		char range[64];

		if (!row->mark)
			continue;
		fputs(head, to);
		head = "";
		snprintf(range, sizeof(range), "%.6g .. %.6g", row->low, row->high);
		fprintf(to, "%-14s  %5.6g  %-13s  %-4s  %s\n", row->name, row->value, range,
			row->mark, row->source);
	}
}

static void print_idle_states(const struct sv_machine *m, FILE *to)
{
	char exit[32], residency[32];

	if (m->idle_states > 0)
		fputs("\nidle state        exit   residency  mark  source\n", to);
	for (unsigned i = 0; i < m->idle_states; i++) {
		const struct sv_idle_state *s = &m->idle_state[i];

		fprintf(to, "%-10s  %10s  %10s  %-4s  %s\n", s->name,
			time_text(exit, sizeof(exit), s->exit),
			time_text(residency, sizeof(residency), s->residency), s->mark, s->source);
	}
}

static void print_transfers(const struct sv_measured *m, FILE *to)
{
	char text[32];

	if (m->transfer_pus > 0)
		fputs("\none way of a line, ns, from PU (down) to PU (across)\n     ", to);
	for (unsigned k = 0; k < m->transfer_pus; k++)
		fprintf(to, " %6u", m->transfer_pu[k]);
	for (unsigned i = 0; i < m->transfer_pus; i++) {
		fprintf(to, "\n%5u", m->transfer_pu[i]);
		for (unsigned k = 0; k < m->transfer_pus; k++) {
			sv_time t = m->transfer[i * m->transfer_pus + k];

			snprintf(text, sizeof(text), "%.1f", (double)t / SV_NS);
			fprintf(to, " %6s", t > 0 ? text : "-");
		}
	}
	if (m->transfer_pus > 0)
		fputc('\n', to);
}

static void print_measured(const struct sv_measured *m, FILE *to)
{
	int width = 8;

	fprintf(to, "\nmeasured on %s%s%s\n", m->host ? m->host : "this machine",
		m->day ? ", " : "", m->day ? m->day : "");
	for (unsigned i = 0; i < m->notes; i++)
		fprintf(to, "note: %s\n", m->note[i]);
	for (unsigned i = 0; i < m->figures; i++)
		if ((int)strlen(m->figure[i].name) > width)
			width = (int)strlen(m->figure[i].name);
	if (m->figures > 0)
		fprintf(to, "%-*s  %10s  %-24s  %-4s  %s\n", width, "figure", "value",
			"low .. high", "mark", "source");
	for (unsigned i = 0; i < m->figures; i++)
		print_cost(&m->figure[i], width, to);
	print_transfers(m, to);
}

int sv_machine_print(const struct sv_machine *m, FILE *to)
{
	print_topology(m, to);
	print_costs(m, to);
	print_factors(m, to);
	print_idle_states(m, to);
	if (m->measured)
		print_measured(m->measured, to);
	fputs("\nmarks: E exact, E2 exact but quoted, A approximate, R remembered, M measured, U "
	      "unsourced\n",
		to);
	return ferror(to) ? -1 : 0;
}
