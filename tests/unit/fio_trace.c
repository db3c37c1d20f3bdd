/*
 * fio_trace.c - tests of fio_trace.h: what traces must not be
 */
#include "workloads/fio_trace.h"
#include "run_suite.h"
#include "test_text.h"
#include <unistd.h>

static void refuse_trace(const char *trace, const char *says)
{
	char path[] = "/tmp/simsvirt-trace-XXXXXX";
	struct sv_diag *diag = sv_diag_new();
	int file = mkstemp(path);
	uint64_t end;

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, trace, strlen(trace)), (ssize_t)strlen(trace));
	close(file);
	ck_assert_int_eq(sv_fio_trace_check(path, &end, diag), -1);
	test_says(diag, says);
	unlink(path);
	sv_diag_free(diag);
}

START_TEST(mistakes_in_traces_have_their_places)
{
#define HEAD "time,op,offset,bytes\n"
	refuse_trace("", "has no line that names the columns");
	refuse_trace(HEAD, "has no I/O");
	refuse_trace("time,op,bytes\n1,R,512\n", "needs one of the columns 'offset' and 'sector'");
	refuse_trace(
		"time,op,sector,bytes\n1,R,-1,512\n", ":2:5: error: sector: '-1' is too small");
	refuse_trace("time,op,offset\n", ":1:1: error: the trace has no column 'bytes'");
	refuse_trace(HEAD "1,R,0\n", ":2:1: error: has 3 cells, but there are 4 columns");
	refuse_trace("time,op,offset,bytes,size\n", ":1:22: error: the column 'size' is none of");
	refuse_trace(HEAD "1,R,0,512\n0.5,R,0,512\n", ":3:1: error: time: '0.5' is before");
	refuse_trace(HEAD "x,R,0,512\n", ":2:1: error: time: 'x' is not a time");
	refuse_trace(HEAD "1q,R,0,512\n", ":2:1: error: time: '1q'");
	refuse_trace(HEAD "1,X,0,512\n", ":2:3: error: op: 'X' is none of R, W, D, F");
	refuse_trace(HEAD "1,R,100,512\n", ":2:5: error: offset: '100' is no multiple of 512");
	refuse_trace(HEAD "1,R,-512,512\n", ":2:5: error: offset: '-512' is too small");
	refuse_trace(HEAD "1,R,0,0\n", ":2:7: error: bytes: '0' is too small");
	refuse_trace(HEAD "1,R,0,1073741824\n", ":2:7: error: bytes: '1073741824' is too large");
	refuse_trace("time,op,offset,bytes,cpu\n1,R,0,512,-1\n", ":2:11: error: cpu: '-1' is neg");
}
END_TEST

START_TEST(what_blkparse_prints_is_read)
{
	static const char trace[] = "time,op,sector,bytes\n"
				    "1.000000001,RA,8,4096\n1.5,WSM,16,512\n2,DS,0,512\n2,FN,0,0\n"
				    "2000001us,FWS,1,512\n";
	static const struct sv_fio_record expected[] = { { 0, SV_IO_READ, 4096, 4096, -1 },
		{ SV_S / 2 - SV_NS, SV_IO_WRITE, 8192, 512, -1 },
		{ SV_S - SV_NS, SV_IO_TRIM, 0, 512, -1 }, { SV_S - SV_NS, SV_IO_FLUSH, 0, 0, -1 },
		{ SV_S + SV_US - SV_NS, SV_IO_WRITE, 512, 512, -1 } };
	char path[] = "/tmp/simsvirt-trace-XXXXXX";
	struct sv_diag *diag = sv_diag_new();
	struct sv_fio_record r;
	struct sv_fio_trace t;
	int file = mkstemp(path);

	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(write(file, trace, sizeof(trace) - 1), (ssize_t)sizeof(trace) - 1);
	close(file);
	ck_assert_int_eq(sv_fio_trace_open(&t, path, diag), 0);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		ck_assert_int_eq(sv_fio_trace_next(&t, &r, diag), 1);
		ck_assert_int_eq(r.time, expected[i].time);
		ck_assert_int_eq(r.op, expected[i].op);
		ck_assert_uint_eq(r.offset, expected[i].offset);
		ck_assert_uint_eq(r.bytes, expected[i].bytes);
		ck_assert_int_eq(r.cpu, -1);
	}
	ck_assert_int_eq(sv_fio_trace_next(&t, &r, diag), 0);
	test_no_errors(diag);
	sv_fio_trace_close(&t);
	unlink(path);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("fio_trace");

	tcase_add_test(c, what_blkparse_prints_is_read);
	tcase_add_test(c, mistakes_in_traces_have_their_places);
	return run_case("fio_trace", c);
}
