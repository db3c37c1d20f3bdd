/*
 * queue_cases.h - every queue of the list with each of its options, and a ring of it in memory
 */
#ifndef SV_QUEUE_CASES_H
#define SV_QUEUE_CASES_H

#include "config.h"
#include "queues.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

struct queue_case {
	const char *queue, *options;
};

static const struct queue_case queue_cases[] = {
	{ "vring-split", "{}" },
	{ "vring-split", "{event-idx: false}" },
	{ "vring-split", "{indirect: 0}" },
	{ "vring-split", "{indirect: 0, event-idx: false}" },
	{ "vring-split", "{in-order: true}" },
	{ "vring-split", "{in-order: true, indirect: 0}" },
	{ "vring-packed", "{}" },
	{ "vring-packed", "{event-idx: false}" },
	{ "vring-packed", "{indirect: 0}" },
	{ "vring-packed", "{indirect: 0, event-idx: false}" },
	{ "vring-packed", "{in-order: true}" },
	{ "vring-packed", "{in-order: true, indirect: 0}" },
	{ "nvme-pair", "{}" },
	{ "nvme-pair", "{shadow-doorbells: true, id: 3}" },
};
#define QUEUE_CASES ((int)(sizeof(queue_cases) / sizeof(queue_cases[0])))

static inline const struct sv_queue *queue_find(
	const struct sv_queue *const *list, const char *name)
{
	while (*list && strcmp((*list)->name, name) != 0)
		list++;
	ck_assert_msg(*list != NULL, "there is no queue %s", name);
	return *list;
}

/* The queue's configuration, which lives as long as the document. */
static inline void *queue_config(const struct sv_queue *q, const char *options, struct sv_doc **doc)
{
	struct sv_diag *diag = sv_diag_new();
	void *cfg;

	*doc = sv_doc_parse("options", options, strlen(options), diag);
	ck_assert_ptr_nonnull(*doc);
	cfg = sv_doc_alloc(*doc, q->options->size);
	ck_assert_int_eq(sv_read(q->options, sv_doc_root(*doc), cfg, *doc, diag), 0);
	sv_diag_free(diag);
	return cfg;
}

/* The nearest size that the queue can have. */
static inline uint32_t queue_size(const struct sv_queue *q, uint32_t size)
{
	if (size < q->min_size)
		size = q->min_size;
	if (size > q->max_size)
		size = q->max_size;
	while (q->traits & SV_QUEUE_POWER_OF_2 && size & (size - 1))
		size &= size - 1;
	return size;
}

static inline void *queue_lines(size_t bytes)
{
	size_t whole = (bytes / 64 + 1) * 64;
	void *p = aligned_alloc(64, whole);

	ck_assert_ptr_nonnull(p);
	return memset(p, 0, whole);
}

/* A queue with both sides, natively in memory. */
struct queue_pair {
	const struct sv_queue *kind;
	const void *cfg;
	struct sv_doc *doc;
	struct sv_queue_layout layout;
	struct sv_ring ring;
	void *memory, *driver, *device;
};

static inline void queue_pair_init(struct queue_pair *p, struct queue_case what, uint32_t size)
{
	p->kind = queue_find(sv_queues_native, what.queue);
	p->cfg = queue_config(p->kind, what.options, &p->doc);
	size = queue_size(p->kind, size);
	p->kind->layout(size, p->cfg, &p->layout);
	p->memory = queue_lines(p->layout.bytes);
	p->ring = sv_queue_ring(&p->layout, p->memory, size);
	p->driver = queue_lines(p->layout.driver_bytes);
	p->device = queue_lines(p->layout.device_bytes);
	p->kind->driver_init(p->driver, &p->ring, p->cfg);
	p->kind->device_init(p->device, &p->ring, p->cfg);
}

static inline void queue_pair_fini(struct queue_pair *p)
{
	free(p->memory);
	free(p->driver);
	free(p->device);
	sv_doc_free(p->doc);
}

static inline void queue_not_broken(const struct queue_pair *p)
{
	const struct sv_queue_side *driver = p->driver, *device = p->device;

	ck_assert_msg(!driver->broken, "driver: %s", driver->broken);
	ck_assert_msg(!device->broken, "device: %s", device->broken);
}

#endif
