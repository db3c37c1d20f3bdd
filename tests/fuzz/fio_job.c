/*
 * fio_job.c - libFuzzer target: reading a job file of fio from memory
 *
 * Whatever the bytes, reading ends soon, and either there are jobs or a message.
 */
#include "workloads/fio_job.h"
#include "bug.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_fio_beside beside = { 0 };
	struct sv_fio_jobs jobs;
	int status = sv_fio_jobs_parse(&jobs, "fuzz.fio", (const char *)data, bytes, &beside, diag);
	FILE *nowhere = fopen("/dev/null", "w");

	SV_BUG_ON((status == 0) != (sv_diag_errors(diag) == 0));
	SV_BUG_ON(status == 0 && jobs.n == 0);
	SV_BUG_ON(!nowhere);
	sv_diag_print(diag, nowhere);
	fclose(nowhere);
	sv_fio_jobs_free(&jobs);
	sv_diag_free(diag);
	return 0;
}
