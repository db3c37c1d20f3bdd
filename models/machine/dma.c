/*
 * dma.c - lines that devices read and write
 *
 * Reference     Intel, Data Direct I/O Technology: a brief technical primer (2012), for where the
 *               data of a write lies.
 */
#include "machine/dma.h"
#include "machine/coherence_private.h"
#include <string.h>

void sv_memory_dma_read(struct sv_memory *m, uint32_t line)
{
	m->line[line].modified = false;
}

static unsigned take_copies(struct sv_memory *m, uint32_t line)
{
	uint64_t *sharers = m->sharers + (size_t)line * m->words;
	unsigned n = 0;

	for (unsigned w = 0; w < m->words; w++)
		n += (unsigned)__builtin_popcountll(sharers[w]);
	memcpy(m->leaving + (size_t)line * m->words, sharers, m->words * sizeof(*sharers));
	memset(sharers, 0, m->words * sizeof(*sharers));
	return n;
}

void sv_memory_dma_write(struct sv_memory *m, uint32_t line, struct sv_traffic *traffic)
{
	struct sv_line *l = &m->line[line];

	traffic->transfers++;
	traffic->invalidations += take_copies(m, line);
	l->modified = false;
	l->by_device = true;
	l->sole = 0;
	/* Invalidations come from the home. */
	l->writer = m->node_pu[l->home];
	l->written = sv_now(m->lp);
	if (l->watchers)
		sv_coherence_invalidated(m, line, l->writer);
}
