/*
 * ssd_check.c - whether what is said of a drive fits together
 */
#include "config.h"
#include "flash.h"
#include "ssd_kind.h"

const char *const sv_ssd_media[] = { "flash", "units", NULL };
const char *const sv_ssd_conditions[] = { "sequential", "random", "empty", NULL };

/* Blocks of a die below which collecting garbage has no choice. */
enum { LEAST_BLOCKS = 4, MOST_DIES = 4096 };

uint64_t sv_ssd_capacity(const void *config)
{
	return (uint64_t)((const struct sv_ssd_cfg *)config)->capacity;
}

uint32_t sv_ssd_max_transfer(const void *config)
{
	return (uint32_t)((const struct sv_ssd_cfg *)config)->max_transfer;
}

static int check_sizes(const struct sv_ssd_cfg *c, const struct sv_node *node, struct sv_diag *diag)
{
	long long least = c->page * c->planes + c->max_transfer;

	if (c->page % SV_SECTOR_BYTES)
		return sv_error(diag, sv_node_place(node, "page"),
			"page: %lld B are not a multiple of 4KiB, the size that is mapped",
			(long long)c->page);
	if (c->channels * c->dies > MOST_DIES)
		return sv_error(diag, sv_node_place(node, "dies"),
			"dies: %lld channels of %lld dies are more than %d dies",
			(long long)c->channels, (long long)c->dies, MOST_DIES);
	if (c->cache < least)
		return sv_error(diag, sv_node_place(node, "cache"),
			"cache: %lld B are less than a page in each plane of a die and the "
			"largest command, %lld B",
			(long long)c->cache, least);
	return 0;
}

static int check_blocks(
	const struct sv_ssd_cfg *c, const struct sv_node *node, struct sv_diag *diag)
{
	double block = (double)c->page * (double)c->planes * (double)c->pages;
	double dies = (double)c->channels * (double)c->dies;
	double blocks = (double)c->capacity * (1 + c->spare) / (dies * block);
	double simulated =
		blocks < (double)c->simulated_blocks ? blocks : (double)c->simulated_blocks;

	if (blocks < LEAST_BLOCKS)
		return sv_error(diag, sv_node_place(node, "capacity"),
			"capacity: leaves %.1f blocks of %.0f B for each of %.0f dies; there must "
			"be at least %d",
			blocks, block, dies, LEAST_BLOCKS);
	/* Open blocks and the free one take their room from the spare. */
	if (c->spare * simulated < 1.5 * (1 + c->spare))
		return sv_error(diag, sv_node_place(node, "spare"),
			"spare: %g of %.0f blocks in a die leaves no room to collect garbage; it "
			"needs %.3g, or more simulated-blocks",
			c->spare, simulated, 1.5 / (simulated - 1.5));
	if ((simulated + 5) * dies * block / SV_SECTOR_BYTES >= (double)SV_CACHED)
		return sv_error(diag, sv_node_place(node, "simulated-blocks"),
			"simulated-blocks: %.0f blocks in %.0f dies are more than 8 TiB; so much "
			"is not simulated",
			simulated, dies);
	return 0;
}

int sv_ssd_check(const struct sv_ssd_cfg *c, const struct sv_node *node, struct sv_diag *diag)
{
	if (c->medium == SV_SSD_UNITS)
		return 0;
	return check_sizes(c, node, diag) < 0 ? -1 : check_blocks(c, node, diag);
}
