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

int main(void)
{
	TCase *c = tcase_create("fio_trace");

	tcase_add_test(c, mistakes_in_traces_have_their_places);
	return run_case("fio_trace", c);
}
