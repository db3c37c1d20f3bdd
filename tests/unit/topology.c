/*
 * topology.c - reading hwloc topologies, sound and broken
 */
#include "machine/topology.h"
#include "run_suite.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct sv_topology got, other;

static const char *const shapes[] = {
	"package:8 [numa] l3:1 core:10 pu:1",
	"package:2 [numa] l3:16 core:4 pu:1",
	"package:2 [numa] l3:1 core:24 pu:2",
	"package:2 l3:2 l2:2 core:2 pu:2",
	"numa:2 package:2 core:3 pu:1",
	"package:3 [numa] [numa] core:2 pu:2",
	"core:4 pu:2",
	"pu:5",
	"2 3 4",
};

START_TEST(pus_are_numbered_by_core_cache_package_and_node)
{
	ck_assert_ptr_null(sv_topology_synthetic(&got, "package:2 [numa] l3:2 l2:2 core:2 pu:2"));
	ck_assert_uint_eq(got.pus, 32);
	ck_assert_uint_eq(got.cores, 16);
	ck_assert_uint_eq(got.l2s, 8);
	ck_assert_uint_eq(got.llcs, 4);
	ck_assert_uint_eq(got.packages, 2);
	ck_assert_uint_eq(got.nodes, 2);
	for (unsigned i = 0; i < 32; i++) {
		ck_assert_uint_eq(got.core_of[i], i / 2);
		ck_assert_uint_eq(got.l2_of[i], i / 4);
		ck_assert_uint_eq(got.llc_of[i], i / 8);
		ck_assert_uint_eq(got.package_of[i], i / 16);
		ck_assert_uint_eq(got.node_of[i], i / 16);
	}
	ck_assert_uint_eq(got.node_package[0], 0);
	ck_assert_uint_eq(got.node_package[1], 1);
}
END_TEST

START_TEST(without_numa_all_packages_share_one_node)
{
	ck_assert_ptr_null(sv_topology_synthetic(&got, "package:2 l3:1 core:2 pu:1"));
	ck_assert_uint_eq(got.nodes, 1);
	ck_assert_uint_eq(got.node_of[3], 0);
	ck_assert_uint_eq(got.node_package[0], UINT16_MAX);
}
END_TEST

START_TEST(a_package_with_two_nodes_uses_the_first)
{
	ck_assert_ptr_null(sv_topology_synthetic(&got, "package:2 [numa] [numa] core:2 pu:1"));
	ck_assert_uint_eq(got.nodes, 4);
	ck_assert_uint_eq(got.node_of[0], 0);
	ck_assert_uint_eq(got.node_of[2], 2);
	ck_assert_uint_eq(got.node_package[1], 0);
	ck_assert_uint_eq(got.node_package[3], 1);
}
END_TEST

START_TEST(without_packages_the_machine_is_one)
{
	ck_assert_ptr_null(sv_topology_synthetic(&got, "core:4 pu:2"));
	ck_assert_uint_eq(got.packages, 1);
	ck_assert_uint_eq(got.cores, 4);
	ck_assert_uint_eq(got.llcs, 1);
	ck_assert_ptr_null(sv_topology_synthetic(&got, "pu:5"));
	ck_assert_uint_eq(got.cores, 5);
}
END_TEST

/* Cores that share nothing but an L1-less package are near; private caches keep them apart. */
START_TEST(cores_without_any_cache_count_as_sharing_one)
{
	ck_assert_ptr_null(sv_topology_synthetic(&got, "package:2 core:4 pu:1"));
	ck_assert_uint_eq(got.llcs, 2);
	ck_assert_ptr_null(sv_topology_synthetic(&got, "package:2 l2:4 core:1 pu:1"));
	ck_assert_uint_eq(got.llcs, 8);
}
END_TEST

static char *export(const char *shape, int *xml_bytes)
{
	hwloc_topology_t hwloc;
	char *xml, *copy;

	ck_assert_int_eq(hwloc_topology_init(&hwloc), 0);
	ck_assert_int_eq(hwloc_topology_set_synthetic(hwloc, shape), 0);
	ck_assert_int_eq(hwloc_topology_load(hwloc), 0);
	ck_assert_int_eq(hwloc_topology_export_xmlbuffer(hwloc, &xml, xml_bytes, 0), 0);
	--*xml_bytes; /* its final zero */
	copy = strdup(xml);
	hwloc_free_xmlbuffer(hwloc, xml);
	hwloc_topology_destroy(hwloc);
	return copy;
}

static const char *import(struct sv_topology *t, const char *xml, int xml_bytes)
{
	char path[] = "/tmp/simsvirt-topology-XXXXXX";
	int fd = mkstemp(path);
	const char *wrong;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, xml, (size_t)xml_bytes), xml_bytes);
	close(fd);
	wrong = sv_topology_xml(t, path);
	unlink(path);
	return wrong;
}

START_TEST(an_xml_export_gives_the_same_tables)
{
	int xml_bytes;
	char *xml = export(shapes[_i], &xml_bytes);

	ck_assert_ptr_null(sv_topology_synthetic(&got, shapes[_i]));
	ck_assert_ptr_null(import(&other, xml, xml_bytes));
	ck_assert_mem_eq(&got, &other, sizeof(got));
	free(xml);
}
END_TEST

/* Known to kill hwloc 2.9.0 in about every fourteenth case. */
START_TEST(a_damaged_xml_export_neither_crashes_nor_prints)
{
	int xml_bytes, out[2], saved = dup(STDERR_FILENO);
	char *xml = export("package:2 [numa] l3:2 core:2 pu:2", &xml_bytes);
	char *damaged = malloc((size_t)xml_bytes + 1), printed[16];
	unsigned random = 1;
	int read_well = 0, refused = 0;

	ck_assert_int_eq(pipe(out), 0);
	dup2(out[1], STDERR_FILENO);
	for (int i = 0; i < 150; i++) {
		memcpy(damaged, xml, (size_t)xml_bytes + 1);
		for (int k = 0; k < 4; k++) {
			random = random * 1103515245u + 12345u;
			damaged[(random >> 8) % (unsigned)xml_bytes] =
				"<>\"/=0123456789"[(random >> 4) % 15];
		}
		if (import(&got, damaged, xml_bytes))
			refused++;
		else
			read_well++;
	}
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(out[1]);
	ck_assert_int_eq(read(out[0], printed, sizeof(printed)), 0);
	close(out[0]);
	ck_assert_int_gt(refused, 0);
	ck_assert_int_gt(read_well, 0);
	free(damaged);
	free(xml);
}
END_TEST

START_TEST(what_is_no_topology_is_refused)
{
	static const char *const texts[] = { "", " ", "nonsense", "package:two", "package:0 pu:1",
		"package:2 [numa", "package:2)", "pu:-1", "package", "package:2:2 pu:1",
		"package:2 pu:1 core:2", "[numa]", ":::", "\x80\xff", "]] pu:5000" };

	ck_assert_ptr_nonnull(sv_topology_synthetic(&got, texts[_i]));
}
END_TEST

START_TEST(more_than_4096_pus_are_refused_before_hwloc_builds_them)
{
	static const char *const texts[] = { "pu:4097", "package:1000000 core:1000000 pu:1000000",
		"package:64 [numa] core:65 pu:1", "99999999999999999999", "0x2000" };

	ck_assert_str_eq(sv_topology_synthetic(&got, texts[_i]), "it has more than 4096 PUs");
	ck_assert_ptr_null(sv_topology_synthetic(&got, "package:64 core:64 pu:1"));
	ck_assert_uint_eq(got.pus, 4096);
}
END_TEST

START_TEST(what_is_no_xml_export_is_refused)
{
	char directory[] = "/tmp/simsvirt-topology-XXXXXX", path[64];

	ck_assert_str_eq(sv_topology_xml(&got, "/nowhere/x.xml"), "it cannot be opened");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_str_eq(sv_topology_xml(&got, directory), "it is not a regular file");
	snprintf(path, sizeof(path), "%s/pipe.xml", directory);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_str_eq(sv_topology_xml(&got, path), "it is not a regular file");
	unlink(path);
	FILE *large = fopen(path, "w");
	ck_assert_int_eq(ftruncate(fileno(large), (16 << 20) + 1), 0);
	fclose(large);
	ck_assert_str_eq(sv_topology_xml(&got, path), "it is larger than 16 MiB");
	unlink(path);
	rmdir(directory);
	ck_assert_str_eq(import(&got, "", 0), "it is not an lstopo XML export");
	ck_assert_str_eq(import(&got, "<a/>", 4), "it is not an lstopo XML export");
	ck_assert_ptr_nonnull(import(&got, "<topology", 9));
	ck_assert_ptr_nonnull(import(&got, "<topology></topology>", 21));
}
END_TEST

START_TEST(deeply_nested_xml_is_refused)
{
	enum { DEPTH = 300000 };
	static const char open_tag[] = "<object type=\"Group\">";
	size_t used = 0, size = DEPTH * sizeof(open_tag) + 64;
	char *xml = malloc(size);

	used += (size_t)snprintf(xml, size, "<?xml version=\"1.0\"?>\n<topology version=\"2.0\">");
	for (int i = 0; i < DEPTH; i++) {
		memcpy(xml + used, open_tag, sizeof(open_tag) - 1);
		used += sizeof(open_tag) - 1;
	}
	ck_assert_ptr_nonnull(import(&got, xml, (int)used));
	free(xml);
}
END_TEST

START_TEST(this_host_has_pus_in_cores_in_packages)
{
	ck_assert_ptr_null(sv_topology_this_host(&got));
	ck_assert_uint_ge(got.pus, got.cores);
	ck_assert_uint_ge(got.cores, got.packages);
	ck_assert_uint_ge(got.packages, 1);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("topology");

	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, pus_are_numbered_by_core_cache_package_and_node);
	tcase_add_test(tc, without_numa_all_packages_share_one_node);
	tcase_add_test(tc, a_package_with_two_nodes_uses_the_first);
	tcase_add_test(tc, without_packages_the_machine_is_one);
	tcase_add_test(tc, cores_without_any_cache_count_as_sharing_one);
	tcase_add_loop_test(tc, an_xml_export_gives_the_same_tables, 0,
		(int)(sizeof(shapes) / sizeof(shapes[0])));
	tcase_add_test(tc, a_damaged_xml_export_neither_crashes_nor_prints);
	tcase_add_loop_test(tc, what_is_no_topology_is_refused, 0, 15);
	tcase_add_loop_test(tc, more_than_4096_pus_are_refused_before_hwloc_builds_them, 0, 5);
	tcase_add_test(tc, what_is_no_xml_export_is_refused);
	tcase_add_test(tc, deeply_nested_xml_is_refused);
	tcase_add_test(tc, this_host_has_pus_in_cores_in_packages);
	return run_case("topology", tc);
}
