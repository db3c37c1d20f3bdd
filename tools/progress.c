/*
 * progress.c - how far a run is: a bar on a terminal, lines elsewhere
 */
#include "progress.h"
#include "grid.h"
#include "memory.h"
#include "wallclock.h"
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#define BAR_WIDTH   20
#define FIRST_AFTER 0.3 /* a shorter run shows no bar at all */
#define BAR_EVERY   0.1
#define LINE_EVERY  1.0
#define ERASE_LINE  "\r\033[K"

const char *const sv_progress_modes[] = { "auto", "always", "never", NULL };

struct sv_progress {
	FILE *to;
	const char *noun;
	bool bar, bound;
	pthread_t drawer;
	pthread_mutex_t mutex; /* protects all below */
	pthread_cond_t stop;
	bool stopping, drawn;
	size_t points, points_done, jobs, jobs_done;
	double start;
	char text[256];
};

struct sv_progress *sv_progress_new(enum sv_progress_mode mode, FILE *to)
{
	const char *term = getenv("TERM");
	bool terminal = isatty(fileno(to)) && term && strcmp(term, "dumb") != 0;
	struct sv_progress *p;
	pthread_condattr_t attr;

	if (mode == SV_PROGRESS_NEVER || (mode == SV_PROGRESS_AUTO && !terminal))
		return NULL;
	p = sv_array(1, sizeof(*p));
	p->to = to;
	p->noun = "points";
	p->bar = terminal;
	pthread_mutex_init(&p->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->stop, &attr);
	pthread_condattr_destroy(&attr);
	return p;
}

void sv_progress_free(struct sv_progress *p)
{
	if (!p)
		return;
	pthread_cond_destroy(&p->stop);
	pthread_mutex_destroy(&p->mutex);
	free(p);
}

static void format_time(double seconds, char *buf, size_t size)
{
	unsigned s = seconds > 359999 ? 359999 : (unsigned)(seconds + 0.5);

	if (s < 3600)
		snprintf(buf, size, "%u:%02u", s / 60, s % 60);
	else
		snprintf(buf, size, "%u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
}

/* "5/28 points, 0:13 left  threads=20: throughput 1.9 M/s" */
static void describe(const struct sv_progress *p, double now, char *buf, size_t size)
{
	double elapsed = now - p->start;
	bool guess = !p->bound && p->jobs_done > 0 && p->jobs_done < p->jobs;
	char time[32];

	/* By the mean time of the jobs so far; before there is one, the time that passed. */
	if (guess)
		elapsed *= (double)(p->jobs - p->jobs_done) / (double)p->jobs_done;
	format_time(elapsed, time, sizeof(time));
	snprintf(buf, size, "%zu/%zu %s, %s%s%s%s", p->points_done, p->points, p->noun, time,
		guess ? " left" : "", p->text[0] ? "  " : "", p->text);
}

/* Cuts at a whole character. */
static void cut(char *text, size_t width)
{
	for (; *text; text++)
		if (((unsigned char)*text & 0xc0) != 0x80 && width-- == 0) {
			*text = '\0';
			return;
		}
}

static void draw_bar(struct sv_progress *p, double now)
{
	char bar[BAR_WIDTH + 1], text[400], line[480];
	size_t filled = p->jobs ? BAR_WIDTH * p->jobs_done / p->jobs : 0;

	memset(bar, ' ', BAR_WIDTH);
	memset(bar, '=', filled);
	if (filled < BAR_WIDTH)
		bar[filled] = '>';
	bar[BAR_WIDTH] = '\0';
	describe(p, now, text, sizeof(text));
	snprintf(line, sizeof(line), "[%s] %s", bar, text);
	/* A line that fills the last column would wrap on some terminals. */
	cut(line, sv_terminal_width(p->to) - 1);
	fprintf(p->to, "\r%s\033[K", line);
	fflush(p->to);
	p->drawn = true;
}

static void draw_line(struct sv_progress *p, double now)
{
	char text[400];

	describe(p, now, text, sizeof(text));
	fprintf(p->to, "%s\n", text);
	fflush(p->to);
}

static void add_seconds(struct timespec *t, double s)
{
	t->tv_nsec += (long)(1e9 * s);
	t->tv_sec += t->tv_nsec / 1000000000;
	t->tv_nsec %= 1000000000;
}

static void *drawer_main(void *arg)
{
	struct sv_progress *p = arg;
	struct timespec next;

	clock_gettime(CLOCK_MONOTONIC, &next);
	add_seconds(&next, p->bar ? FIRST_AFTER : LINE_EVERY);
	pthread_mutex_lock(&p->mutex);
	while (!p->stopping) {
		if (pthread_cond_timedwait(&p->stop, &p->mutex, &next) == 0)
			continue;
		if (p->bar)
			draw_bar(p, sv_wallclock());
		else
			draw_line(p, sv_wallclock());
		clock_gettime(CLOCK_MONOTONIC, &next);
		add_seconds(&next, p->bar ? BAR_EVERY : LINE_EVERY);
	}
	pthread_mutex_unlock(&p->mutex);
	return NULL;
}

void sv_progress_bound(struct sv_progress *p, const char *noun)
{
	p->noun = noun;
	p->bound = true;
}

void sv_progress_start(struct sv_progress *p, size_t points, size_t jobs)
{
	p->points = points;
	p->jobs = jobs;
	p->points_done = p->jobs_done = 0;
	p->stopping = p->drawn = false;
	p->text[0] = '\0';
	p->start = sv_wallclock();
	SV_BUG_ON(pthread_create(&p->drawer, NULL, drawer_main, p));
}

void sv_progress_step(struct sv_progress *p, bool point_done, const char *text)
{
	pthread_mutex_lock(&p->mutex);
	p->jobs_done++;
	p->points_done += point_done;
	snprintf(p->text, sizeof(p->text), "%s", text);
	pthread_mutex_unlock(&p->mutex);
}

void sv_progress_stop(struct sv_progress *p)
{
	pthread_mutex_lock(&p->mutex);
	p->stopping = true;
	pthread_cond_signal(&p->stop);
	pthread_mutex_unlock(&p->mutex);
	pthread_join(p->drawer, NULL);
	if (p->drawn) {
		fputs(ERASE_LINE, p->to);
		fflush(p->to);
	}
	if (!p->bar)
		draw_line(p, sv_wallclock());
}
