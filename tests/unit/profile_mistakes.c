/*
 * profile_mistakes.c - what is said of a wrong machine, and where
 */
#include "run_suite.h"
#include "test_machine.h"

#define TOY "machine: {base: toy-4, "
static const struct mistake {
	const char *host, *place, *message;
} mistakes[] = {
	{ "machine: toy-5\n", ":1:10:", "no machine 'toy-5'; did you mean 'toy-4'?" },
	{ "machine: zzzzzzzz\n", ":1:10:", "`simsvirt list machines`" },
	{ "machine: this-host\n", ":1:10:", "{topology: this-host, base: NAME}" },
	{ "machine: ./none.yaml\n", ":1:10:", "no machine './none.yaml'" },
	{ "machine: [toy-4]\n", ":1:10:", "expected a mapping" },
	{ "machine:\n", ":1:", "has no value" },
	{ "machine: {base: toy-4, topolgy: x}\n", ":1:24:", "did you mean 'topology'?" },
	{ "machine: {base: toy-4, machine: 2}\n", ":1:33:", "is not 1" },
	{ "machine: {base: toy}\n", ":1:17:", "no machine 'toy'" },
	{ "machine: {title: x}\n", ":1:10:", "it has no topology" },
	{ TOY "topology: nonsense}\n", ":1:34:", "cannot read it as a synthetic topology" },
	{ TOY "topology: \"pu:5000\"}\n", ":1:34:", "more than 4096 PUs" },
	{ TOY "topology: none.xml}\n", ":1:34:", "it cannot be opened" },
	{ TOY "topology: bad.xml}\n", ":1:34:", "it is not an lstopo XML export" },
	{ TOY "hops: [[0, 1]]}\n", ":1:30:", "wanted are 2 rows" },
	{ TOY "hops: 1}\n", ":1:30:", "wanted are 2 rows" },
	{ TOY "hops: [[0, 1], [1]]}\n", ":1:39:", "hops[1]: wanted are 2 numbers" },
	{ TOY "hops: [[0, 4], [4, 0]]}\n", ":1:35:", "hops[0][1]: wanted is a number of 0 to 3" },
	{ TOY "hops: [[0, 0], [0, 0]]}\n", ":1:35:", "0 hops are from a package to itself" },
	{ TOY "hops: [[1, 1], [1, 0]]}\n", ":1:32:", "0 hops are from a package to itself" },
	{ TOY "hops: [[0, 1], [2, 0]]}\n", ":1:40:", "hops[1][0] differs from hops[0][1]" },
	{ TOY "costs: {load.modifed.l3: 1ns}}\n", ":1:32:", "did you mean 'load.modified.l3'?" },
	{ TOY "costs: {load: {modifed: {l3: 1ns}}}}\n", ":1:39:", "unknown cost 'load.modifed'" },
	{ TOY "costs: {load: 1ns}}\n", ":1:38:", "a mapping is wanted" },
	{ TOY "costs: 1ns}\n", ":1:31:", "a mapping is wanted" },
	{ TOY "costs: {pause: 4}}\n", ":1:39:", "pause" },
	{ TOY "costs: {pause: -4ns}}\n", ":1:39:", "pause" },
	{ TOY "costs: {pause: 2s}}\n", ":1:39:", "outside 0ns to 1s" },
	{ TOY "costs: {pause: {low: 1ns}}}\n", ":1:39:", "value" },
	{ TOY "costs: {pause: {value: 1ns, low: 2ns}}}\n", ":1:39:", "low <= value <= high" },
	{ TOY "costs: {pause: {value: 3ns, high: 2ns}}}\n", ":1:39:", "low <= value <= high" },
	{ TOY "costs: {pause: {value: 3ns, source: nil, mark: A}}}\n",
		":1:60:", "pause: no entry 'nil' in sources" },
	{ TOY "costs: {pause: {value: 3ns, source: toy}}}\n", ":1:39:", "go together" },
	{ TOY "costs: {pause: {value: 3ns, mark: A}}}\n", ":1:39:", "go together" },
	{ TOY "costs: {pause: {value: 3ns, source: toy, mark: X}}}\n", ":1:71:", "mark" },
	{ TOY "costs: {load.shared.l3: 1ns, load: {shared: {l3: 2ns}}}}\n",
		":1:73:", "cost 'load.shared.l3' is given twice" },
	{ TOY "factors: {smt.troughput: 1}}\n",
		":1:34:", "unknown factor 'smt.troughput'; did you mean 'smt.throughput'?" },
	{ TOY "factors: {smt: {throughput: 1.5}}}\n", ":1:52:", "smt.throughput" },
	{ TOY "factors: {smt.throughput: 1.5}}\n", ":1:50:", "outside 0.1 to 1" },
	{ TOY "factors: {smt.throughput: 0}}\n", ":1:50:", "outside 0.1 to 1" },
	{ TOY "factors: {nested-paging: 0.9}}\n", ":1:49:", "outside 1 to 10" },
	{ TOY "factors: {nested-paging: {value: 1.1, low: 0.9}}}\n",
		":1:67:", "nested-paging: 0.9 is outside 1 to 10" },
	{ TOY "factors: {nested-paging: {value: 1.1, high: 11}}}\n", ":1:68:", "outside 1 to 10" },
	{ TOY "factors: {nested-paging: {value: 11, high: 11}}}\n", ":1:57:", "outside 1 to 10" },
	{ TOY "factors: {nested-paging: {value: 1.1, high: 1.05}}}\n",
		":1:49:", "nested-paging: low <= value <= high" },
	{ TOY "factors: {nested-paging: {low: 1.1}}}\n", ":1:49:", "value" },
	{ TOY "factors: {nested-paging: 5ns}}\n", ":1:49:", "nested-paging" },
	{ TOY "factors: {nested-paging: {value: 2, source: nil, mark: A}}}\n",
		":1:68:", "nested-paging: no entry 'nil' in sources" },
	{ TOY "factors: {nested-paging: {value: 2, mark: A}}}\n", ":1:49:", "go together" },
	{ TOY "factors: {smt.throughput: 1, smt: {throughput: 1}}}\n",
		":1:71:", "factor 'smt.throughput' is given twice" },
	{ TOY "factors: [1]}\n", ":1:33:", "factors: a mapping is wanted" },
	{ TOY "factors: {smt: 1}}\n", ":1:39:", "factors.smt: a mapping is wanted" },
	{ TOY "idle-states: {C1: 2us}}\n", ":1:37:", "idle-states" },
	{ TOY "idle-states: [C1]}\n", ":1:38:", "expected a mapping" },
	{ TOY "idle-states: [{name: C1, exit: 2us}]}\n", ":1:38:", "residency" },
	{ TOY "idle-states: [{name: C1, exit: 2, residency: 3us}]}\n", ":1:55:", "exit" },
	{ TOY "idle-states: [{name: C1, exit: 2s, residency: 3s}]}\n",
		":1:55:", "outside 0ns to 1s" },
	{ TOY "idle-states: [{name: C1, exit: 4us, residency: 3us}]}\n",
		":1:38:", "idle-states[0]: C1 takes longer to leave than its residency" },
	{ TOY "idle-states: [{name: A, exit: 2us, residency: 9us},"
	      " {name: B, exit: 3us, residency: 9us}]}\n",
		":1:76:", "idle-states[1]: B is not deeper than A before it" },
	{ TOY "idle-states: [{name: A, exit: 2us, residency: 8us},"
	      " {name: B, exit: 1us, residency: 9us}]}\n",
		":1:76:", "idle-states[1]: B is not deeper than A before it" },
	{ TOY "idle-states: [{name: A, exit: 2us, residency: 8us},"
	      " {name: A, exit: 3us, residency: 9us}]}\n",
		":1:76:", "idle-states[1]: a second state A" },
	{ TOY "idle-states: [{name: A, exit: 2us, residency: 3us, source: nil, mark: A}]}\n",
		":1:83:", "A: no entry 'nil' in sources" },
	{ TOY "idle-states: [{name: A, exit: 2us, residency: 3us, mark: A}]}\n",
		":1:38:", "A: source and mark go together" },
	{ TOY "costs: {pause: {value: 1ns, samples: -1}}}\n", ":1:61:", "samples: -1 is below 0" },
	{ TOY "costs: {pause: {value: 1ns, discarded: 2}}}\n", ":1:63:", "outside 0 to 1" },
	{ TOY "costs: {pause: {value: 1ns, quality: stabel}}}\n", ":1:61:", "'stable'" },
	{ TOY "measured: {hosts: x}}\n", ":1:35:", "did you mean 'host'?" },
	{ TOY "measured: {notes: x}}\n", ":1:42:", "expected a list" },
	{ TOY "measured: {figures: [x]}}\n", ":1:44:", "measured.figures: a mapping is wanted" },
	{ TOY "measured: {figures: {slice: 4}}}\n", ":1:52:", "slice" },
	{ TOY "measured: {figures: {slice: {value: 4ms, low: 5ms}}}}\n",
		":1:52:", "slice: low <= value <= high" },
	{ TOY "measured: {figures: {slice: {value: 4ms, source: nil, mark: M}}}}\n",
		":1:73:", "slice: no entry 'nil' in sources" },
	{ TOY "measured: {transfers: {pus: [0, 4], matrix: []}}}\n",
		":1:56:", "there is no PU 4: the topology has 4" },
	{ TOY "measured: {transfers: {pus: [0, 1]}}}\n", ":1:10:", "wanted are 2 rows" },
	{ TOY "measured: {transfers: {pus: [0], matrix: [[1ns, 2ns]]}}}\n",
		":1:66:", "matrix[0]: wanted are 1 times" },
	{ TOY "measured: {transfers: {pus: [0], matrix: [[1]]}}}\n", ":1:67:", "unit" },
	{ TOY "sources: [a]}\n", ":1:33:", "sources: a mapping is wanted" },
	{ TOY "sources: {a: [b]}}\n", ":1:37:", "sources.a: a citation is one text" },
	/* The optional ones are not among them. */
	{ "machine: {topology: \"pu:1\", costs: {pause: 1ns}}\n",
		":1:10:", "lacks 12 costs that its topology needs: hit.load, hit.store, " },
	{ "machine: {base: westmere-ex-80, topology: \"package:2 [numa] l3:2 core:2 pu:1\"}\n",
		":1:10:",
		"lacks 5 costs that its topology needs: load.modified.package, "
		"load.shared.package, rmw.package" },
	{ "machine: toy-4\ncosts: {puase: 1ns}\n", ":2:9:", "did you mean 'pause'?" },
	{ "machine: ./self.yaml\n", "self.yaml:1:7:", "its own base" },
	{ "machine: ./ping.yaml\n", "pong.yaml:1:7:", "its own base" },
	{ "machine: ./broken.yaml\n", "/broken.yaml:2:1:", "not YAML" },
	{ "machine: ./far.yaml\n", "far.yaml:2:10:", "unknown cost 'nothing'" },
};

START_TEST(a_mistake_is_named_with_its_place)
{
	const struct mistake *x = &mistakes[_i];

	put_file("bad.xml", "nonsense");
	put_file("self.yaml", "base: ./self.yaml\n");
	put_file("ping.yaml", "base: ./pong.yaml\n");
	put_file("pong.yaml", "base: ./ping.yaml\n");
	put_file("broken.yaml", "[[[[\n");
	put_file("far.yaml", "base: toy-4\ncosts: { nothing: 1ns }\n");
	ck_assert_ptr_null(make(x->host));
	ck_assert_msg(strstr(messages, x->message), "%s\nprinted: %s", x->host, messages);
	ck_assert_msg(strstr(messages, x->place), "%s\nprinted: %s", x->host, messages);
}
END_TEST

START_TEST(all_mistakes_are_reported_at_once)
{
	ck_assert_ptr_null(make(TOY "topology: nonsense, costs: {a: 1ns, pause: 3, fence: 2s}, "
				    "factors: {b: 1, nested-paging: 0}, idle-states: "
				    "[{name: X, exit: 2us, residency: 1us}]}\n"));
	ck_assert_ptr_nonnull(strstr(messages, "unknown cost 'a'"));
	ck_assert_ptr_nonnull(strstr(messages, "pause"));
	ck_assert_ptr_nonnull(strstr(messages, "fence"));
	ck_assert_ptr_nonnull(strstr(messages, "nonsense"));
	ck_assert_ptr_nonnull(strstr(messages, "unknown factor 'b'"));
	ck_assert_ptr_nonnull(strstr(messages, "nested-paging: 0 is outside"));
	ck_assert_ptr_nonnull(strstr(messages, "X takes longer to leave"));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("profile_mistakes");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, a_mistake_is_named_with_its_place, 0,
		(int)(sizeof(mistakes) / sizeof(mistakes[0])));
	tcase_add_test(tc, all_mistakes_are_reported_at_once);
	return run_case("profile_mistakes", tc);
}
