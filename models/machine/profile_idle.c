/*
 * profile_idle.c - the idle states of a profile
 */
#include "bug.h"
#include "machine/profile.h"
#include <stdlib.h>
#include <string.h>

static const struct sv_option options[] = {
	{ "name", SV_STRING, offsetof(struct sv_profile_idle, name), .help = "such as C1E" },
	{ "exit", SV_TIME, offsetof(struct sv_profile_idle, exit), .min = "0ns", .max = "1s",
		.help = "latency of leaving it, added to a wake-up" },
	{ "residency", SV_TIME, offsetof(struct sv_profile_idle, residency), .min = "0ns",
		.max = "1s", .help = "shortest stay for which it is worth entering" },
	SV_PROFILE_CITATION(struct sv_profile_idle),
	{ 0 },
};

const struct sv_table sv_profile_idle_table =
	SV_TABLE("idle-state", struct sv_profile_idle, options);

static int check_state(const struct sv_profile_idle *state, size_t i, const struct sv_place *place,
	struct sv_diag *diag)
{
	const struct sv_profile_idle *s = &state[i];

	if (s->exit > s->residency)
		return sv_error(diag, place,
			"idle-states[%zu]: %s takes longer to leave than its residency", i,
			s->name);
	for (size_t k = 0; k < i; k++)
		if (!strcmp(state[k].name, s->name))
			return sv_error(
				diag, place, "idle-states[%zu]: a second state %s", i, s->name);
	if (i > 0 && (s->residency <= s[-1].residency || s->exit < s[-1].exit))
		return sv_error(diag, place,
			"idle-states[%zu]: %s is not deeper than %s before it: residency must "
			"rise, exit must not fall",
			i, s->name, s[-1].name);
	return 0;
}

int sv_profile_idle_states(
	const struct sv_layer *layer, struct sv_idle_state **state, struct sv_diag *diag)
{
	const struct sv_node *list = NULL;
	int failed = 0;

	while (layer && !(list = sv_node_get(layer->node, "idle-states")))
		layer = layer->base;
	if (!list)
		return 0;
	const struct sv_profile_idle *written = layer->profile.idle_states.item;
	size_t n = layer->profile.idle_states.n;
	struct sv_profile_rows rows = { .layer = layer, .doc = layer->doc, .diag = diag };

	*state = calloc(n + 1, sizeof(**state));
	SV_BUG_ON(!*state);
	for (size_t i = 0; i < n; i++) {
		const struct sv_profile_idle *s = &written[i];
		const char *source = sv_profile_cite(&rows, list->child[i], s->name, s->source);

		if (!source || check_state(written, i, &list->child[i]->place, diag) < 0)
			failed = -1;
		(*state)[i] = (struct sv_idle_state){ .name = s->name,
			.exit = s->exit,
			.residency = s->residency,
			.source = source,
			.mark = sv_profile_marks[s->mark] };
	}
	return failed ? failed : (int)n;
}
