/*
 * calibrate_report.c - what a calibration found, for people
 */
#include "calibrate_report.h"
#include "grid.h"

static const char *time_text(double ns, char *buf, size_t size)
{
	if (ns < 1e4)
		snprintf(buf, size, "%.4g ns", ns);
	else if (ns < 1e7)
		snprintf(buf, size, "%.4g us", ns / 1e3);
	else
		snprintf(buf, size, "%.4g ms", ns / 1e6);
	return buf;
}

static void put_row(struct sv_grid *g, const struct sv_probe_row *row)
{
	struct sv_summary s = sv_samples_summary(&row->samples);
	char text[32];

	sv_grid_put(g, "%s", row->name);
	sv_grid_put(g, "%s", s.kept ? time_text(s.median, text, sizeof(text)) : "-");
	sv_grid_put(g, "%s", s.kept ? time_text(s.low, text, sizeof(text)) : "-");
	sv_grid_put(g, "%s", s.kept ? time_text(s.high, text, sizeof(text)) : "-");
	sv_grid_put(g, "%zu", s.kept);
	sv_grid_put(g, "%.0f %%",
		s.kept + s.discarded ? 100 * (double)s.discarded / (double)(s.kept + s.discarded)
				     : 0.0);
	sv_grid_put(g, "%s", sv_quality_name[s.quality]);
}

static void print_rows(const struct sv_calibration *c, FILE *to, size_t width)
{
	static const char *const head[] = { "measured", "median", "low quartile", "high quartile",
		"samples", "discarded", "quality" };
	const size_t columns = sizeof(head) / sizeof(head[0]);
	struct sv_grid g;

	sv_grid_init(&g, columns);
	for (size_t i = 0; i < columns; i++) {
		g.right[i] = i > 0 && i + 1 < columns;
		sv_grid_put(&g, "%s", head[i]);
	}
	for (size_t i = 0; i < c->rows; i++)
		put_row(&g, c->row[i]);
	sv_grid_print(&g, to, width);
	sv_grid_fini(&g);
}

void sv_calibrate_report(const struct sv_calibration *c, FILE *to, size_t width)
{
	struct sv_grid g;

	print_rows(c, to, width);
	if (c->reasons > 0)
		fputs("\nNot measured:\n", to);
	sv_grid_init(&g, 2);
	for (size_t i = 0; i < c->reasons; i++) {
		sv_grid_put(&g, "%s", c->reason[i].name);
		sv_grid_put(&g, "%s", c->reason[i].why);
	}
	sv_grid_print(&g, to, width);
	sv_grid_fini(&g);
	if (c->notes > 0)
		fputc('\n', to);
	for (size_t i = 0; i < c->notes; i++)
		fprintf(to, "Note: %s.\n", c->note[i]);
}
