/*
 * plot_data.c - the points of a report arranged as a plot needs them
 */
#include "plot_data.h"
#include "memory.h"
#include <ctype.h>
#include <math.h>
#include <string.h>

static size_t param_index(const struct sv_report *r, const char *path)
{
	for (size_t i = 0; path && i < r->params; i++)
		if (!strcmp(r->param[i].path, path))
			return i;
	return SIZE_MAX;
}

/* The place of text among n strings; adds it when it is new. */
static size_t intern(const char **strings, size_t *n, const char *text)
{
	for (size_t i = 0; i < *n; i++)
		if (!strcmp(strings[i], text))
			return i;
	strings[*n] = text;
	return (*n)++;
}

/* A quantity is a number or a time. Returns its unit, or NULL when text is a name. */
static const char *quantity(const char *text, double *out)
{
	char *end;
	sv_time t;

	if (!isdigit((unsigned char)text[0]) && text[0] != '-' && text[0] != '.')
		return NULL;
	*out = strtod(text, &end);
	if (end > text && !*end)
		return "1";
	if (sv_time_parse(text, &t))
		return NULL;
	*out = sv_seconds(t);
	return "s";
}

static void read_x(struct sv_plot_data *d, const struct sv_report *r, size_t x)
{
	const char *unit = NULL;

	d->value_name = sv_array(r->results.n, sizeof(*d->value_name));
	for (size_t i = 0; i < r->results.n; i++)
		intern(d->value_name, &d->values, x == SIZE_MAX ? "" : r->param[x].value[i]);
	d->value = sv_array(d->values, sizeof(*d->value));
	for (size_t i = 0; i < d->values; i++) {
		const char *u = quantity(d->value_name[i], &d->value[i]);

		d->bars |= !u || (unit && strcmp(u, unit) != 0);
		unit = u;
	}
	for (size_t i = 0; d->bars && i < d->values; i++)
		d->value[i] = (double)i;
	d->x_heading = x == SIZE_MAX ? "" : r->param[x].heading;
	d->x_scale = sv_scale_choose(d->bars ? "1" : unit, d->value, d->values);
	/* Axes have one prefix, however far they reach. */
	d->x_scale.each = false;
}

/* The values of all parameters that neither x nor the panel shows. */
static char *series_label(const struct sv_report *r, size_t point, size_t x, size_t panels)
{
	char *text = NULL;
	size_t bytes, n = 0;
	FILE *f = sv_must(open_memstream(&text, &bytes));
	size_t others = r->params - (x != SIZE_MAX) - (panels != SIZE_MAX && panels != x);

	for (size_t i = 0; i < r->params; i++) {
		const struct sv_report_param *p = &r->param[i];
		double number;

		if (i == x || i == panels)
			continue;
		/* A bare number says nothing without its name. */
		fprintf(f, "%s%s%s%s", n++ ? ", " : "",
			others > 1 || quantity(p->value[point], &number) ? p->heading : "",
			others > 1 || quantity(p->value[point], &number) ? " " : "",
			p->value[point]);
	}
	SV_BUG_ON(fclose(f));
	return text;
}

static char *panel_label(const char *heading, const char *value)
{
	char *text = NULL;

	SV_BUG_ON(asprintf(&text, "%s %s", heading, value) < 0);
	return text;
}

static void make_panels(struct sv_plot_data *d, const char *heading, const char *const *panel,
	const char *const *series)
{
	d->panel = sv_array(d->panels, sizeof(*d->panel));
	for (size_t i = 0; i < d->panels; i++) {
		d->panel[i].label = panel[i][0] ? panel_label(heading, panel[i]) : NULL;
		d->panel[i].n = d->series;
		d->panel[i].series = sv_array(d->series, sizeof(*d->panel[i].series));
		for (size_t k = 0; k < d->series; k++)
			d->panel[i].series[k].label = sv_must(strdup(series[k]));
	}
}

static void add_point(struct sv_plot_series *s, struct sv_plot_point point)
{
	s->point = sv_must(realloc(s->point, (s->n + 1) * sizeof(*s->point)));
	s->point[s->n++] = point;
}

static void choose_y_scale(
	struct sv_plot_data *d, const struct sv_report *r, const struct sv_plot *plot)
{
	const struct sv_metric *m = sv_report_metric(r, plot->metric);
	double *y = sv_array(r->results.n, sizeof(*y));

	for (size_t i = 0; i < r->results.n; i++) {
		const struct sv_estimate *e = sv_results_get(&r->results, i, plot->metric);

		y[i] = e ? e->ci.mean : NAN;
	}
	d->y_scale = sv_scale_choose(m ? m->unit : "1", y, r->results.n);
	/* Decades need prefixes of their own; a linear axis has one for all. */
	d->y_scale.each &= plot->log_y;
	free(y);
}

void sv_plot_data_init(
	struct sv_plot_data *d, const struct sv_report *r, const struct sv_plot *plot)
{
	size_t x = param_index(r, plot->x), by = param_index(r, plot->panels);
	const char **panel = sv_array(r->results.n, sizeof(*panel));
	const char **series = sv_array(r->results.n, sizeof(*series));
	char **label = sv_array(r->results.n, sizeof(*label));

	*d = (struct sv_plot_data){ 0 };
	read_x(d, r, x);
	choose_y_scale(d, r, plot);
	for (size_t i = 0; i < r->results.n; i++) {
		label[i] = series_label(r, i, x, by);
		intern(series, &d->series, label[i]);
		intern(panel, &d->panels, by == SIZE_MAX ? "" : r->param[by].value[i]);
	}
	make_panels(d, by == SIZE_MAX ? "" : r->param[by].heading, panel, series);
	for (size_t i = 0; i < r->results.n; i++) {
		const struct sv_estimate *e = sv_results_get(&r->results, i, plot->metric);
		size_t p = intern(panel, &d->panels, by == SIZE_MAX ? "" : r->param[by].value[i]);
		size_t s = intern(series, &d->series, label[i]);
		size_t v = intern(
			d->value_name, &d->values, x == SIZE_MAX ? "" : r->param[x].value[i]);

		if (e && isfinite(e->ci.mean))
			add_point(&d->panel[p].series[s],
				(struct sv_plot_point){ d->value[v], e->ci.mean,
					isfinite(e->ci.half) ? e->ci.half : 0 });
	}
	for (size_t i = 0; i < r->results.n; i++)
		free(label[i]);
	free(label);
	free(series);
	free(panel);
}

void sv_plot_data_fini(struct sv_plot_data *d)
{
	for (size_t i = 0; i < d->panels; i++) {
		for (size_t k = 0; k < d->panel[i].n; k++) {
			free(d->panel[i].series[k].label);
			free(d->panel[i].series[k].point);
		}
		free(d->panel[i].series);
		free(d->panel[i].label);
	}
	free(d->panel);
	free(d->value);
	free(d->value_name);
	*d = (struct sv_plot_data){ 0 };
}
