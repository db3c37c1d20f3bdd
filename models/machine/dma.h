/*
 * dma.h - lines that devices read and write
 *
 * A device is no core: it never has a copy. A read leaves the copies where they are, but what a
 * core has modified is written back. A write takes all copies away; the data then lies in the
 * last-level cache of the line's home, or in memory, from where the row dma.load says how long a
 * load takes (from another node so much longer as memory is). Threads that spin on the line are
 * told, as by the write of a core near its home.
 *
 * Both take effect at once. Requests of cores that wait for the line go on waiting.
 */
#ifndef SV_DMA_H
#define SV_DMA_H

#include "machine/coherence.h"

void sv_memory_dma_read(struct sv_memory *m, uint32_t line);
void sv_memory_dma_write(struct sv_memory *m, uint32_t line, struct sv_traffic *traffic);

#endif
