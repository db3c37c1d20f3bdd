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

static hwloc_topology_t load_topology(void)
{
	hwloc_topology_t t;

	if (hwloc_topology_init(&t) < 0)
		return NULL;
	if (hwloc_topology_load(t) < 0) {
		hwloc_topology_destroy(t);
		return NULL;
	}
	return t;
}

/* A topology has only the PUs that the process may use, unless it is told otherwise. */
static int count_pus(hwloc_topology_t t)
{
	return hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_PU);
}

int sv_pinned_pus(struct sv_diag *diag)
{
	hwloc_topology_t t = load_topology();
	int n;

	if (!t)
		return sv_error(diag, NULL, "hwloc cannot read the topology of this host");
	n = count_pus(t);
	hwloc_topology_destroy(t);
	return n;
}

static int bind_self(const struct member *m)
{
	const struct crew *c = m->crew;
	hwloc_obj_t pu = hwloc_get_obj_by_type(c->topology, HWLOC_OBJ_PU, m->index % c->pus);

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

int sv_pinned_run(
	unsigned threads, void (*body)(unsigned thread, void *arg), void *arg, struct sv_diag *diag)
{
	struct crew c = { .topology = load_topology(),
		.body = body,
		.arg = arg,
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER };
	struct member *m = calloc(threads, sizeof(*m));
	int result;

	c.pus = c.topology ? (unsigned)count_pus(c.topology) : 0;
	if (c.pus && m)
		result = run_crew(&c, m, threads, diag);
	else
		result = sv_error(diag, NULL, "hwloc cannot read the topology of this host");
	if (c.topology)
		hwloc_topology_destroy(c.topology);
	free(m);
	return result;
}
