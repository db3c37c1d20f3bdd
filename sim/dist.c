/*
 * dist.c - reading, sampling and writing distributions of times
 */
#include "dist.h"
#include "bug.h"
#include "value.h"
#include <ctype.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PARAMS 3
#define LONGEST    0x1p61

static const struct form {
	const char *name;
	const char *params; /* t: a time, n: a number */
	const char *wrong;  /* what to say when the count of parameters is another */
} forms[] = {
	[SV_DIST_FIXED] = { "fixed", "t", "needs one parameter: fixed(TIME)" },
	[SV_DIST_EXPONENTIAL] = { "exponential", "t", "needs one parameter: exponential(MEAN)" },
	[SV_DIST_UNIFORM] = { "uniform", "tt", "needs two parameters: uniform(FROM, TO)" },
	[SV_DIST_LOGNORMAL] = { "lognormal", "tn",
		"needs two parameters: lognormal(MEAN, COEFFICIENT_OF_VARIATION)" },
	[SV_DIST_ERLANG] = { "erlang", "nt", "needs two parameters: erlang(STAGES, MEAN)" },
	[SV_DIST_HYPEREXPONENTIAL] = { "hyperexponential", "ntt",
		"needs three parameters: "
		"hyperexponential(PROBABILITY_OF_FIRST, FIRST_MEAN, SECOND_MEAN)" },
	[SV_DIST_PARETO] = { "pareto", "nt", "needs two parameters: pareto(SHAPE, MINIMUM)" },
};

#define N_FORMS (sizeof(forms) / sizeof(forms[0]))

/* A piece of the text without the blanks around it. */
struct span {
	const char *at;
	size_t bytes;
};

static struct span trim(const char *at, const char *end)
{
	while (at < end && isspace((unsigned char)*at))
		at++;
	while (end > at && isspace((unsigned char)end[-1]))
		end--;
	return (struct span){ at, (size_t)(end - at) };
}

static bool span_copy(struct span s, char *buf, size_t size)
{
	if (s.bytes >= size)
		return false;
	memcpy(buf, s.at, s.bytes);
	buf[s.bytes] = '\0';
	return true;
}

static const char *read_number(const char *text, double *out)
{
	char *end;

	/* strtod() also takes signs, hexadecimal, "inf" and "nan". */
	if (text[strspn(text, "0123456789.eE+-")] ||
		!(isdigit((unsigned char)text[0]) || text[0] == '.'))
		return "has a parameter that is not a number";
	*out = strtod(text, &end);
	if (*end || !isfinite(*out))
		return "has a parameter that is not a number";
	return NULL;
}

static const char *read_param(char type, struct span s, double *out)
{
	char text[64];
	const char *wrong;
	sv_time t;

	if (s.bytes == 0)
		return "has an empty parameter";
	if (!span_copy(s, text, sizeof(text)))
		return "has a parameter that is too long";
	if (type == 'n')
		return read_number(text, out);
	wrong = sv_time_parse(text, &t);
	if (!wrong)
		*out = (double)t;
	return wrong;
}

static const char *check_params(const struct sv_dist *d)
{
	switch (d->kind) {
	case SV_DIST_UNIFORM:
		return d->p[0] > d->p[1] ? "ends before it begins" : NULL;
	case SV_DIST_ERLANG:
		return d->p[0] < 1 || d->p[0] > 1e6 || d->p[0] != floor(d->p[0])
			       ? "needs a whole number of stages, 1 to 1000000"
			       : NULL;
	case SV_DIST_HYPEREXPONENTIAL:
		return d->p[0] > 1 ? "needs a probability from 0 to 1" : NULL;
	case SV_DIST_PARETO:
		return d->p[0] <= 0 || d->p[1] <= 0
			       ? "needs a shape and a minimum that are greater than 0"
			       : NULL;
	default:
		return NULL;
	}
}

static const char *read_params(const char *at, const char *end, struct sv_dist *d)
{
	const struct form *form = &forms[d->kind];
	size_t n = strlen(form->params);

	for (size_t i = 0; i < n; i++) {
		const char *stop = memchr(at, ',', (size_t)(end - at));
		const char *wrong;

		if ((stop == NULL) != (i == n - 1))
			return form->wrong;
		wrong = read_param(form->params[i], trim(at, stop ? stop : end), &d->p[i]);
		if (wrong)
			return wrong;
		at = stop ? stop + 1 : end;
	}
	return check_params(d);
}

static int form_by_name(struct span name)
{
	for (size_t i = 0; i < N_FORMS; i++)
		if (strlen(forms[i].name) == name.bytes &&
			!memcmp(forms[i].name, name.at, name.bytes))
			return (int)i;
	return -1;
}

const char *sv_dist_parse(const char *text, struct sv_dist *out)
{
	const struct span all = trim(text, text + strlen(text));
	const char *end = all.at + all.bytes, *open = memchr(all.at, '(', all.bytes);
	struct sv_dist d = { 0 };
	const char *wrong;
	int kind;

	kind = form_by_name(trim(all.at, open ? open : end));
	if (!open) {
		if (kind >= 0)
			return forms[kind].wrong;
		wrong = read_param('t', all, &d.p[0]);
	} else if (kind < 0) {
		wrong = "is no distribution; known are fixed, exponential, uniform, lognormal, "
			"erlang, hyperexponential and pareto";
	} else if (end[-1] != ')') {
		wrong = "lacks the closing parenthesis";
	} else {
		d.kind = (enum sv_dist_kind)kind;
		wrong = read_params(open + 1, end - 1, &d);
	}
	if (!wrong)
		*out = d;
	return wrong;
}

static double sample(const struct sv_dist *d, gsl_rng *rng)
{
	const double *p = d->p;
	double variance;

	switch (d->kind) {
	case SV_DIST_FIXED:
		return p[0];
	case SV_DIST_EXPONENTIAL:
		return gsl_ran_exponential(rng, p[0]);
	case SV_DIST_UNIFORM:
		return gsl_ran_flat(rng, p[0], p[1]);
	case SV_DIST_LOGNORMAL:
		/* Of the logarithm, from the mean and the coefficient of variation. */
		variance = log1p(p[1] * p[1]);
		return gsl_ran_lognormal(rng, log(p[0]) - variance / 2, sqrt(variance));
	case SV_DIST_ERLANG:
		return gsl_ran_gamma(rng, p[0], p[1] / p[0]);
	case SV_DIST_HYPEREXPONENTIAL:
		return gsl_ran_exponential(rng, gsl_rng_uniform(rng) < p[0] ? p[1] : p[2]);
	case SV_DIST_PARETO:
		return gsl_ran_pareto(rng, p[0], p[1]);
	}
	SV_BUG_ON(true);
}

sv_time sv_dist_sample(const struct sv_dist *d, struct sv_stream *s)
{
	double x = sample(d, sv_stream_gsl(s));

	return (sv_time)nearbyint(x < LONGEST ? x : LONGEST);
}

double sv_dist_mean(const struct sv_dist *d)
{
	const double *p = d->p;

	switch (d->kind) {
	case SV_DIST_FIXED:
	case SV_DIST_EXPONENTIAL:
	case SV_DIST_LOGNORMAL:
		return p[0];
	case SV_DIST_UNIFORM:
		return (p[0] + p[1]) / 2;
	case SV_DIST_ERLANG:
		return p[1];
	case SV_DIST_HYPEREXPONENTIAL:
		return p[0] * p[1] + (1 - p[0]) * p[2];
	case SV_DIST_PARETO:
		return p[0] > 1 ? p[0] * p[1] / (p[0] - 1) : INFINITY;
	}
	SV_BUG_ON(true);
}

char *sv_dist_format(char *buf, size_t size, const struct sv_dist *d)
{
	const struct form *form = &forms[d->kind];
	char param[MAX_PARAMS][32] = { "", "", "" };
	size_t n = strlen(form->params);

	for (size_t i = 0; i < n; i++) {
		if (form->params[i] == 't')
			sv_time_format(param[i], sizeof(param[i]), (sv_time)d->p[i]);
		else
			sv_real_format(param[i], sizeof(param[i]), d->p[i]);
	}
	snprintf(buf, size, "%s(%s%s%s%s%s)", form->name, param[0], n > 1 ? ", " : "", param[1],
		n > 2 ? ", " : "", param[2]);
	return buf;
}
