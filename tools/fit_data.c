/*
 * fit_data.c - measured values, each with the scenario's values it was measured at
 */
#include "fit_data.h"
#include "memory.h"
#include <string.h>

/* A swept path has no single value unless the data or --set gives one. */
static void check_swept(
	const struct sv_data *data, const struct sv_study *study, struct sv_diag *diag)
{
	const struct sv_fit *fit = sv_study_fit(study);

	for (size_t p = 0; p < sv_study_params(study); p++) {
		const char *path = sv_study_param_path(study, p);
		bool fixed = false;

		for (size_t i = 0; i < data->paths; i++)
			fixed |= !strcmp(data->path[i], path);
		for (size_t i = 0; i < fit->params; i++)
			fixed |= !strcmp(fit->param[i].path, path);
		if (!fixed)
			sv_error(diag, &fit->data.place,
				"fit: %s is swept; fix it by --set, or by a column of the data",
				path);
	}
}

int sv_fit_data_load(
	struct sv_data *out, const char *path, const struct sv_study *study, struct sv_diag *diag)
{
	const struct sv_fit *fit = sv_study_fit(study);
	struct sv_place place = { .source = path };
	size_t before = sv_diag_errors(diag);

	if (sv_data_load(out, path, &fit->data, study, diag) < 0)
		return -1;
	if (out->points < fit->params)
		sv_error(diag, &place, "%zu points cannot tell %zu parameters", out->points,
			fit->params);
	check_swept(out, study, diag);
	return sv_diag_errors(diag) > before ? -1 : 0;
}

char *sv_fit_data_label(const struct sv_data *data, size_t point)
{
	char *text = NULL;
	size_t bytes;
	FILE *to = sv_must(open_memstream(&text, &bytes));

	for (size_t i = 0; i < data->paths; i++) {
		const char *dot = strrchr(data->path[i], '.');

		fprintf(to, "%s%s=%s", i ? " " : "", dot ? dot + 1 : data->path[i],
			data->point[point].x[i]);
	}
	SV_BUG_ON(fclose(to));
	return text;
}
