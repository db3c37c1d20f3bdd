/*
 * build.c - the life of a compile job
 */
#include "workloads/build.h"
#include "pace.h"

/* Work, wherever in its life the job is. */
static void compute(struct sv_build_job *j, sv_time work)
{
	struct sv_lp *lp = j->thread.process.lp;

	while (work > 0) {
		sv_time burst = work < SV_BUILD_BURST ? work : SV_BUILD_BURST, start = sv_now(lp);
		sv_time time = sv_pace_takes(burst, j->all->pace[j->thread.cpu]);

		sv_sim_work(&j->thread, time);
		j->all->broken |= sv_now(lp) - start < time;
		j->all->work += burst;
		if (j->all->work >= j->all->cfg->cpu_per_build && j->all->built_at < 0)
			j->all->built_at = sv_now(lp);
		work -= burst;
	}
}

static void operate_on(struct sv_build_job *j, struct sv_guarded *l, const struct sv_dist *section)
{
	sv_lock_set_acquire(&j->user, l, 0);
	sv_lock_set_touch(&j->user, l);
	compute(j, sv_dist_sample(section, &j->stream));
	sv_lock_set_release(&j->user, l, 0);
}

static void operate(struct sv_build_job *j)
{
	operate_on(j, sv_lock_set_choose(&j->user), &j->all->cfg->section);
}

static void lock_pages(struct sv_build_job *j, struct sv_guarded *const *lock, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		operate_on(j, lock[i], &j->all->cfg->pages.section);
}

/* As many page faults as fill a vector take a time that is their sum. */
static sv_time time_to_pages(struct sv_build_job *j)
{
	double rate = j->all->cfg->pages.rate;

	if (rate == 0)
		return SV_TIME_MAX;
	return (sv_time)gsl_ran_gamma(
		sv_stream_gsl(&j->stream), SV_PAGES_CHUNK, (double)SV_S / rate);
}

static void use_pages(struct sv_build_job *j)
{
	struct sv_guarded *lock[SV_PAGES_OPERATIONS];

	lock_pages(j, lock, sv_pages_allocate(&j->all->pages, &j->thread, lock));
	j->pages += SV_PAGES_CHUNK;
	j->to_pages = time_to_pages(j);
}

static void release_pages(struct sv_build_job *j)
{
	struct sv_guarded *lock[SV_PAGES_OPERATIONS];

	for (; j->pages > 0; j->pages -= SV_PAGES_RELEASE) {
		compute(j, SV_PAGES_RELEASE * j->all->cfg->pages.release);
		lock_pages(j, lock, sv_pages_release(&j->all->pages, &j->thread, lock));
	}
	j->pages = 0;
}

static void pass(struct sv_build_job *j, const struct sv_build_phase *p)
{
	sv_time part = sv_dist_sample(&p->cpu, &j->stream) / (p->locks + 1);

	for (int64_t i = 0; i < p->locks; i++) {
		compute(j, part);
		operate(j);
	}
	compute(j, part);
}

static void create(struct sv_build_job *j)
{
	const struct sv_build_cfg *cfg = j->all->cfg;

	pass(j, &cfg->create);
	for (int64_t i = 0; i < cfg->faults; i++) {
		compute(j, sv_dist_sample(&cfg->fault, &j->stream));
		if (cfg->ept_share > 0 && sv_stream_uniform(&j->stream) < cfg->ept_share)
			sv_sim_host_fault(&j->thread);
		operate(j);
	}
}

/* Computes while memory comes into use. */
static void compute_with_pages(struct sv_build_job *j, sv_time work)
{
	while (j->to_pages <= work) {
		compute(j, j->to_pages);
		work -= j->to_pages;
		use_pages(j);
	}
	compute(j, work);
	j->to_pages -= work;
}

static void compile(struct sv_build_job *j, sv_time left)
{
	double rate = j->all->cfg->lock_rate;

	while (rate > 0) {
		double gap = gsl_ran_exponential(sv_stream_gsl(&j->stream), (double)SV_S / rate);

		if (gap >= (double)left)
			break;
		compute_with_pages(j, (sv_time)gap);
		left -= (sv_time)gap;
		operate(j);
	}
	compute_with_pages(j, left);
}

/* The first job of all is found somewhere in its life, as it would be by who looks later. */
void sv_build_job_live(struct sv_sim_thread *self, void *arg)
{
	struct sv_build_job *j = arg;
	const struct sv_build_cfg *cfg = j->all->cfg;
	double passed = sv_stream_uniform(&j->stream);
	sv_time life = sv_dist_sample(&cfg->cpu, &j->stream);

	(void)self;
	j->to_pages = time_to_pages(j);
	j->pages = (int64_t)(passed * sv_seconds(life) * cfg->pages.rate);
	compile(j, (sv_time)((1 - passed) * (double)life));
	for (;;) {
		pass(j, &cfg->exit);
		release_pages(j);
		j->all->ended++;
		create(j);
		compile(j, sv_dist_sample(&cfg->cpu, &j->stream));
	}
}
