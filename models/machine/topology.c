/*
 * topology.c - from hwloc's object tree to plain tables
 */
#include "machine/topology.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* hwloc 2.9.0 loses 32 bytes when it refuses a text with brackets: not ours to report. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_LEAK_CHECK 1
#elif defined(__has_feature)
#define HAS_LEAK_CHECK __has_feature(address_sanitizer)
#else
#define HAS_LEAK_CHECK 0
#endif
#if HAS_LEAK_CHECK
#include <sanitizer/lsan_interface.h>
#define FORGIVE_LEAKS()         __lsan_disable()
#define FORGIVE_LEAKS_NO_MORE() __lsan_enable()
#else
#define FORGIVE_LEAKS()         ((void)0)
#define FORGIVE_LEAKS_NO_MORE() ((void)0)
#endif

typedef hwloc_obj_t ancestor(hwloc_obj_t pu);

static hwloc_obj_t upwards(hwloc_obj_t pu, hwloc_obj_type_t type)
{
	hwloc_obj_t o = pu->parent;

	while (o && o->type != type)
		o = o->parent;
	return o;
}

static hwloc_obj_t core(hwloc_obj_t pu)
{
	hwloc_obj_t o = upwards(pu, HWLOC_OBJ_CORE);

	return o ? o : pu;
}

static hwloc_obj_t l2(hwloc_obj_t pu)
{
	hwloc_obj_t o = upwards(pu, HWLOC_OBJ_L2CACHE);

	return o ? o : pu;
}

/* Virtual machines often show no package: then the whole machine is one. */
static hwloc_obj_t package(hwloc_obj_t pu)
{
	hwloc_obj_t o = pu;

	while (o->parent && o->type != HWLOC_OBJ_PACKAGE)
		o = o->parent;
	return o;
}

static hwloc_obj_t last_level_cache(hwloc_obj_t pu)
{
	hwloc_obj_t top = NULL, o = pu;

	while (o->parent && o->type != HWLOC_OBJ_PACKAGE) {
		o = o->parent;
		if (hwloc_obj_type_is_dcache(o->type))
			top = o;
	}
	return top ? top : o;
}

/* PUs under one object are neighbours in logical order, so a change of ancestor is a new one. */
static unsigned number(hwloc_topology_t hwloc, unsigned pus, ancestor *of, uint16_t *out)
{
	hwloc_obj_t before = NULL;
	unsigned n = 0;

	for (unsigned i = 0; i < pus; i++) {
		hwloc_obj_t o = of(hwloc_get_obj_by_type(hwloc, HWLOC_OBJ_PU, i));

		if (o != before)
			n++;
		before = o;
		out[i] = (uint16_t)(n - 1);
	}
	return n;
}

/* A PU belongs to the first node that is local to it (the first of DRAM and on-package memory). */
static void attach_node(struct sv_topology *t, hwloc_topology_t hwloc, unsigned node, uint8_t *seen)
{
	hwloc_obj_t o = hwloc_get_obj_by_type(hwloc, HWLOC_OBJ_NUMANODE, node);
	unsigned os_index;
	int package_id = -1;

	hwloc_bitmap_foreach_begin(os_index, o->cpuset)
	{
		hwloc_obj_t pu = hwloc_get_pu_obj_by_os_index(hwloc, os_index);

		if (!pu || pu->logical_index >= t->pus)
			continue;
		unsigned i = pu->logical_index;
		if (!seen[i])
			t->node_of[i] = (uint16_t)node;
		seen[i] = 1;
		if (package_id == -1)
			package_id = t->package_of[i];
		else if (package_id != t->package_of[i])
			package_id = UINT16_MAX;
	}
	hwloc_bitmap_foreach_end();
	t->node_package[node] = package_id < 0 ? UINT16_MAX : (uint16_t)package_id;
}

static const char *tabulate(struct sv_topology *t, hwloc_topology_t hwloc)
{
	int pus = hwloc_get_nbobjs_by_type(hwloc, HWLOC_OBJ_PU);
	int nodes = hwloc_get_nbobjs_by_type(hwloc, HWLOC_OBJ_NUMANODE);

	if (pus <= 0)
		return "it has no PU";
	if (pus > SV_MAX_PUS || nodes > SV_MAX_PUS)
		return "it has more than 4096 PUs or NUMA nodes";
	memset(t, 0, sizeof(*t));
	t->pus = (unsigned)pus;
	t->nodes = nodes > 0 ? (unsigned)nodes : 1;
	t->cores = number(hwloc, t->pus, core, t->core_of);
	t->l2s = number(hwloc, t->pus, l2, t->l2_of);
	t->llcs = number(hwloc, t->pus, last_level_cache, t->llc_of);
	t->packages = number(hwloc, t->pus, package, t->package_of);
	uint8_t *seen = calloc(t->pus, 1);
	if (!seen)
		return "no memory left";
	for (unsigned n = 0; n < (unsigned)nodes; n++)
		attach_node(t, hwloc, n, seen);
	free(seen);
	return NULL;
}

const char *sv_topology_load(struct sv_topology *t, hwloc_topology_t hwloc)
{
	const char *wrong;

	/* Distances, memory attributes and CPU kinds are not used; on a real host they cost time.
	 */
	if (hwloc_topology_set_flags(hwloc, HWLOC_TOPOLOGY_FLAG_NO_DISTANCES |
						    HWLOC_TOPOLOGY_FLAG_NO_MEMATTRS |
						    HWLOC_TOPOLOGY_FLAG_NO_CPUKINDS) < 0 ||
		hwloc_topology_load(hwloc) < 0)
		wrong = "hwloc cannot read it";
	else
		wrong = tabulate(t, hwloc);
	hwloc_topology_destroy(hwloc);
	return wrong;
}

/*
 * The PUs that a synthetic string asks for: the product of the numbers of its levels.
 * hwloc would build a topology of any size, so it must be known before. Levels are found as
 * hwloc finds them: a type is whatever stands before the next colon. What is in brackets, and
 * in parentheses behind a number, describes memory and attributes.
 */
static double synthetic_pus(const char *text)
{
	double pus = 1;

	for (const char *c = text; c && *c;) {
		char *end;

		if (isspace((unsigned char)*c)) {
			c++;
		} else if (*c == '[' || *c == '(') {
			c = strchr(c, *c == '[' ? ']' : ')');
			if (c)
				c++;
		} else {
			if (!isdigit((unsigned char)*c))
				c = strchr(c, ':');
			if (!c)
				break;
			c += *c == ':';
			double n = (double)strtoull(c, &end, 0);
			if (end == c)
				break; /* hwloc will refuse it */
			pus *= n;
			c = end;
		}
	}
	return pus;
}

const char *sv_topology_synthetic(struct sv_topology *t, const char *text)
{
	hwloc_topology_t hwloc;

	if (synthetic_pus(text) > SV_MAX_PUS)
		return "it has more than 4096 PUs";
	if (hwloc_topology_init(&hwloc) < 0)
		return "hwloc cannot start";
	FORGIVE_LEAKS();
	int refused = hwloc_topology_set_synthetic(hwloc, text) < 0;
	FORGIVE_LEAKS_NO_MORE();
	if (refused) {
		hwloc_topology_destroy(hwloc);
		return "hwloc cannot read it as a synthetic topology";
	}
	return sv_topology_load(t, hwloc);
}

const char *sv_topology_this_host(struct sv_topology *t)
{
	hwloc_topology_t hwloc;

	/* A host whose firmware contradicts itself makes hwloc print a page; 2 silences it. */
	setenv("HWLOC_HIDE_ERRORS", "2", 0);
	if (hwloc_topology_init(&hwloc) < 0)
		return "hwloc cannot start";
	return sv_topology_load(t, hwloc);
}
