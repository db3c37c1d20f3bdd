/*
 * calibrate_plot.c - a heat map of the line transfers between PUs
 */
#include "calibrate_plot.h"
#include "picture.h"

#define MOST_LABELS 16 /* PUs whose numbers fit beside the axes, and values into the fields */

/* One way from the i-th to the k-th PU; NaN is what gnuplot leaves blank. */
static void put_value(const struct sv_calibration *c, unsigned i, unsigned k, FILE *to)
{
	unsigned n = c->transfer_pus;
	const struct sv_samples *s = &c->transfer[i < k ? i * n + k : k * n + i];

	if (i == k || s->n == 0)
		fputs(" NaN", to);
	else
		fprintf(to, " %.4g", sv_samples_summary(s).median);
}

static void put_data(const struct sv_calibration *c, FILE *to)
{
	fputs("$transfer << EOD\n", to);
	for (unsigned i = 0; i < c->transfer_pus; i++) {
		for (unsigned k = 0; k < c->transfer_pus; k++)
			put_value(c, i, k, to);
		fputc('\n', to);
	}
	fputs("EOD\n", to);
}

static void put_ticks(const struct sv_calibration *c, const char *axis, FILE *to)
{
	unsigned n = c->transfer_pus, step = (n + MOST_LABELS - 1) / MOST_LABELS;

	fprintf(to, "set %stics (", axis);
	for (unsigned i = 0; i < n; i += step)
		fprintf(to, "%s'%u' %u", i ? ", " : "", c->transfer_pu[i], i);
	fputs(") out nomirror\n", to);
}

static void put_script(const void *arg, FILE *to)
{
	const struct sv_calibration *c = arg;
	unsigned n = c->transfer_pus;

	fprintf(to,
		"set xlabel 'PU'\nset ylabel 'PU'\nset cblabel 'one way of a line, ns'\n"
		"set xrange [-0.5:%u.5]\nset yrange [%u.5:-0.5]\nset size ratio -1\nunset key\n"
		"set cbrange [0:*]\nset palette defined (0 '#f7fcf0', 1 '#ccebc5', 2 '#7bccc4', 3 "
		"'#43a2ca')\n",
		n - 1, n - 1);
	put_ticks(c, "x", to);
	put_ticks(c, "y", to);
	put_data(c, to);
	fputs("plot $transfer matrix with image", to);
	if (n <= MOST_LABELS)
		fputs(", '' matrix using 1:2:($3 > 0 ? sprintf('%.0f', $3) : '') with labels", to);
	fputc('\n', to);
}

int sv_calibrate_plot(const struct sv_calibration *c, const char *title, const char *name,
	struct sv_files *files, struct sv_diag *diag)
{
	struct sv_picture p = { .name = name,
		.title = title,
		.width = 700,
		.height = 600,
		.script = put_script,
		.arg = c };

	if (c->transfer_pus < 2) {
		sv_warn(diag, NULL, "%s: no picture: no line was sent from PU to PU", name);
		return 0;
	}
	return sv_picture_draw(&p, files, diag);
}
