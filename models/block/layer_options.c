/*
 * layer_options.c - what a scenario says of the block layer of a disk's kernel
 *
 * Defaults are Linux's: block/mq-deadline.c (read_expire, write_expire, fifo_batch,
 * writes_starved), block/blk-mq.h and include/linux/blkdev.h (BLK_MAX_REQUEST_COUNT, 32;
 * BLK_DEF_MAX_SECTORS, 1280 KiB; rq_affinity 1), block/blk-mq.c of 4.10 (statistics of hybrid
 * polling over 100 ms).
 */
#include "block/layer_options.h"

const char *const sv_layer_names[] = { "mq", "sq", NULL };
const char *const sv_io_scheduler_names[] = { "none", "deadline", NULL };
const char *const sv_io_poll_names[] = { "none", "iopoll", "hybrid", NULL };
const char *const sv_rq_affinity_names[] = { "any", "cache", "cpu", NULL };
