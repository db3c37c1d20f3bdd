/*
 * fit_errors.h - how far predictions are from the data
 */
#ifndef SV_FIT_ERRORS_H
#define SV_FIT_ERRORS_H

#include "fit_data.h"

struct sv_fit_errors {
	double median, worst; /* of |predicted / measured - 1| */
	size_t worst_point;
};

struct sv_fit_errors sv_fit_errors(const struct sv_data *data, const double *predicted);

#endif
