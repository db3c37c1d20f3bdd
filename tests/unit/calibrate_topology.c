/*
 * calibrate_topology.c - the topology of a host that no synthetic string describes
 *
 * hwloc takes the host from a file: two packages, of which one has lost a core.
 */
#include "calibrate.h"
#include "machine/topology.h"
#include "run_suite.h"
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/simsvirt-topology-XXXXXX";

/* Returns false when hwloc cannot, which is none of ours. */
static bool make_host(void)
{
	hwloc_topology_t t;
	hwloc_bitmap_t left = hwloc_bitmap_alloc();
	int fd = mkstemp(path);
	bool made;

	hwloc_bitmap_set_range(left, 0, 6);
	made = fd >= 0 && hwloc_topology_init(&t) == 0;
	if (!made)
		return false;
	made = hwloc_topology_set_synthetic(t, "package:2 [numa] l3:1 core:4 pu:1") == 0 &&
	       hwloc_topology_load(t) == 0 && hwloc_topology_restrict(t, left, 0) == 0 &&
	       hwloc_topology_export_xml(t, path, 0) == 0;
	hwloc_topology_destroy(t);
	hwloc_bitmap_free(left);
	close(fd);
	return made && setenv("HWLOC_XMLFILE", path, 1) == 0;
}

START_TEST(a_host_that_is_not_the_same_everywhere_is_exported_as_xml)
{
	struct sv_topology *host = calloc(1, sizeof(*host)), *read = calloc(1, sizeof(*read));
	struct sv_diag *diag = sv_diag_new();
	char out[] = "/tmp/simsvirt-export-XXXXXX";
	FILE *to = fdopen(mkstemp(out), "w");

	ck_assert_ptr_nonnull(to);
	ck_assert_ptr_null(sv_calibration_synthetic());
	ck_assert_int_eq(sv_calibration_xml(to, diag), 0);
	ck_assert_int_eq(fclose(to), 0);
	ck_assert_ptr_null(sv_topology_this_host(host));
	ck_assert_ptr_null(sv_topology_xml(read, out));
	ck_assert_uint_eq(host->pus, 7);
	ck_assert_uint_eq(read->packages, 2);
	ck_assert_mem_eq(read, host, sizeof(*host));
	ck_assert_uint_eq(sv_diag_errors(diag), 0);
	unlink(out);
	sv_diag_free(diag);
	free(host);
	free(read);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_host_that_is_not_the_same_everywhere_is_exported_as_xml,
		NULL,
	};
	int status = 77;

	if (make_host())
		status = run_tests("calibrate_topology", tests);
	unlink(path);
	return status;
}
