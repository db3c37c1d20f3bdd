/*
 * ssd_flash.c - drives of flash: the write cache, trims, suspension
 */
#include "ssd_script.h"

START_TEST(a_cached_write_is_done_before_flash_has_it)
{
	sv_time back = alone("{" FLASH "}", SV_IO_WRITE, 0, 4096);
	sv_time through = alone("{" FLASH ", write-back: false}", SV_IO_WRITE, 0, 4096);

	ck_assert_int_eq(back, 9596 * SV_NS);
	/* A row of both planes, 32 KiB, crosses the channel, though most of it is empty. */
	ck_assert_int_eq(through, back - SV_US + 500 * SV_US + 32768 * SV_NS);
}
END_TEST

START_TEST(a_flush_waits_for_flash_only_where_the_cache_is_not_protected)
{
	for (int protected = 0; protected < 2; protected ++) {
		struct ssd_run r;
		struct script s;

		ck_assert_int_eq(ssd_run_init(&r, protected ? "{" FLASH "}"
							    : "{" FLASH ", protected: false}"),
			0);
		script_init(&s, &r, false);
		script_io(&s, SV_IO_WRITE, 0, 4096);
		script_ring(&s, &r);
		ssd_run_until(&r, 100 * SV_US);
		script_io(&s, SV_IO_FLUSH, 0, 0);
		script_ring(&s, &r);
		ssd_run_until(&r, SV_S);
		ck_assert_uint_eq(s.posted, 2);
		if (protected)
			ck_assert_int_lt(s.done[1], 110 * SV_US);
		else
			ck_assert_int_gt(s.done[1], 600 * SV_US);
		ssd_run_fini(&r);
	}
}
END_TEST

/* A write, perhaps a trim, then a read of the same; returns what the read took. */
static sv_time read_after(const char *device, bool trim, sv_time wait)
{
	struct ssd_run r;
	struct script s;
	sv_time took;

	ck_assert_int_eq(ssd_run_init(&r, device), 0);
	script_init(&s, &r, false);
	script_io(&s, trim ? SV_IO_TRIM : SV_IO_WRITE, 0, 32768);
	script_ring(&s, &r);
	ssd_run_until(&r, wait);
	script_io(&s, SV_IO_READ, 0, 4096);
	script_ring(&s, &r);
	ssd_run_until(&r, SV_S);
	ck_assert_uint_eq(s.posted, 2);
	ssd_run_finish(&r, SV_S);
	took = s.done[1] - wait;
	ssd_run_fini(&r);
	return took;
}

START_TEST(data_on_their_way_to_flash_are_read_from_the_cache)
{
	sv_time flash = alone("{" FLASH "}", SV_IO_READ, 0, 4096);
	sv_time cache = flash - 50 * SV_US - 4096 * SV_NS + SV_US;

	ck_assert_int_eq(read_after("{" FLASH "}", false, 100 * SV_US), cache);
	ck_assert_int_eq(read_after("{" FLASH "}", false, 10 * SV_MS), flash);
	/* Nothing is there to read. */
	ck_assert_int_eq(read_after("{" FLASH "}", true, 10 * SV_MS), cache);
	ck_assert_int_eq(alone("{" FLASH ", state: empty}", SV_IO_READ, 0, 4096), cache);
}
END_TEST

START_TEST(writes_follow_a_trim)
{
	struct ssd_run r;
	struct script s;

	ck_assert_int_eq(ssd_run_init(&r, "{" FLASH ", write-back: false}"), 0);
	script_init(&s, &r, false);
	script_io(&s, SV_IO_TRIM, 0, 1 << 20);
	script_io(&s, SV_IO_WRITE, 0, 4096);
	script_ring(&s, &r);
	ssd_run_until(&r, SV_S);
	ck_assert_uint_eq(s.posted, 2);
	ssd_run_finish(&r, SV_S);
	ssd_run_fini(&r);
}
END_TEST

/* The share of reads that find data after the first tenth of a folded drive was trimmed. */
START_TEST(a_trim_of_a_part_voids_that_part_of_a_drive_that_is_folded)
{
	struct ssd_run r;
	struct script s;
	unsigned void_before = 0, void_behind = 0;

	ck_assert_int_eq(
		ssd_run_init(&r, "{kind: nvme, channels: 2, dies: 2, pages: 64, capacity: 2000MiB, "
				 "simulated-blocks: 32, spare: 0.4, read-time: 500us}"),
		0);
	script_init(&s, &r, false);
	script_io(&s, SV_IO_TRIM, 0, 200 << 20);
	script_ring(&s, &r);
	ssd_run_until(&r, SV_MS);
	for (uint64_t i = 0; i < 60; i++) {
		script_io(&s, SV_IO_READ, (i < 30 ? i * 6 + 1 : 200 + (i - 30) * 60) << 20, 4096);
		script_ring(&s, &r);
		ssd_run_until(&r, sv_now(r.lp) + 10 * SV_MS);
		sv_time took = s.done[i + 1] - s.io[i + 1].fetched;

		void_before += i < 30 && took < 100 * SV_US;
		void_behind += i >= 30 && took < 100 * SV_US;
	}
	ck_assert_uint_eq(s.posted, 61);
	ck_assert_uint_ge(void_before, 29);
	ck_assert_uint_le(void_behind, 1);
	ssd_run_fini(&r);
}
END_TEST

/* A read of a die that programs: it waits for it, or for the suspension. */
static sv_time read_of_busy_die(const char *device)
{
	struct ssd_run r;
	struct script s;
	sv_time took;

	ck_assert_int_eq(ssd_run_init(&r, device), 0);
	script_init(&s, &r, false);
	for (uint64_t i = 0; i < 4; i++)
		script_io(&s, SV_IO_WRITE, i * 32768, 32768);
	script_ring(&s, &r);
	ssd_run_until(&r, 300 * SV_US);
	script_io(&s, SV_IO_READ, 512 << 10, 4096);
	script_ring(&s, &r);
	ssd_run_until(&r, SV_S);
	ck_assert_uint_eq(s.posted, 5);
	ssd_run_finish(&r, SV_S);
	took = s.done[4] - 300 * SV_US;
	ssd_run_fini(&r);
	return took;
}

START_TEST(a_suspended_program_lets_a_read_by)
{
	sv_time idle = alone("{" FLASH "}", SV_IO_READ, 0, 4096);

	ck_assert_int_gt(read_of_busy_die("{" FLASH "}"), idle + 200 * SV_US);
	ck_assert_int_eq(read_of_busy_die("{" FLASH ", suspend-time: 20us}"), idle + 20 * SV_US);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { a_cached_write_is_done_before_flash_has_it,
		a_flush_waits_for_flash_only_where_the_cache_is_not_protected,
		data_on_their_way_to_flash_are_read_from_the_cache, writes_follow_a_trim,
		a_trim_of_a_part_voids_that_part_of_a_drive_that_is_folded,
		a_suspended_program_lets_a_read_by, NULL };

	return run_tests("ssd_flash", tests);
}
