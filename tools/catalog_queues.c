/*
 * catalog_queues.c - the queues that `list` and `show` know
 */
#include "catalog.h"
#include "config.h"
#include "grid.h"
#include "memory.h"
#include "queues.h"
#include "value.h"

/* As it is without any option set. */
static void default_layout(const struct sv_queue *queue, struct sv_queue_layout *out)
{
	struct sv_diag *diag = sv_must(sv_diag_new());
	struct sv_doc *doc = sv_must(sv_doc_parse("defaults", "{}", 2, diag));
	void *cfg = sv_must(sv_doc_alloc(doc, queue->options->size));

	SV_BUG_ON(sv_read(queue->options, sv_doc_root(doc), cfg, doc, diag) < 0);
	queue->layout(SV_CATALOG_ENTRIES, cfg, out);
	sv_doc_free(doc);
	sv_diag_free(diag);
}

void sv_catalog_each_queue(sv_catalog_visit *visit, void *arg)
{
	struct sv_kind kind;

	for (size_t i = 0; (kind = sv_queue_kinds.at(i)).name; i++)
		visit(arg, kind.name, kind.help);
}

size_t sv_catalog_ring_bytes(const struct sv_queue *queue)
{
	struct sv_queue_layout layout;

	default_layout(queue, &layout);
	return layout.bytes;
}

int sv_catalog_show_queue(const char *name, FILE *to, struct sv_diag *diag)
{
	struct sv_kind kind = sv_kinds_find(&sv_queue_kinds, name);
	const struct sv_queue *queue = kind.object;
	struct sv_queue_layout layout;
	struct sv_grid g;

	(void)diag;
	default_layout(queue, &layout);
	fprintf(to, "%s: %s\n\n", kind.name, kind.help);
	fprintf(to, "  entries  %u to %u%s\n", queue->min_size, queue->max_size,
		queue->traits & SV_QUEUE_POWER_OF_2 ? ", a power of two" : "");
	fprintf(to, "  holds    %s\n",
		queue->traits & SV_QUEUE_PAIR ? "commands of 64 bytes, one less than entries"
					      : "requests of one or several buffers");
	fprintf(to, "\nMemory of %u entries\n\n", SV_CATALOG_ENTRIES);
	sv_grid_init(&g, 2);
	for (unsigned i = 0; i < SV_QUEUE_PARTS; i++)
		if (layout.part[i].bytes) {
			sv_grid_put(&g, "%s", layout.part[i].name);
			sv_grid_put(&g, "%zu B", layout.part[i].bytes);
		}
	sv_grid_put(&g, "private to the driver");
	sv_grid_put(&g, "%zu B", layout.driver_bytes);
	sv_grid_put(&g, "private to the device");
	sv_grid_put(&g, "%zu B", layout.device_bytes);
	sv_grid_print(&g, to, sv_terminal_width(to));
	sv_grid_fini(&g);
	sv_catalog_options(kind.table, to);
	return 0;
}
