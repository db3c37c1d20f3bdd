/*
 * calibrate_write.c - what was found, as a machine profile in YAML
 *
 * A cost that was measured has its method as source. One that was not has the row of the
 * machine of defaults, with the reason, that machine's name and its source; its mark is
 * at best `A`: what was read exactly of another machine is an approximation of this one.
 */
#include "bug.h"
#include "calibrate.h"
#include "host.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Citations that were written, each by the id of its first row. */
struct sources {
	size_t n;
	char **text, **id;
};

struct writer {
	const struct sv_calibration *c;
	const struct sv_machine *defaults;
	struct sources sources;
	FILE *to;
};

static void put_quoted(const char *text, FILE *to)
{
	fputc('"', to);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', to);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, to);
	}
	fputc('"', to);
}

/* At most five digits, in the unit in which people think. */
static const char *time_text(double ns, char *buf, size_t size)
{
	if (ns < 1e4)
		snprintf(buf, size, "%.4gns", ns < 0 ? 0 : ns);
	else if (ns < 1e7)
		snprintf(buf, size, "%.5gus", ns / 1e3);
	else
		snprintf(buf, size, "%.5gms", ns / 1e6);
	return buf;
}

/* The id of a citation, which is the row's name when it is new; the texts come later. */
static const char *cite(struct sources *s, const char *row, const char *text)
{
	for (size_t i = 0; i < s->n; i++)
		if (!strcmp(s->text[i], text))
			return s->id[i];
	s->text = realloc(s->text, (s->n + 1) * sizeof(*s->text));
	s->id = realloc(s->id, (s->n + 1) * sizeof(*s->id));
	SV_BUG_ON(!s->text || !s->id);
	s->text[s->n] = strdup(text);
	s->id[s->n] = strdup(row);
	SV_BUG_ON(!s->text[s->n] || !s->id[s->n]);
	return s->id[s->n++];
}

static const struct sv_probe_row *find_row(const struct sv_calibration *c, const char *name)
{
	for (size_t i = 0; i < c->rows; i++)
		if (!strcmp(c->row[i]->name, name))
			return c->row[i];
	return NULL;
}

static void put_measured(struct writer *w, const struct sv_probe_row *row)
{
	struct sv_summary s = sv_samples_summary(&row->samples);
	char value[32], low[32], high[32];

	fprintf(w->to,
		"%s: {value: %s, low: %s, high: %s, source: %s, mark: M, samples: %zu, discarded: "
		"%.3g, quality: %s}\n",
		row->name, time_text(s.median, value, sizeof(value)),
		time_text(s.low, low, sizeof(low)), time_text(s.high, high, sizeof(high)),
		cite(&w->sources, row->name, row->method), s.kept,
		(double)s.discarded / (double)(s.kept + s.discarded), sv_quality_name[s.quality]);
}

static const char *reason(const struct sv_calibration *c, const char *name)
{
	const struct sv_probe_row *row = find_row(c, name);
	const char *why = sv_probe_reason(c, name);

	if (why)
		return why;
	if (row && row->samples.discarded > 0)
		return "all samples were disturbed";
	if (c->cancel && atomic_load(c->cancel))
		return "it was interrupted before";
	if (row || c->late)
		return "the time was over before";
	return "no probe measures it";
}

/* The same cost of the defaults, or else of the next distance there: outwards, then inwards. */
static const struct sv_cost_row *default_row(const struct sv_machine *m, enum sv_cost cost)
{
	int first = (int)cost - (int)cost % SV_COST_BY_DISTANCE;
	int last = first + SV_COST_BY_DISTANCE - 1, at;

	if (cost >= SV_COST_SINGLES_FIRST)
		return m->row[cost].mark ? &m->row[cost] : NULL;
	for (at = (int)cost; at <= last; at++)
		if (m->row[at].mark)
			return &m->row[at];
	for (at = (int)cost; at >= first; at--)
		if (m->row[at].mark)
			return &m->row[at];
	return NULL;
}

static const char *weaker(const char *mark)
{
	return !strcmp(mark, "R") || !strcmp(mark, "U") ? mark : "A";
}

static void put_default(struct writer *w, enum sv_cost cost)
{
	const char *name = sv_cost_name(cost);
	const struct sv_cost_row *row = default_row(w->defaults, cost);
	char value[32], low[32], high[32], *text;

	if (!row)
		return;
	SV_BUG_ON(asprintf(&text, "Not measured: %s. Taken from %s, %s: %s", reason(w->c, name),
			  w->defaults->name, row->name, row->source) < 0);
	fprintf(w->to, "  %s: {value: %s, low: %s, high: %s, source: %s, mark: %s}\n", name,
		time_text((double)row->value / SV_NS, value, sizeof(value)),
		time_text((double)row->low / SV_NS, low, sizeof(low)),
		time_text((double)row->high / SV_NS, high, sizeof(high)),
		cite(&w->sources, name, text), weaker(row->mark));
	free(text);
}

static bool occurs(const struct sv_machine *m, enum sv_cost cost)
{
	if (cost >= SV_COST_SINGLES_FIRST)
		return true;
	return memchr(m->distance, SV_SMT + (int)cost % SV_COST_BY_DISTANCE,
		       (size_t)m->pus * m->pus) != NULL;
}

static void put_costs(struct writer *w)
{
	fputs("costs:\n", w->to);
	for (enum sv_cost cost = 0; cost < SV_COSTS; cost++) {
		const struct sv_probe_row *row = find_row(w->c, sv_cost_name(cost));

		if (!occurs(w->c->machine, cost))
			continue;
		if (row && row->samples.n > 0) {
			fputs("  ", w->to);
			put_measured(w, row);
		} else {
			put_default(w, cost);
		}
	}
}

static double within(double factor, double most)
{
	return fmin(fmax(factor, 1), most);
}

/* Lines that are on their way at a time: how long one takes, by how long one of many takes. False
 * when neither was measured. */
static bool put_stores_ahead(struct writer *w)
{
	const double most = strtod(sv_factor_max(SV_FACTOR_STORES_AHEAD), NULL);

	for (int d = 0; d < SV_COST_BY_DISTANCE; d++) {
		const char *cost = sv_cost_name((enum sv_cost)(SV_COST_RMW + d));
		const struct sv_probe_row *one = find_row(w->c, cost), *many;
		struct sv_summary alone, burst;
		char name[64];

		snprintf(name, sizeof(name), "modified.store-fence%s", strchr(cost, '.'));
		many = find_row(w->c, name);
		if (!one || !many || one->samples.n == 0 || many->samples.n == 0)
			continue;
		alone = sv_samples_summary(&one->samples);
		burst = sv_samples_summary(&many->samples);
		fprintf(w->to, "  %s: {value: %.6g, low: %.6g, high: %.6g, source: %s, mark: M}\n",
			sv_factor_name(SV_FACTOR_STORES_AHEAD),
			within(alone.median / burst.median, most),
			within(alone.low / burst.high, most), within(alone.high / burst.low, most),
			cite(&w->sources, "stores.ahead",
				"rmw of the nearest cores by the figure modified.store-fence"));
		return true;
	}
	return false;
}

static void put_factors(struct writer *w)
{
	const struct sv_machine *m = w->defaults;

	fputs("\nfactors:\n", w->to);
	for (enum sv_factor f = 0; f < SV_FACTORS; f++) {
		const struct sv_factor_row *row = &m->factor_row[f];
		char *text;

		if ((f == SV_FACTOR_STORES_AHEAD && put_stores_ahead(w)) || !row->mark)
			continue;
		SV_BUG_ON(asprintf(&text, "Not measured: no probe measures it. Taken from %s: %s",
				  m->name, row->source) < 0);
		fprintf(w->to, "  %s: {value: %.6g, low: %.6g, high: %.6g, source: %s, mark: %s}\n",
			row->name, row->value, row->low, row->high,
			cite(&w->sources, row->name, text), weaker(row->mark));
		free(text);
	}
}

static void put_idle_states(struct writer *w)
{
	struct sv_host_idle state[SV_HOST_IDLE_STATES];
	size_t n = sv_host_idle_states("/sys/devices/system/cpu/cpu0/cpuidle", state);
	const char *id = n > 0 ? cite(&w->sources, "idle-states",
					 "What this host's kernel believes: cpuidle in /sys")
			       : "";

	fputs(n > 0 ? "\nidle-states:\n"
		    : "\n# The kernel's cpuidle has no states here.\nidle-states: []\n",
		w->to);
	for (size_t i = 0; i < n; i++)
		fprintf(w->to,
			"  - {name: %s, exit: %lluus, residency: %lluus, source: %s, mark: E}\n",
			state[i].name, state[i].exit_us, state[i].residency_us, id);
}

static void put_transfers(const struct sv_calibration *c, FILE *to)
{
	unsigned n = c->transfer_pus;

	if (n == 0)
		return;
	fputs("  transfers:\n    pus: [", to);
	for (unsigned i = 0; i < n; i++)
		fprintf(to, "%s%u", i ? ", " : "", c->transfer_pu[i]);
	fputs("]\n    matrix:\n", to);
	for (unsigned i = 0; i < n; i++) {
		fputs("      - [", to);
		for (unsigned k = 0; k < n; k++) {
			const struct sv_samples *s = &c->transfer[i < k ? i * n + k : k * n + i];
			double ns = s->n > 0 ? sv_samples_summary(s).median : 0;
			char text[32];

			fprintf(to, "%s%s", k ? ", " : "", time_text(ns, text, sizeof(text)));
		}
		fputs("]\n", to);
	}
}

static void put_block(struct writer *w, const char *host, const char *day)
{
	const struct sv_calibration *c = w->c;
	size_t figures = 0;

	fputs("\nmeasured:\n  host: ", w->to);
	put_quoted(host, w->to);
	fprintf(w->to, "\n  day: %s\n  notes:", day);
	fputs(c->notes ? "\n" : " []\n", w->to);
	for (size_t i = 0; i < c->notes; i++) {
		fputs("    - ", w->to);
		put_quoted(c->note[i], w->to);
		fputc('\n', w->to);
	}
	fputs("  figures:", w->to);
	for (size_t i = 0; i < c->rows; i++) {
		if (sv_cost_find(c->row[i]->name) >= 0 || c->row[i]->samples.n == 0)
			continue;
		fputs(figures++ ? "    " : "\n    ", w->to);
		put_measured(w, c->row[i]);
	}
	if (figures == 0)
		fputs(" {}\n", w->to);
	put_transfers(c, w->to);
}

static void put_sources(struct writer *w)
{
	fputs("\nsources:\n", w->to);
	for (size_t i = 0; i < w->sources.n; i++) {
		fprintf(w->to, "  %s: ", w->sources.id[i]);
		put_quoted(w->sources.text[i], w->to);
		fputc('\n', w->to);
		free(w->sources.id[i]);
		free(w->sources.text[i]);
	}
	free(w->sources.id);
	free(w->sources.text);
}

void sv_calibration_write(const struct sv_calibration *c, const char *topology,
	const struct sv_machine *defaults, FILE *to)
{
	struct writer w = { .c = c, .defaults = defaults, .to = to };
	char *host = sv_host_describe();
	char day[32];
	time_t now = time(NULL);
	struct tm tm;

	strftime(day, sizeof(day), "%Y-%m-%d", gmtime_r(&now, &tm));
	fputs("# Measured by simsvirt calibrate; docs/calibrate.md says how each row comes about.\n"
	      "machine: 1\ntitle: ",
		to);
	put_quoted(host, to);
	fputs("\ntopology: ", to);
	put_quoted(topology, to);
	if (c->hops)
		fprintf(to,
			"\n# By the latencies between NUMA nodes that the firmware tells.\nhops: "
			"%s",
			c->hops);
	fputs("\n\n", to);
	put_costs(&w);
	put_factors(&w);
	put_idle_states(&w);
	put_block(&w, host, day);
	put_sources(&w);
	free(host);
}
