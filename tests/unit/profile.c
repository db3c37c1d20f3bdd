/*
 * profile.c - machines from profiles: the shipped ones, inline ones, bases
 */
#include "run_suite.h"
#include "test_machine.h"

/* Where a figure comes from, in a profile that ships. */
static void check_origin(const char *machine, const char *row, const char *source, const char *mark)
{
	ck_assert_msg(strlen(source) > 20 && !strstr(source, ".yaml:"), "%s: %s has no source",
		machine, row);
	/* Only a machine that nobody could measure may have unsourced costs. */
	ck_assert_msg(strcmp(mark, "U") || !strcmp(machine, "toy-4"), "%s: %s", machine, row);
}

static void check_costs(const struct sv_machine *m)
{
	for (int c = 0; c < SV_COSTS; c++) {
		const struct sv_cost_row *row = &m->row[c];
		ck_assert_int_eq(m->cost[c], row->mark ? row->value : -1);
		/* A profile that ships serves every mode. */
		ck_assert(row->mark || c < SV_COST_OPTIONALS_FIRST);
		if (!row->mark)
			continue;
		ck_assert_str_eq(row->name, sv_cost_name((enum sv_cost)c));
		ck_assert_int_ge(row->value, row->low);
		ck_assert_int_le(row->value, row->high);
		check_origin(m->name, row->name, row->source, row->mark);
		/* What nobody looked up has room for error. */
		if (!strcmp(row->mark, "R"))
			ck_assert_int_ge(row->high - row->low, row->value / 10);
	}
}

static void check_factors_and_idle_states(const struct sv_machine *m)
{
	for (int f = 0; f < SV_FACTORS; f++) {
		const struct sv_factor_row *row = &m->factor_row[f];

		/* Of published machines nobody has told it. */
		if (f == SV_FACTOR_STORES_AHEAD && !row->mark)
			continue;
		ck_assert_ptr_nonnull(row->mark);
		ck_assert_str_eq(row->name, sv_factor_name((enum sv_factor)f));
		ck_assert_double_eq(m->factor[f], row->value);
		ck_assert(row->low <= row->value && row->value <= row->high);
		check_origin(m->name, row->name, row->source, row->mark);
		if (!strcmp(row->mark, "R"))
			ck_assert(row->low < row->high);
	}
	ck_assert_uint_ge(m->idle_states, 2);
	for (unsigned i = 0; i < m->idle_states; i++) {
		const struct sv_idle_state *s = &m->idle_state[i];
		ck_assert_int_le(s->exit, s->residency);
		ck_assert(i == 0 || s->residency > s[-1].residency);
		check_origin(m->name, s->name, s->source, s->mark);
	}
}

static void check_profile(void *arg, const char *name, const char *title, const char *path)
{
	char host[128];
	int *count = arg;

	++*count;
	ck_assert_ptr_nonnull(strstr(path, name));
	ck_assert_str_ne(title, "");
	snprintf(host, sizeof(host), "machine: %s\n", name);
	struct sv_machine *m = make_well(host);
	ck_assert_str_eq(m->name, name);
	ck_assert_str_eq(m->title, title);
	check_costs(m);
	check_factors_and_idle_states(m);
	sv_machine_free(m);
}

START_TEST(every_profile_loads_and_every_cost_has_a_source)
{
	int count = 0;

	ck_assert_int_eq(sv_machine_list(check_profile, &count), 0);
	ck_assert_int_ge(count, 5);
}
END_TEST

static const struct pair {
	const char *machine;
	unsigned a, b;
	enum sv_distance distance;
} pairs[] = {
	{ "toy-4", 0, 0, SV_SAME_PU },
	{ "toy-4", 0, 1, SV_L3 },
	{ "toy-4", 1, 2, SV_HOP1 },
	{ "westmere-ex-80", 0, 9, SV_L3 },
	{ "westmere-ex-80", 9, 10, SV_HOP1 },
	{ "westmere-ex-80", 0, 45, SV_HOP1 },
	{ "westmere-ex-80", 0, 79, SV_HOP2 },
	{ "westmere-ex-80", 45, 79, SV_HOP1 },
	{ "ivybridge-ex-120", 0, 14, SV_L3 },
	{ "ivybridge-ex-120", 0, 15, SV_HOP1 },
	{ "ivybridge-ex-120", 0, 45, SV_HOP2 },
	{ "epyc-7742-2s", 0, 3, SV_L3 },
	{ "epyc-7742-2s", 3, 4, SV_PACKAGE },
	{ "epyc-7742-2s", 0, 63, SV_PACKAGE },
	{ "epyc-7742-2s", 63, 64, SV_HOP1 },
	{ "xeon-8275cl-2s", 0, 1, SV_SMT },
	{ "xeon-8275cl-2s", 1, 2, SV_L3 },
	{ "xeon-8275cl-2s", 47, 48, SV_HOP1 },
	{ "{base: toy-4, topology: \"package:2 l3:2 l2:2 core:2 pu:2\"}", 0, 1, SV_SMT },
	{ "{base: toy-4, topology: \"package:2 l3:2 l2:2 core:2 pu:2\"}", 0, 2, SV_L2 },
	{ "{base: toy-4, topology: \"package:2 l3:2 l2:2 core:2 pu:2\"}", 0, 4, SV_L3 },
	{ "{base: toy-4, topology: \"package:2 l3:2 l2:2 core:2 pu:2\"}", 0, 8, SV_PACKAGE },
	{ "{base: toy-4, topology: \"package:2 l3:2 l2:2 core:2 pu:2\"}", 0, 16, SV_HOP1 },
	{ "{base: toy-4, topology: \"package:2 pu:1\", hops: [[0, 3], [3, 0]]}", 0, 1, SV_HOP3 },
	{ "{base: toy-4, topology: \"package:2 core:2 pu:1\"}", 0, 1, SV_L3 },
};

START_TEST(the_distance_of_two_pus_is_their_nearest_meeting_place)
{
	const struct pair *p = &pairs[_i];
	char host[160];

	snprintf(host, sizeof(host), "machine: %s\n", p->machine);
	struct sv_machine *m = make_well(host);
	ck_assert_uint_eq(sv_machine_distance(m, p->a, p->b), p->distance);
	ck_assert_uint_eq(sv_machine_distance(m, p->b, p->a), p->distance);
	sv_machine_free(m);
}
END_TEST

START_TEST(eight_sockets_are_at_most_two_hops_apart)
{
	struct sv_machine *m = make_well("machine: westmere-ex-80\n");

	ck_assert_uint_eq(m->pus, 80);
	ck_assert_uint_eq(m->packages, 8);
	ck_assert_uint_eq(m->numa_nodes, 8);
	ck_assert_uint_eq(m->llcs, 8);
	for (unsigned i = 0; i < 8; i++) {
		unsigned at[4] = { 0 };
		for (unsigned k = 0; k < 8; k++) {
			unsigned way = 9;
			at[m->hops[i * 8 + k]]++;
			/* The matrix is the shortest way over its own links. */
			for (unsigned via = 0; via < 8; via++)
				if (m->hops[i * 8 + via] == 1 && m->hops[via * 8 + k] < way)
					way = m->hops[via * 8 + k] + 1u;
			ck_assert_uint_eq(m->hops[i * 8 + k], i == k ? 0 : way);
		}
		ck_assert_uint_eq(at[1], 3);
		ck_assert_uint_eq(at[2], 4);
	}
	sv_machine_free(m);
}
END_TEST

START_TEST(an_override_replaces_a_cost_and_names_its_line)
{
	struct sv_machine *m =
		make_well("machine: toy-4\n"
			  "costs:\n"
			  "  pause: 7ns\n"
			  "  load: {modified: {l3: 11ns, hop1: {value: 90ns, high: 95ns}}}\n");

	ck_assert_int_eq(m->cost[SV_COST_PAUSE], 7 * SV_NS);
	ck_assert_str_eq(m->row[SV_COST_PAUSE].mark, "U");
	ck_assert_ptr_nonnull(strstr(m->row[SV_COST_PAUSE].source, "scenario.yaml:3"));
	int l3 = sv_cost_find("load.modified.l3"), hop1 = sv_cost_find("load.modified.hop1");
	ck_assert_int_eq(m->cost[l3], 11 * SV_NS);
	ck_assert_int_eq(m->row[hop1].low, 90 * SV_NS);
	ck_assert_int_eq(m->row[hop1].high, 95 * SV_NS);
	ck_assert_int_eq(m->cost[SV_COST_FENCE], 3 * SV_NS);
	sv_machine_free(m);
}
END_TEST

START_TEST(a_base_supplies_what_a_profile_leaves_out)
{
	put_file("mine.yaml", "title: Mine\nbase: other\nsources: {a: \"First source of all\"}\n"
			      "costs:\n  fence: {value: 8ns, source: a, mark: M}\n"
			      "  pause: {value: 9ns, low: 8ns, source: b, mark: A}\n");
	put_file("other.yaml", "base: toy-4\ntopology: \"package:3 [numa] core:1 pu:1\"\n"
			       "hops: [[0, 1, 2], [1, 0, 1], [2, 1, 0]]\n"
			       "sources: {b: \"Second source of all\"}\n");
	struct sv_machine *m = make_well("machine: ./mine.yaml\n");
	ck_assert_str_eq(m->name, "mine");
	ck_assert_str_eq(m->title, "Mine");
	ck_assert_uint_eq(m->pus, 3);
	ck_assert_uint_eq(sv_machine_distance(m, 0, 2), SV_HOP2);
	ck_assert_int_eq(m->cost[SV_COST_FENCE], 8 * SV_NS);
	ck_assert_str_eq(m->row[SV_COST_FENCE].source, "First source of all");
	ck_assert_str_eq(m->row[SV_COST_PAUSE].source, "Second source of all");
	ck_assert_int_eq(m->cost[SV_COST_HIT_RMW], 5 * SV_NS);
	sv_machine_free(m);
}
END_TEST

START_TEST(another_topology_does_not_inherit_hops)
{
	struct sv_machine *m = make_well("machine: {base: westmere-ex-80, topology: \"package:8 "
					 "[numa] l3:1 core:2 pu:2\"}\n");

	ck_assert_uint_eq(sv_machine_distance(m, 0, 31), SV_HOP1);
	sv_machine_free(m);
}
END_TEST

START_TEST(an_xml_export_stands_beside_the_file_that_names_it)
{
	char command[256];

	snprintf(command, sizeof(command),
		"command -v lstopo-no-graphics >/dev/null || exit 77; lstopo-no-graphics "
		"-i 'package:2 [numa] l3:1 core:2 pu:1' --of xml > %s/host.xml",
		directory);
	if (system(command) != 0)
		return;
	struct sv_machine *m = make_well("machine: {base: toy-4, topology: host.xml}\n");
	struct sv_machine *toy = make_well("machine: toy-4\n");
	ck_assert_uint_eq(m->pus, toy->pus);
	ck_assert_mem_eq(m->distance, toy->distance, 16);
	ck_assert_mem_eq(m->node_of, toy->node_of, 4 * sizeof(*m->node_of));
	sv_machine_free(toy);
	sv_machine_free(m);
}
END_TEST

START_TEST(this_host_takes_the_costs_of_its_base)
{
	struct sv_machine *m = make_well("machine: {base: toy-4, topology: this-host}\n");

	ck_assert_uint_ge(m->pus, 1);
	ck_assert_int_eq(m->cost[SV_COST_PAUSE], 4 * SV_NS);
	sv_machine_free(m);
}
END_TEST

START_TEST(a_set_after_the_file_wins_over_the_other_spelling)
{
	struct sv_diag *diag = sv_diag_new();
	static const char text[] =
		"machine: toy-4\ncosts: {load.shared.l3: 1ns, load: {shared: {}}}\n";
	static const char set[] = "{load: {shared: {l3: 2ns}}}";
	struct sv_doc *doc = sv_doc_parse("a.yaml", text, strlen(text), diag);
	struct sv_doc *later = sv_doc_parse("--set x", set, strlen(set), diag);
	const struct sv_node *costs = sv_node_get(sv_doc_root(doc), "costs");
	const struct sv_node *child[] = { costs->child[0], sv_doc_root(later)->child[0] };
	struct sv_node both = *costs;

	both.child = child;
	struct sv_machine *m =
		sv_machine_new(sv_node_get(sv_doc_root(doc), "machine"), &both, NULL, doc, diag);
	take_messages(diag);
	ck_assert_str_eq(messages, "");
	ck_assert_int_eq(m->cost[sv_cost_find("load.shared.l3")], 2 * SV_NS);
	sv_machine_free(m);
	sv_doc_free(later);
	sv_doc_free(doc);
}
END_TEST

START_TEST(a_machine_outlives_what_it_was_read_from)
{
	struct sv_machine *m = make_well("machine: {base: toy-4, title: Kept}\n");

	memset(messages, 0, sizeof(messages)); /* make() has freed the documents */
	ck_assert_str_eq(m->title, "Kept");
	ck_assert_ptr_nonnull(strstr(m->name, "scenario.yaml"));
	ck_assert_ptr_nonnull(strstr(m->row[SV_COST_PAUSE].source, "Invented"));
	sv_machine_free(m);
}
END_TEST

START_TEST(printing_shows_topology_hops_and_every_cost)
{
	struct sv_machine *m = make_well("machine: westmere-ex-80\n");
	char *text = NULL;
	size_t text_bytes;
	FILE *to = open_memstream(&text, &text_bytes);

	ck_assert_int_eq(sv_machine_print(m, to), 0);
	fclose(to);
	ck_assert_ptr_nonnull(
		strstr(text, "packages 8, NUMA nodes 8, last-level caches 8, cores 80, PUs 80"));
	ck_assert_ptr_nonnull(strstr(text, "hops      0 1 1 2 1 2 2 2\n"));
	ck_assert_ptr_nonnull(strstr(text, "136 ns  129 ns .. 143 ns"));
	for (int c = 0; c < SV_COSTS; c++)
		ck_assert_int_eq(m->cost[c] >= 0, strstr(text, sv_cost_name(c)) != NULL);
	free(text);
	sv_machine_free(m);
}
END_TEST

START_TEST(a_directory_that_is_not_there_has_no_machines)
{
	int count = 0;

	setenv("SIMSVIRT_MACHINES", "/nowhere", 1);
	ck_assert_int_eq(sv_machine_list(check_profile, &count), -1);
	ck_assert_int_eq(count, 0);
	ck_assert_ptr_null(make("machine: toy-4\n"));
	unsetenv("SIMSVIRT_MACHINES");
	ck_assert_str_eq(sv_machine_directory(), MACHINES);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("profile");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, every_profile_loads_and_every_cost_has_a_source);
	tcase_add_loop_test(tc, the_distance_of_two_pus_is_their_nearest_meeting_place, 0,
		(int)(sizeof(pairs) / sizeof(pairs[0])));
	tcase_add_test(tc, eight_sockets_are_at_most_two_hops_apart);
	tcase_add_test(tc, an_override_replaces_a_cost_and_names_its_line);
	tcase_add_test(tc, a_base_supplies_what_a_profile_leaves_out);
	tcase_add_test(tc, another_topology_does_not_inherit_hops);
	tcase_add_test(tc, an_xml_export_stands_beside_the_file_that_names_it);
	tcase_add_test(tc, this_host_takes_the_costs_of_its_base);
	tcase_add_test(tc, a_set_after_the_file_wins_over_the_other_spelling);
	tcase_add_test(tc, a_machine_outlives_what_it_was_read_from);
	tcase_add_test(tc, printing_shows_topology_hops_and_every_cost);
	tcase_add_test(tc, a_directory_that_is_not_there_has_no_machines);
	return run_case("profile", tc);
}
