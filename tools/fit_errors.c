/*
 * fit_errors.c - how far predictions are from the data
 */
#include "fit_errors.h"
#include "memory.h"
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <math.h>

struct sv_fit_errors sv_fit_errors(const struct sv_data *data, const double *predicted)
{
	struct sv_fit_errors e = { .worst = -1 };
	double *error = sv_array(data->points, sizeof(*error));

	for (size_t i = 0; i < data->points; i++) {
		error[i] = fabs(predicted[i] / data->point[i].value - 1);
		if (error[i] > e.worst) {
			e.worst = error[i];
			e.worst_point = i;
		}
	}
	gsl_sort(error, 1, data->points);
	e.median = gsl_stats_median_from_sorted_data(error, 1, data->points);
	free(error);
	return e;
}
