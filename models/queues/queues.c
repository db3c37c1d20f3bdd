/*
 * queues.c - the lists of queues, from queue_list.h
 */
#include "queues.h"
#include "queue_list.h"

#define X(name)                                                                                    \
	extern const struct sv_queue sv_queue_##name##_native, sv_queue_##name##_simulated,        \
		sv_queue_##name##_explored;
SV_QUEUE_LIST(X)
#undef X

#define X(name) &sv_queue_##name##_native,
const struct sv_queue *const sv_queues_native[] = { SV_QUEUE_LIST(X) NULL };
#undef X

#define X(name) &sv_queue_##name##_simulated,
const struct sv_queue *const sv_queues_simulated[] = { SV_QUEUE_LIST(X) NULL };
#undef X

#define X(name) &sv_queue_##name##_explored,
const struct sv_queue *const sv_queues_explored[] = { SV_QUEUE_LIST(X) NULL };
#undef X

static struct sv_kind kind_at(size_t i)
{
	const struct sv_queue *q = sv_queues_simulated[i];

	if (!q)
		return (struct sv_kind){ 0 };
	return (struct sv_kind){
		.name = q->name, .help = q->help, .table = q->options, .object = q
	};
}

const struct sv_kinds sv_queue_kinds = { .what = "queue", .at = kind_at };

int sv_queue_check_size(const struct sv_queue *queue, int64_t size, const struct sv_place *place,
	struct sv_diag *diag)
{
	if (size < queue->min_size || size > queue->max_size)
		return sv_error(diag, place, "a %s has %u to %u entries, not %lld", queue->name,
			queue->min_size, queue->max_size, (long long)size);
	if (queue->traits & SV_QUEUE_POWER_OF_2 && size & (size - 1))
		return sv_error(diag, place, "the entries of a %s are a power of two; %lld is none",
			queue->name, (long long)size);
	return 0;
}

struct sv_ring sv_queue_ring(const struct sv_queue_layout *layout, void *memory, uint32_t size)
{
	struct sv_ring ring = { .size = size };

	for (unsigned i = 0; i < SV_QUEUE_PARTS; i++)
		if (layout->part[i].bytes)
			ring.part[i] = (char *)memory + layout->part[i].offset;
	return ring;
}
