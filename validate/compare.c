/*
 * compare.c - predicted beside measured
 */
#include "compare.h"
#include "bug.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CLOCK   30e-9 /* seconds: below it a difference of two readings says little */
#define FURTHER 0.2   /* measured values so far apart have an order */

/* Any metric will do: what nobody observed in a cell is no fault of it. */
static bool is_judged(const struct sv_compared *one)
{
	for (size_t m = 0; m < SV_CASE_METRICS; m++)
		if (!isnan(one->error[m]))
			return true;
	return false;
}

static void compare_cell(struct sv_comparison *c, size_t i, double line)
{
	const struct sv_case_metric *metric = c->cells->kind->metric;
	struct sv_compared *one = &c->cell[i];
	size_t undisturbed;

	one->cell = &c->cells->cell[i];
	for (size_t m = 0; m < SV_CASE_METRICS; m++) {
		struct sv_figure *f = &one->measured[m];

		one->error[m] = NAN;
		if (m >= c->cells->metrics)
			continue;
		*f = sv_cell_figure(one->cell, m, line);
		if (f->kept >= SV_COMPARE_LEAST && f->median > 0 &&
			!(metric[m].small && f->median < CLOCK))
			one->error[m] = one->cell->predicted[m] / f->median - 1;
	}
	one->kept = sv_cell_kept(one->cell, line, &undisturbed);
	if (undisturbed < SV_COMPARE_LEAST)
		one->mark = SV_MARK_DISTURBED;
	else if (one->kept < SV_COMPARE_LEAST)
		one->mark = SV_MARK_MOVED;
	c->unpredicted += isnan(one->cell->predicted[0]);
	c->judged += !one->mark && is_judged(one);
	c->repeats += one->cell->repeats;
	c->disturbed += one->cell->repeats - undisturbed;
	c->moved += undisturbed - one->kept;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double sv_comparison_median(const struct sv_comparison *c, size_t metric,
	bool (*which)(const struct sv_compared *cell, const void *arg), const void *arg, size_t *n)
{
	double *error = calloc(c->cells->n + 1, sizeof(*error)), median = NAN;

	SV_BUG_ON(!error);
	*n = 0;
	for (size_t i = 0; i < c->cells->n; i++) {
		const struct sv_compared *one = &c->cell[i];

		if (!one->mark && !isnan(one->error[metric]) && (!which || which(one, arg)))
			error[(*n)++] = fabs(one->error[metric]);
	}
	if (*n > 0) {
		qsort(error, *n, sizeof(*error), by_value);
		median = (error[*n / 2] + error[(*n - 1) / 2]) / 2;
	}
	free(error);
	return median;
}

static void find_worst(struct sv_comparison *c, size_t metric)
{
	c->worst[metric] = NAN;
	for (size_t i = 0; i < c->cells->n; i++) {
		double error = fabs(c->cell[i].error[metric]);

		if (c->cell[i].mark || isnan(error) || error <= c->worst[metric])
			continue;
		c->worst[metric] = error;
		c->worst_cell[metric] = i;
	}
}

static bool same_but_first(const struct sv_cells *cells, size_t i, size_t k)
{
	for (size_t a = 1; a < cells->axes; a++)
		if (strcmp(cells->cell[i].value[a], cells->cell[k].value[a]) != 0)
			return false;
	return true;
}

static void count_orders(struct sv_comparison *c)
{
	for (size_t i = 0; i < c->cells->n; i++)
		for (size_t k = i + 1; k < c->cells->n; k++) {
			const struct sv_compared *a = &c->cell[i], *b = &c->cell[k];
			double measured = a->measured[0].median / b->measured[0].median;
			double predicted = a->cell->predicted[0] / b->cell->predicted[0];

			if (a->mark || b->mark || isnan(predicted) || isnan(measured) ||
				!same_but_first(c->cells, i, k))
				continue;
			if (measured < 1 + FURTHER && measured > 1 / (1 + FURTHER))
				continue;
			c->pairs++;
			c->ordered += (measured > 1) == (predicted > 1);
		}
}

void sv_comparison_init(struct sv_comparison *c, const struct sv_cells *cells, double line)
{
	size_t n;

	*c = (struct sv_comparison){ .cells = cells, .cell = calloc(cells->n, sizeof(*c->cell)) };
	SV_BUG_ON(!c->cell && cells->n > 0);
	for (size_t i = 0; i < cells->n; i++)
		compare_cell(c, i, line);
	for (size_t m = 0; m < cells->metrics; m++) {
		c->median[m] = sv_comparison_median(c, m, NULL, NULL, &n);
		find_worst(c, m);
	}
	count_orders(c);
}

void sv_comparison_fini(struct sv_comparison *c)
{
	free(c->cell);
	c->cell = NULL;
}
