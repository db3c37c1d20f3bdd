/*
 * build.h - the jobs of a parallel build
 *
 * What gmake.c starts and reports, and build.c lives: a job is made, computes with kernel lock
 * operations and allocations in between, exits, and begins anew.
 */
#ifndef SV_BUILD_H
#define SV_BUILD_H

#include "workloads/pages.h"
#include "workloads/team.h"

/* Progress is counted at the end of a burst, so long ones are cut. */
#define SV_BUILD_BURST SV_MS

struct sv_build_phase {
	struct sv_dist cpu;
	int64_t locks;
};

struct sv_build_cfg {
	struct sv_team_cfg team;
	int64_t per_cpu;
	struct sv_lock_set_cfg set;
	struct sv_dist cpu, section, fault;
	double lock_rate;
	struct sv_build_phase create, exit;
	int64_t faults;
	double ept_share;
	struct sv_build_pages {
		double rate;
		struct sv_dist section;
		sv_time release;
	} pages;
	sv_time cpu_per_build, serial;
	double speed, memory_bound;
};

struct sv_build_job {
	struct sv_sim_thread thread;
	struct sv_stream stream;
	struct sv_lock_user user;
	struct sv_build *all;
	int64_t pages;    /* in use */
	sv_time to_pages; /* CPU time until more are */
};

struct sv_build {
	const struct sv_build_cfg *cfg;
	struct sv_system *system;
	const char *name;
	unsigned jobs;
	struct sv_build_job *job;
	struct sv_lock_set set;
	struct sv_pages pages;
	int64_t *pace; /* of each CPU (pace.h): how much longer computing takes than its time */
	bool broken;   /* something took less time than it needed */
	/* Since the start of the window. */
	sv_time work, built_at; /* -1: the work of a build is not done yet */
	uint64_t ended;
};

/* The life of a job; arg: its struct sv_build_job. Never returns. */
void sv_build_job_live(struct sv_sim_thread *self, void *arg);

#endif
