/*
 * fio_job.c - tests of fio_job.h and ini.h: job files of fio
 */
#include "workloads/fio_job.h"
#include "run_suite.h"
#include "test_text.h"

static struct sv_fio_jobs good(const char *text, const char *disk)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_fio_beside beside = { .disk = disk };
	struct sv_fio_jobs jobs;
	int status = sv_fio_jobs_parse(&jobs, "my.fio", text, strlen(text), &beside, diag);

	test_no_errors(diag);
	ck_assert_int_eq(status, 0);
	sv_diag_free(diag);
	return jobs;
}

/* Each text has one mistake. */
static void bad(const char *text, const char *part)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_fio_beside beside = { 0 };
	struct sv_fio_jobs jobs;

	ck_assert_int_eq(sv_fio_jobs_parse(&jobs, "my.fio", text, strlen(text), &beside, diag), -1);
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
	struct sv_fio_jobs jobs = good("[j]\n"
				       "direct=1\n"
				       "offset=1k\n"
				       "size=3GB\n"
				       "bs=512b\n"
				       "thinktime=7\n"
				       "thinktime_blocks=2ki\n"
				       "runtime=1m\n"
				       "time_based\n",
		"vda");

	ck_assert_int_eq(jobs.job[0].offset, 1024);
	ck_assert_int_eq(jobs.job[0].size_bytes, 3LL << 30);
	ck_assert_int_eq(jobs.job[0].block_bytes, 512);
	ck_assert_int_eq(jobs.job[0].think_blocks, 2000);
	ck_assert(jobs.job[0].think.p[0] == 7 * (double)SV_US);
	sv_fio_jobs_free(&jobs);
}
END_TEST

START_TEST(a_job_ends_with_its_size_unless_time_ends_it)
{
	struct sv_fio_jobs jobs = good("[global]\ndirect=1\nsize=1m\n"
				       "[once]\n"
				       "[less]\nio_size=64k\n"
				       "[counted]\nnumber_ios=7\n"
				       "[long]\ntime_based=1\nruntime=30\n"
				       "[all]\nsize=100%\n",
		"vda");
	static const int64_t ios[] = { 256, 16, 7, 0, 0 };

	for (size_t i = 0; i < jobs.n; i++)
		ck_assert_int_eq(jobs.job[i].ios, ios[i]);
	ck_assert_uint_eq(jobs.n, sizeof(ios) / sizeof(ios[0]));
	sv_fio_jobs_free(&jobs);
}
END_TEST

START_TEST(mixes_rates_and_distributions_are_read)
{
	struct sv_fio_jobs jobs = good("[global]\ndirect=1\nrw=randrw\n"
				       "[a]\nrwmixread=70\nrate_iops=2k\nrate_process=poisson\n"
				       "[b]\nrwmixwrite=70\nrate=8m\nrandom_distribution=zipf:1.2\n"
				       "[c]\nrandom_distribution=pareto\n"
				       "[d]\nrw=rw\nrandom_distribution=zipf\n",
		"vda");

	ck_assert_double_eq_tol(jobs.job[0].reads, 0.7, 1e-12);
	ck_assert(jobs.job[0].rate == 2048);
	ck_assert(jobs.job[0].poisson);
	ck_assert_double_eq_tol(jobs.job[1].reads, 0.3, 1e-12);
	ck_assert(jobs.job[1].rate == 2048);
	ck_assert_int_eq(jobs.job[1].order, SV_FIO_ZIPF);
	ck_assert(jobs.job[1].skew == 1.2);
	ck_assert_int_eq(jobs.job[2].order, SV_FIO_PARETO);
	ck_assert(jobs.job[2].skew == 0.2);
	ck_assert_int_eq(jobs.job[3].order, SV_FIO_SEQUENTIAL);
	sv_fio_jobs_free(&jobs);
}
END_TEST

START_TEST(the_scenario_s_disk_goes_before_file_names)
{
	struct sv_fio_jobs jobs = good("[j]\ndirect=1\nfilename=/dev/nvme0n1\n", "vdb");

	ck_assert_str_eq(jobs.job[0].disk, "vdb");
	sv_fio_jobs_free(&jobs);
}
END_TEST

/* As in files that measure one thing after the other. */
#define WALLS                                                                                      \
	"[global]\ndirect=1\nfilename=/dev/vda\nstonewall\n[reads]\nrw=read\n[writes]\nrw=write\n"

START_TEST(one_of_several_jobs_is_run_alone)
{
	struct sv_fio_beside beside = { .section = "writes" }, wrong = { .section = "raeds" };
	struct sv_diag *diag = sv_diag_new();
	struct sv_fio_jobs jobs;

	ck_assert_int_eq(
		sv_fio_jobs_parse(&jobs, "my.fio", WALLS, strlen(WALLS), &beside, diag), 0);
	ck_assert_uint_eq(jobs.n, 1);
	ck_assert_int_eq(jobs.job[0].rw, SV_FIO_WRITE);
	sv_fio_jobs_free(&jobs);
	ck_assert_int_eq(
		sv_fio_jobs_parse(&jobs, "my.fio", WALLS, strlen(WALLS), &wrong, diag), -1);
	test_says(diag, "my.fio: error: has no job 'raeds'; did you mean 'reads'?");
	sv_fio_jobs_free(&jobs);
	sv_diag_free(diag);
}
END_TEST

#define OK "direct=1\nfilename=/dev/vda\n"
static const struct {
	const char *text, *says;
} mistakes[] = {
	{ "", "has no job" },
	{ "[global]\nbs=4k\n", "has no job" },
	{ "bs=4k\n[j]\n" OK, "my.fio:1:1: error: 'bs' stands before the first [section]" },
	{ "[j\n" OK, "my.fio:1:1: error: a section is written [NAME]" },
	{ "[]\n" OK, "a section has no name" },
	{ "[j]\n" OK "=4k\n", "my.fio:4:1: error: a value has no key" },
	{ "[j]\n" OK "verify=md5\n", "my.fio:4:1: error: the option 'verify' is not supported" },
	{ "[j]\n" OK "  iodepht=4\n",
		"my.fio:4:3: error: the option 'iodepht' is not supported; did "
		"you mean 'iodepth'?" },
	{ "[j]\n" OK "bs = 4q\n", "my.fio:4:6: error: bs: '4q' has no unit" },
	{ "[j]\n" OK "bs=4k,8k\n", "bs: '4k,8k' has no unit" },
	{ "[j]\n" OK "bs=\n", "my.fio:4:1: error: bs: needs a value" },
	{ "[j]\n" OK "bs=1000\n", "bs: is no multiple of 512" },
	{ "[j]\n" OK "bs=9999999999999999999999k\n", "is too large" },
	{ "[j]\n" OK "bs=9999999t\n", "is too large" },
	{ "[j]\n" OK "iodepth=0\n", "iodepth: '0' is too small" },
	{ "[j]\n" OK "iodepth=-1\n", "iodepth: '-1' is negative" },
	{ "[j]\n" OK "iodepth=4\n", "iodepth: a synchronous engine" },
	{ "[j]\n" OK "ioengine=libaio\niodepth=4\niodepth_batch=8\n", "iodepth_batch: more" },
	{ "[j]\n" OK "ioengine=libaio\niodepth_batch_complete=8\n",
		"iodepth_batch_complete_min: " },
	{ "[j]\n" OK "ioengine=rbd\n", "ioengine: 'rbd' is none of" },
	{ "[j]\n" OK "rw=trim\n", "rw: 'trim' is none of" },
	{ "[j]\n" OK "rwmixread=101\n", "rwmixread: '101' is too large" },
	{ "[j]\n" OK "random_distribution=normal:1\n", "is none of random, zipf" },
	{ "[j]\n" OK "random_distribution=zipf:x\n", "no number behind the colon" },
	{ "[j]\n" OK "rw=randread\nrandom_distribution=zipf:0\n", "zipf's theta" },
	{ "[j]\n" OK "rw=randread\nrandom_distribution=pareto:1\n", "pareto's h" },
	{ "[j]\n" OK "rate_process=bursts\n", "neither linear nor poisson" },
	{ "[j]\n" OK "runtime=5x\n", "runtime: '5x' has no unit" },
	{ "[j]\n" OK "time_based=yes\n", "time_based: 'yes' is neither 0 nor 1" },
	{ "[j]\n" OK "size=1k\n", "size: is less than one block" },
	{ "[j]\n" OK "size=50%\n", "size: '50%' has no unit" },
	{ "[j]\nfilename=/dev/vda\n", "my.fio:1:1: error: j: goes through the page cache" },
	{ "[j]\nfilename=/dev/vda\ndirect=0\n", "page cache" },
	{ "[j]\nfilename=/dev/vda\ndirect\n", "direct: needs a value" },
	{ WALLS, "my.fio:5:1: error: reads: stonewall: jobs do not wait" },
	{ "[j]\ndirect=1\n", "my.fio:1:1: error: j: names no disk" },
	{ "[j]\ndirect=1\nfilename=/dev/vda:/dev/vdb\n", "names several files" },
	{ "[j]\ndirect=1\nfilename=/tmp/file.1\n", "names no disk" },
	{ "[global]\ndirect=1\nfilename=/dev/vda: 1\n[j]\n", "my.fio:3:10: error: filename: " },
	{ "[j]\nbs=\xff\n", "my.fio:2:4: error: is no text: it holds the byte 0xff" },
};

START_TEST(each_mistake_is_said_with_its_place)
{
	bad(mistakes[_i].text, mistakes[_i].says);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_said)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_fio_beside beside = { 0 };
	struct sv_fio_jobs jobs;

	ck_assert_int_eq(sv_fio_jobs_load(&jobs, "/nowhere/my.fio", &beside, diag), -1);
	test_says(diag, "/nowhere/my.fio: error: cannot be read");
	sv_fio_jobs_free(&jobs);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("fio_job");

	tcase_add_test(c, a_job_has_what_the_global_sections_before_it_say);
	tcase_add_test(c, numbers_have_the_prefixes_of_fio);
	tcase_add_test(c, a_job_ends_with_its_size_unless_time_ends_it);
	tcase_add_test(c, mixes_rates_and_distributions_are_read);
	tcase_add_test(c, the_scenario_s_disk_goes_before_file_names);
	tcase_add_test(c, one_of_several_jobs_is_run_alone);
	tcase_add_loop_test(c, each_mistake_is_said_with_its_place, 0,
		(int)(sizeof(mistakes) / sizeof(mistakes[0])));
	tcase_add_test(c, a_file_that_is_not_there_is_said);
	return run_case("fio_job", c);
}
