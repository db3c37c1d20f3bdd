/*
 * fit_value.c - the values of a free parameter: shares of its range, numbers, texts
 */
#include "value.h"
#include "world/fit.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

double sv_fit_value(const struct sv_fit_param *p, double share)
{
	return p->log ? p->from * pow(p->to / p->from, share) : p->from + (p->to - p->from) * share;
}

double sv_fit_share(const struct sv_fit_param *p, double value)
{
	return p->log ? log(value / p->from) / log(p->to / p->from)
		      : (value - p->from) / (p->to - p->from);
}

double sv_fit_slope(const struct sv_fit_param *p, double share)
{
	return p->log ? sv_fit_value(p, share) * log(p->to / p->from) : p->to - p->from;
}

static double rounded(double x)
{
	char text[32];

	snprintf(text, sizeof(text), "%.6g", x);
	return strtod(text, NULL);
}

/* Scales whatever is a time in the distribution, so that its coefficient of variation stays. */
static struct sv_dist with_mean(const struct sv_dist *shape, double mean)
{
	static const bool is_time[][3] = {
		[SV_DIST_FIXED] = { true },
		[SV_DIST_EXPONENTIAL] = { true },
		[SV_DIST_UNIFORM] = { true, true },
		[SV_DIST_LOGNORMAL] = { true },
		[SV_DIST_ERLANG] = { false, true },
		[SV_DIST_HYPEREXPONENTIAL] = { false, true, true },
		[SV_DIST_PARETO] = { false, true },
	};
	struct sv_dist d = *shape;

	if (d.kind == SV_DIST_FIXED)
		d.p[0] = nearbyint(rounded(mean));
	else
		for (size_t i = 0; i < 3; i++)
			if (is_time[d.kind][i])
				d.p[i] = nearbyint(rounded(d.p[i] * mean / sv_dist_mean(shape)));
	return d;
}

char *sv_fit_text(const struct sv_fit_param *p, double value, char *buf)
{
	struct sv_number number = { .real = p->row->type == SV_REAL || p->row->type == SV_RATE };

	if (p->shape) {
		struct sv_dist d = with_mean(p->shape, value);

		if (d.kind == SV_DIST_FIXED)
			return sv_time_format(buf, SV_FIT_TEXT, (sv_time)d.p[0]);
		return sv_dist_format(buf, SV_FIT_TEXT, &d);
	}
	/* Rounding must not leave the range. */
	number.d = fmin(fmax(rounded(value), p->from), p->to);
	number.i = (int64_t)nearbyint(number.d);
	return sv_number_format(buf, SV_FIT_TEXT, p->row, &number);
}

char *sv_fit_error_text(const struct sv_fit_param *p, double error, char *buf)
{
	struct sv_number number = { .real = p->row->type == SV_REAL || p->row->type == SV_RATE };
	char text[32];

	snprintf(text, sizeof(text), "%.2g", error);
	number.d = strtod(text, NULL);
	number.i = (int64_t)fmax(nearbyint(number.d), 1);
	return sv_number_format(buf, SV_FIT_TEXT, p->row, &number);
}

double sv_fit_in_unit(const struct sv_fit_param *p, double value)
{
	return p->row->type == SV_TIME ? value / SV_S : value;
}

const char *sv_fit_unit(const struct sv_fit_param *p)
{
	if (p->row->type == SV_TIME)
		return "s";
	if (p->row->type == SV_BYTES)
		return "B";
	if (p->row->type == SV_RATE)
		return "1/s";
	return p->row->unit ? p->row->unit : "1";
}
