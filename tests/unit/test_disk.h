/*
 * test_disk.h - qemu-storage-daemon with a file, for the tests of drivers
 */
#ifndef TEST_DISK_H
#define TEST_DISK_H

#include "blk_load.h"
#include "pinned.h"
#include "queues.h"
#include "storage_daemon.h"
#include "test_text.h"
#include <fcntl.h>
#include <unistd.h>

#define TEST_DISK_SECONDS 100 /* for the daemon */
#define TEST_DISK_BYTES   (UINT64_C(4) << 20)
#define TEST_DISK_BLOCK   4096
#define TEST_DISK_BLOCKS  (TEST_DISK_BYTES / TEST_DISK_BLOCK)

static inline const struct sv_queue *test_disk_split(void)
{
	size_t i = 0;

	while (strcmp(sv_queues_native[i]->name, "vring-split") != 0)
		i++;
	return sv_queues_native[i];
}

/* Options of the split virtqueue, as the scenario language writes them. The caller frees it. */
static inline void *test_disk_cfg(const char *options, struct sv_diag *diag)
{
	const struct sv_table *table = test_disk_split()->options;
	struct sv_doc *doc = sv_doc_parse("test", options, strlen(options), diag);
	void *cfg = calloc(1, table->size);

	ck_assert_ptr_nonnull(cfg);
	sv_read(table, sv_doc_root(doc), cfg, doc, diag);
	test_no_errors(diag);
	sv_doc_free(doc);
	return cfg;
}

static inline void test_disk_start(struct sv_peer *p, unsigned queues, struct sv_diag *diag)
{
	struct sv_storage_daemon how = { .bytes = TEST_DISK_BYTES,
		.queues = queues,
		.pu = SV_PINNED_ANYWHERE,
		.seconds = TEST_DISK_SECONDS };

	ck_assert_int_eq(sv_storage_daemon_start(p, &how, diag), 0);
}

/* What lies in the file, read past the queues: the pattern of each sector. */
static inline void test_disk_expect_patterns(const struct sv_peer *p)
{
	uint8_t sector[SV_BLK_SECTOR];
	int fd = open(p->file, O_RDONLY);

	ck_assert_int_ge(fd, 0);
	for (uint64_t i = 0; i < TEST_DISK_BYTES / SV_BLK_SECTOR; i++) {
		ck_assert_int_eq(pread(fd, sector, sizeof(sector), (off_t)(i * sizeof(sector))),
			(ssize_t)sizeof(sector));
		ck_assert_msg(sv_blk_is_pattern(sector, i), "sector %llu", (unsigned long long)i);
	}
	close(fd);
}

#endif
