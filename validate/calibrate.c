/*
 * calibrate.c - running the probes, round by round
 */
#include "calibrate.h"
#include "bug.h"
#include "host.h"
#include <math.h>
#include <stdlib.h>

#define ROUNDS       4
#define QUICK_ROUNDS 2
#define MOST_TIMES   2    /* the time that was asked for */
#define QUICK        15.0 /* seconds: below them, fewer rounds */

/* What is asked of it are the distances; a machine without costs there is none. */
static struct sv_machine *host_machine(const char *hops, struct sv_diag *diag)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = open_memstream(&text, &bytes);
	struct sv_machine *machine = NULL;
	struct sv_doc *doc;

	SV_BUG_ON(!to);
	fputs("topology: this-host\n", to);
	if (hops)
		fprintf(to, "hops: %s\n", hops);
	fputs("costs:\n", to);
	for (enum sv_cost cost = 0; cost < SV_COSTS; cost++)
		fprintf(to, "  %s: 1ns\n", sv_cost_name(cost));
	SV_BUG_ON(fclose(to));
	doc = sv_doc_parse("this host", text, bytes, diag);
	if (doc)
		machine = sv_machine_new(sv_doc_root(doc), NULL, NULL, doc, diag);
	sv_doc_free(doc);
	free(text);
	return machine;
}

static double clock_cost(void)
{
	double least = 1e9;

	for (int i = 0; i < 1000; i++) {
		double start = sv_sample_clock(), ns = sv_sample_clock() - start;

		if (ns < least)
			least = ns;
	}
	return least;
}

static const char *const pair_costs[] = { "load.modified", "load.shared", "rmw",
	"occupancy.write" };

/* Between PUs that a thread cannot be bound to, nothing can be measured. */
static void explain_unbound(struct sv_calibration *c)
{
	char name[64];

	if (c->pus > 0)
		return;
	sv_probe_note(c,
		"threads cannot be bound to PUs here: nothing was measured between PUs, and "
		"what one thread does was measured wherever the kernel ran it");
	for (size_t i = 0; i < sizeof(pair_costs) / sizeof(pair_costs[0]); i++) {
		for (enum sv_distance d = SV_SMT; d < SV_DISTANCES; d++) {
			snprintf(name, sizeof(name), "%s.%s", pair_costs[i], sv_distance_name[d]);
			sv_probe_cannot(c, name, "threads cannot be bound to PUs");
		}
	}
	sv_probe_cannot(c, "retention", "threads cannot be bound to PUs");
}

/* What keeps this process from all that the host has. */
static void tell_limits(struct sv_calibration *c, int pus)
{
	int online = sv_host_cpus("/sys/devices/system/cpu/online");
	int present = sv_host_cpus("/sys/devices/system/cpu/present");
	double quota = sv_host_quota();

	if (online > pus)
		sv_probe_note(c, "this process may use %d of %d PUs; the others were not measured",
			pus, online);
	if (present > online && online > 0)
		sv_probe_note(c,
			"%d of %d PUs are offline, as when hyper-threading is switched off; they "
			"are not in "
			"the topology",
			present - online, present);
	if (quota > 0)
		sv_probe_note(c,
			"the control group may use the time of %.3g CPUs; when that is used up all "
			"threads "
			"stand still, which slices and wake-ups may show",
			quota);
}

struct sv_calibration *sv_calibration_new(const struct sv_calibrate_how *how, struct sv_diag *diag)
{
	char *hops = sv_calibration_hops();
	struct sv_machine *machine = host_machine(hops, diag);
	struct sv_calibration *c;
	int pus = sv_pinned_pus(diag);

	if (!machine || pus < 0) {
		sv_machine_free(machine);
		free(hops);
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	SV_BUG_ON(!c);
	c->machine = machine;
	c->hops = hops;
	c->pus = sv_pinned_may_bind() ? (unsigned)pus : 0;
	c->rounds = how->seconds < QUICK ? QUICK_ROUNDS : ROUNDS;
	c->quiet_ns = clock_cost();
	c->cancel = how->cancel;
	c->diag = diag;
	explain_unbound(c);
	tell_limits(c, pus);
	sv_probe_cannot(c, "cold-cache", "no probe measures it");
	return c;
}

void sv_calibration_free(struct sv_calibration *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->rows; i++) {
		sv_samples_fini(&c->row[i]->samples);
		free(c->row[i]->name);
		free(c->row[i]->method);
		free(c->row[i]);
	}
	for (size_t i = 0; i < c->reasons; i++) {
		free(c->reason[i].name);
		free(c->reason[i].why);
	}
	for (size_t i = 0; i < c->notes; i++)
		free(c->note[i]);
	for (size_t i = 0; i < (size_t)c->transfer_pus * c->transfer_pus; i++)
		sv_samples_fini(&c->transfer[i]);
	sv_samples_fini(&c->moment);
	free(c->row);
	free(c->reason);
	free(c->note);
	free(c->hops);
	free(c->transfer_pu);
	free(c->transfer);
	sv_machine_free(c->machine);
	free(c);
}

static size_t probes(void)
{
	size_t n = 0;

	while (sv_probes[n])
		n++;
	return n;
}

size_t sv_calibration_steps(const struct sv_calibration *c)
{
	return (size_t)c->rounds * probes();
}

void sv_calibration_settle(struct sv_calibration *c)
{
	double usual = sv_samples_summary(&c->moment).median;
	struct sv_samples other = { 0 };
	size_t discarded = 0;

	for (size_t i = 0; i < c->moment.n; i++)
		if (fmax(usual, c->moment.value[i]) >
			SV_PROBE_REGIME * fmin(usual, c->moment.value[i]))
			sv_samples_put(&other, c->moment.value[i], false);
	for (size_t i = 0; i < c->rows; i++)
		discarded += sv_samples_keep(&c->row[i]->samples, usual, SV_PROBE_REGIME);
	for (size_t i = 0; i < (size_t)c->transfer_pus * c->transfer_pus; i++)
		sv_samples_keep(&c->transfer[i], usual, SV_PROBE_REGIME);
	if (other.n > 0)
		sv_probe_note(c,
			"two regimes: a line took about %.0f ns from the first PU to the last at "
			"most times, "
			"but about %.0f ns at %.0f %% of them; %zu samples taken then were "
			"discarded",
			usual, sv_samples_summary(&other).median,
			100 * (double)other.n / (double)c->moment.n, discarded);
	sv_samples_fini(&other);
}

/* What is left of the time, shared among what is left to do: a probe that took longer than its
 * share delays nobody beyond the end. */
static int run_rounds(struct sv_calibration *c, const struct sv_calibrate_how *how)
{
	double start = sv_sample_clock(), end = start + 1e9 * how->seconds, all = 0, left;

	/* On a busy machine the first round may take longer than all of them should. */
	c->limit = start + MOST_TIMES * 1e9 * how->seconds;

	for (size_t i = 0; sv_probes[i]; i++)
		all += sv_probes[i]->weight;
	left = all * c->rounds;
	for (c->round = 0; c->round < c->rounds; c->round++) {
		for (size_t i = 0; sv_probes[i] && !sv_probe_is_over(c); i++) {
			const struct sv_probe *p = sv_probes[i];
			double rest = (end - sv_sample_clock()) / 1e9;

			/* In the first round each has its turn, however late it is. */
			if (rest <= 0 && c->round > 0)
				return 0;
			if (p->run(c, rest > 0 ? rest * p->weight / left : 0) < 0)
				return -1;
			left -= p->weight;
			if (how->step)
				how->step(how->arg, p);
		}
	}
	return 0;
}

int sv_calibration_run(struct sv_calibration *c, const struct sv_calibrate_how *how)
{
	int result = run_rounds(c, how);

	c->late = sv_sample_clock() > c->limit;
	if (c->late)
		sv_probe_note(c,
			"this machine is so busy that not everything was measured in twice the "
			"time that was asked for");
	sv_calibration_settle(c);
	for (size_t i = 0; sv_probes[i]; i++)
		if (sv_probes[i]->finish)
			sv_probes[i]->finish(c);
	return result;
}
