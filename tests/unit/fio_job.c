/*
 * fio_job.c - tests of fio_job.h and ini.h: job files of fio
 */
#include "workloads/fio_job.h"
#include "run_suite.h"
#include "test_text.h"

static struct sv_fio_jobs good(const char *text, const char *disk)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_fio_jobs jobs;
	int status = sv_fio_jobs_parse(&jobs, "my.fio", text, strlen(text), disk, diag);

	test_no_errors(diag);
	ck_assert_int_eq(status, 0);
	sv_diag_free(diag);
	return jobs;
}

/* Each text has one mistake. */
static void bad(const char *text, const char *part)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_fio_jobs jobs;

	ck_assert_int_eq(sv_fio_jobs_parse(&jobs, "my.fio", text, strlen(text), NULL, diag), -1);
	test_says(diag, part);
	sv_fio_jobs_free(&jobs);
	sv_diag_free(diag);
}

START_TEST(a_job_has_what_the_global_sections_before_it_say)
{
	struct sv_fio_jobs jobs = good("; a comment\n"
				       "[global]\n"
				       "direct=1 ; and another one\n"
				       "ioengine = libaio\n"
				       "filename=/dev/vda\n"
				       "bs=8k\n"
				       "\n"
				       "[reads] # at random\n"
				       "rw=randread\n"
				       "iodepth=16\n"
				       "[global]\n"
				       "bs=1m\n"
				       "[writes]\n"
				       "rw=write\n"
				       "numjobs=2\n",
		NULL);

	ck_assert_uint_eq(jobs.n, 2);
	ck_assert_str_eq(jobs.job[0].name, "reads");
	ck_assert_str_eq(jobs.job[0].disk, "vda");
	ck_assert_int_eq(jobs.job[0].block_bytes, 8192);
	ck_assert_int_eq(jobs.job[0].depth, 16);
	ck_assert_int_eq(jobs.job[0].engine, SV_FIO_LIBAIO);
	ck_assert_int_eq(jobs.job[0].rw, SV_FIO_READ);
	ck_assert_int_eq(jobs.job[0].order, SV_FIO_UNIFORM);
	ck_assert_int_eq(jobs.job[1].block_bytes, 1 << 20);
	ck_assert_int_eq(jobs.job[1].depth, 1);
	ck_assert_int_eq(jobs.job[1].threads, 2);
	ck_assert_int_eq(jobs.job[1].rw, SV_FIO_WRITE);
	ck_assert_int_eq(jobs.job[1].order, SV_FIO_SEQUENTIAL);
	sv_fio_jobs_free(&jobs);
}
END_TEST

START_TEST(numbers_have_the_prefixes_of_fio)
{
	struct sv_fio_jobs jobs = good("[j]\ndirect=1\nsize=2ki\nbs=0.5\n" + 0 ? "[j]\ndirect=1\n"
										 "offset=2ki\nsize=3GB\n"
										 "bs=512b\nthinktime=7\n"
										 "thinktime_blocks=2k\n"
										 "runtime=1m\nramp_time=2\n"
										 "time_based\n"
									       : NULL,
		"vda");

	ck_assert_int_eq(jobs.job[0].offset, 2000);
	ck_assert_int_eq(jobs.job[0].size_bytes, 3LL << 30);
	ck_assert_int_eq(jobs.job[0].block_bytes, 512);
	ck_assert_int_eq(jobs.job[0].think_blocks, 2048);
	ck_assert(jobs.job[0].think.p[0] == 7 * (double)SV_US);
	ck_assert_int_eq(jobs.job[0].ios, 0);
	sv_fio_jobs_free(&jobs);
}
END_TEST
