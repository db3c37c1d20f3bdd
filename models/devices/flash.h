/*
 * flash.h - dies of flash behind channels (private to models/devices)
 *
 *	flash.c		dies and channels: what a die does next, and how long it takes
 *	ftl.c		where each piece of data lies: mapping, blocks, the state before the run
 *	flash_cache.c	writes, from the link until they are programmed
 *	flash_gc.c	garbage collection
 *
 * Sectors of SV_SECTOR_BYTES are mapped one by one. A die works on all its planes at once when it
 * programs or erases, so a block here is one block in each plane, and a row is one page in each.
 *
 * A drive with more blocks than `simulated-blocks` in a die is simulated by so many, at the same
 * over-provisioning: extents of its addresses that are neighbours share their place. So the share
 * of valid data in blocks, and with it write amplification, is as in the full drive, as are the
 * sizes of pages, rows and blocks, and with them every pause. Of a full drive the blocks that are
 * open or kept free are a vanishing share; here two more make up for them: one is free, and the
 * two open ones are half full on average.
 */
#ifndef SV_FLASH_H
#define SV_FLASH_H

#include "devices/ssd.h"

#define SV_SECTOR_BYTES   4096
#define SV_EXTENT_SECTORS 256 /* whose neighbourhood is kept when addresses are folded */
enum { SV_KEPT_FREE = 1, SV_OPEN_BLOCKS = 2 };

#define SV_NOWHERE UINT32_MAX           /* never written, or trimmed */
#define SV_CACHED  UINT32_C(0x80000000) /* | slot of the cache */

struct sv_flash_die;

/* A run of sectors in the open block. */
struct sv_flash_row {
	uint32_t first, sectors; /* places */
	uint32_t slots;          /* of the cache that it empties */
	uint64_t mark;           /* the oldest of them */
};

enum sv_flash_work {
	SV_DIE_IDLE,
	SV_DIE_READ,
	SV_DIE_READ_OUT,
	SV_DIE_PROGRAM,
	SV_DIE_COLLECT_READ,
	SV_DIE_COLLECT_PROGRAM,
	SV_DIE_ERASE,
	SV_DIE_SUSPEND,
};

enum { SV_BLOCK_FREE, SV_BLOCK_OPEN, SV_BLOCK_FULL, SV_BLOCK_VICTIM };

struct sv_flash_block {
	uint32_t valid;
	uint8_t state;
};

struct sv_flash_die {
	struct sv_device_alarm alarm; /* the end of its work */
	struct sv_ssd *ssd;
	struct sv_ssd_server *channel;
	struct sv_ssd_part *first, *last, *current; /* reads */
	enum sv_flash_work work, suspended;
	sv_time due, left, since, busy; /* left: of what is suspended; since: it works */
	struct sv_flash_row running, queued;
	bool listed; /* among those that could take a row */
	struct sv_flash_die *next;
	/* Blocks: number b of a die has the places from b * sectors of a block on. */
	struct sv_flash_block *block;
	uint32_t *free_block, free_blocks;
	struct sv_flash_stream {
		uint32_t block, used; /* SV_NOWHERE: none is open */
	} host, moved;
	/* Garbage collection. */
	uint32_t victim, scan; /* SV_NOWHERE: none; the next sector of it */
	uint32_t *moving;      /* places of sectors that were read, a row at most and a page */
	uint32_t moves;
	uint32_t gain, taken; /* sectors: that the victim yields, and that the host has had of it */
};

struct sv_flash {
	struct sv_flash_die *die; /* by number, neighbours on different channels */
	struct sv_ssd_server *channel;
	uint32_t dies, row, page, block; /* sectors of a row, a page of one plane, a block */
	uint32_t blocks;                 /* of a die */
	uint64_t sectors;                /* that the host sees, simulated ones */
	uint64_t host_sectors;           /* that it really sees */
	bool filled;
	uint32_t *map;   /* by sector: place, or SV_CACHED | slot, or SV_NOWHERE */
	uint32_t *owner; /* by place: sector, or SV_NOWHERE */
	/* Dies that could take a row of the host's. */
	struct sv_flash_die *ready, *ready_last;
	/* The cache: a ring of sectors that wait to be programmed. */
	uint32_t *slot, slots, dirty, used; /* used: also those being programmed */
	uint64_t head, tail;
	struct sv_ssd_command *waiting, *waiting_last; /* for room */
	struct sv_ssd_command *flushing, *flushing_last;
	/* Since the start of the window. */
	uint64_t written, programmed, erases, stalls;
};

static inline struct sv_flash *sv_flash_of(const struct sv_ssd *ssd)
{
	return ssd->media;
}

/* flash.c */
void sv_die_wake(struct sv_flash_die *die);
/* Starts a die's work of a kind; it ends after `time`. */
void sv_die_work(struct sv_flash_die *die, enum sv_flash_work work, sv_time time);
sv_time sv_die_transfer(struct sv_flash_die *die, uint32_t sectors);

/* ftl.c */
int sv_ftl_init(struct sv_flash *flash, const struct sv_ssd_cfg *cfg);
void sv_ftl_free(struct sv_flash *flash);
/* Where sector i of the host's lies in what is simulated. */
uint32_t sv_ftl_fold(const struct sv_flash *flash, uint64_t host_sector);
/* Whether another extent before it lies at the same place: what is trimmed there is void only
 * when the first of them is trimmed, so that the share that is void is the host's. */
bool sv_ftl_is_folded(const struct sv_flash *flash, uint64_t host_sector);
/* Lays out what was written before the run: before the first write. */
void sv_ftl_fill(struct sv_flash *flash, const struct sv_ssd_cfg *cfg);
/* The place of a sector, as in map. */
uint32_t sv_ftl_place(const struct sv_flash *flash, const struct sv_ssd_cfg *cfg, uint32_t sector);
/* Its data are void from now on. */
void sv_ftl_forget(struct sv_flash *flash, uint32_t sector);
/* The next place of a stream; SV_NOWHERE: it needs a block, and only `keep` are free. */
uint32_t sv_ftl_next(struct sv_flash *flash, struct sv_flash_die *die,
	struct sv_flash_stream *stream, uint32_t keep);
void sv_ftl_put(struct sv_flash *flash, uint32_t sector, uint32_t place);
/* Whether a row of the host's fits into a die now. */
bool sv_ftl_has_room(const struct sv_flash *flash, const struct sv_flash_die *die);

/* flash_cache.c */
/* Before anything is written or trimmed: lays out what was written before the run. */
void sv_cache_prepare(struct sv_ssd *ssd);
void sv_cache_write(struct sv_ssd *ssd, struct sv_ssd_command *command);
void sv_cache_flush(struct sv_ssd *ssd, struct sv_ssd_command *command);
/* Hands rows to dies while there are both. */
void sv_cache_drain(struct sv_ssd *ssd);
void sv_cache_list(struct sv_flash *flash, struct sv_flash_die *die);
void sv_cache_programmed(struct sv_ssd *ssd, const struct sv_flash_row *row);

/* flash_gc.c: the next step of garbage collection; false: none is needed or possible. */
bool sv_gc_step(struct sv_flash_die *die);
void sv_gc_stepped(struct sv_flash_die *die, enum sv_flash_work work);

#endif
