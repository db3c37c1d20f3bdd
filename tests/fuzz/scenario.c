/*
 * scenario.c - libFuzzer target: reading a scenario from memory
 *
 * Whatever the bytes, loading ends soon, and either there is a study or a message.
 */
#include "world/scenario.h"
#include "bug.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = sv_study_parse("fuzz.yaml", (const char *)data, bytes, diag);
	FILE *nowhere = fopen("/dev/null", "w");

	SV_BUG_ON(!study == !sv_diag_errors(diag));
	SV_BUG_ON(!nowhere);
	if (study)
		json_decref(sv_study_effective(study));
	sv_diag_print(diag, nowhere);
	fclose(nowhere);
	sv_study_free(study);
	sv_diag_free(diag);
	return 0;
}
