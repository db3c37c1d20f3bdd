/*
 * pinned.c - starting bound threads together
 */
#include "pinned.h"
#include <errno.h>
#include <hwloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct crew {
	hwloc_topology_t topology;
	unsigned pus;
	const unsigned *pu; /* of each thread; NULL: round and round */
	void (*body)(unsigned thread, void *arg);
	void *arg;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	unsigned ready;
	int error; /* of the first thread that could not be bound */
	int go;    /* 1: run, -1: give up */
};

struct member {
	struct crew *crew;
	unsigned index;
	pthread_t thread;
};

/* A topology has only the PUs that the process may use, unless it is told otherwise. */
static hwloc_topology_t host;
static pthread_once_t host_once = PTHREAD_ONCE_INIT;

/* Control groups have been heeded by then; taskset has not. */
static void restrict_to_binding(hwloc_topology_t t)
{
	hwloc_bitmap_t set = hwloc_bitmap_alloc();

	if (set && hwloc_get_cpubind(t, set, HWLOC_CPUBIND_PROCESS) == 0)
		hwloc_topology_restrict(t, set, 0);
	hwloc_bitmap_free(set);
}

static void load_host(void)
{
	hwloc_topology_t t;

	if (hwloc_topology_init(&t) < 0)
		return;
	if (hwloc_topology_load(t) < 0) {
		hwloc_topology_destroy(t);
		return;
	}
	restrict_to_binding(t);
	host = t;
}

struct hwloc_topology *sv_pinned_topology(void)
{
	pthread_once(&host_once, load_host);
	return host;
}

int sv_pinned_pus(struct sv_diag *diag)
{
	hwloc_topology_t t = sv_pinned_topology();

	if (!t)
		return sv_error(diag, NULL, "hwloc cannot read the topology of this host");
	return hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_PU);
}

int sv_pinned_os_index(unsigned pu)
{
	hwloc_topology_t t = sv_pinned_topology();
	hwloc_obj_t o = t ? hwloc_get_obj_by_type(t, HWLOC_OBJ_PU, pu) : NULL;

	return o ? (int)o->os_index : -1;
}

size_t sv_pinned_cache_bytes(unsigned pu, unsigned level)
{
	hwloc_topology_t t = sv_pinned_topology();
	hwloc_obj_t o = t ? hwloc_get_obj_by_type(t, HWLOC_OBJ_PU, pu) : NULL;

	for (; o; o = o->parent)
		if (hwloc_obj_type_is_dcache(o->type) && o->attr->cache.depth == level)
			return o->attr->cache.size;
	return 0;
}

bool sv_pinned_may_bind(void)
{
	hwloc_topology_t t = sv_pinned_topology();
	hwloc_obj_t pu = t ? hwloc_get_obj_by_type(t, HWLOC_OBJ_PU, 0) : NULL;
	hwloc_bitmap_t before = hwloc_bitmap_alloc();
	bool may = before && pu && hwloc_get_cpubind(t, before, HWLOC_CPUBIND_THREAD) == 0 &&
		   hwloc_set_cpubind(t, pu->cpuset, HWLOC_CPUBIND_THREAD) == 0;

	if (may)
		hwloc_set_cpubind(t, before, HWLOC_CPUBIND_THREAD);
	hwloc_bitmap_free(before);
	return may;
}

static int bind_self(const struct member *m)
{
	const struct crew *c = m->crew;
	unsigned number = c->pu ? c->pu[m->index] : m->index % c->pus;
	hwloc_obj_t pu;

	if (number == SV_PINNED_ANYWHERE)
		return 0;
	pu = hwloc_get_obj_by_type(c->topology, HWLOC_OBJ_PU, number);
	if (!pu)
		return EINVAL;
	return hwloc_set_cpubind(c->topology, pu->cpuset, HWLOC_CPUBIND_THREAD) < 0 ? errno : 0;
}

static void *run(void *arg)
{
	struct member *m = arg;
	struct crew *c = m->crew;
	int error = bind_self(m), go;

	pthread_mutex_lock(&c->mutex);
	c->ready++;
	if (error && !c->error)
		c->error = error;
	pthread_cond_broadcast(&c->changed);
	while (!c->go)
		pthread_cond_wait(&c->changed, &c->mutex);
	go = c->go;
	pthread_mutex_unlock(&c->mutex);
	if (go > 0)
		c->body(m->index, c->arg);
	return NULL;
}

/* Lets the threads that were made run when all are there and bound, or end otherwise. */
static int release(struct crew *c, unsigned made, unsigned wanted, struct sv_diag *diag)
{
	int error;

	pthread_mutex_lock(&c->mutex);
	while (c->ready < made)
		pthread_cond_wait(&c->changed, &c->mutex);
	error = c->error;
	c->go = made == wanted && !error ? 1 : -1;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->mutex);
	if (made < wanted)
		return sv_error(diag, NULL, "only %u of %u threads could be made", made, wanted);
	if (error)
		return sv_error(
			diag, NULL, "a thread cannot be bound to its PU: %s", strerror(error));
	return 0;
}

static int run_crew(struct crew *c, struct member *m, unsigned threads, struct sv_diag *diag)
{
	unsigned made = 0;
	int result;

	for (; made < threads; made++) {
		m[made] = (struct member){ .crew = c, .index = made };
		if (pthread_create(&m[made].thread, NULL, run, &m[made]) != 0)
			break;
	}
	result = release(c, made, threads, diag);
	while (made-- > 0)
		pthread_join(m[made].thread, NULL);
	return result;
}

int sv_pinned_run_on(const unsigned *pu, unsigned threads, void (*body)(unsigned thread, void *arg),
	void *arg, struct sv_diag *diag)
{
	struct crew c = { .topology = sv_pinned_topology(),
		.pu = pu,
		.body = body,
		.arg = arg,
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER };
	int pus = sv_pinned_pus(diag), result;
	struct member *m;

	if (pus < 0)
		return -1;
	c.pus = (unsigned)pus;
	m = calloc(threads, sizeof(*m));
	if (!m)
		return sv_error(diag, NULL, "no memory for %u threads", threads);
	result = run_crew(&c, m, threads, diag);
	free(m);
	return result;
}

int sv_pinned_run(
	unsigned threads, void (*body)(unsigned thread, void *arg), void *arg, struct sv_diag *diag)
{
	return sv_pinned_run_on(NULL, threads, body, arg, diag);
}
