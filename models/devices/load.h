/*
 * load.h - a generator of load for a device alone
 *
 * So many commands are always under way on each of some queues: one that ends is followed by
 * another one after the host's time. No CPU, no memory and no driver takes part, so what comes
 * out is the device's own: for tests, benchmarks and the accuracy of models.
 *
 *	struct sv_load *load = sv_load_new(device, capacity, &config);
 *	sv_engine_run(...); sv_load_reset(load, now); sv_engine_run(...);
 *	sv_hist_mean(&load->latency), ...
 *	sv_load_free(load);
 */
#ifndef SV_LOAD_H
#define SV_LOAD_H

#include "devices/device.h"

struct sv_load_config {
	unsigned queues, depth; /* commands under way on each queue */
	uint32_t bytes;
	double reads;    /* share of commands that read; others write */
	bool sequential; /* each queue by its own place in the device */
	uint64_t span;   /* of the device that is used; 0: all of it */
	sv_time host;    /* between a completion and the next command; part of the latency */
	bool interrupts; /* a command is done when its interrupt has come */
	uint64_t seed;
};

struct sv_load {
	struct sv_device *device;
	struct sv_load_config config;
	uint64_t slots; /* places of a command in the span */
	struct sv_stream random;
	struct sv_load_queue {
		struct sv_device_port port;
		struct sv_load *load;
		struct sv_load_io *ready, *posted;
		uint64_t next; /* place, when sequential */
	} * queue;
	struct sv_load_io *io;
	/* Since the start of the window. */
	struct sv_hist latency; /* from submission to completion, and the host's time */
	struct sv_station under_way;
	uint64_t interrupts;
	sv_time since;
};

/* Attaches its queues to a device of that capacity, and begins at once. NULL when no memory is
 * left. */
struct sv_load *sv_load_new(
	struct sv_device *device, uint64_t capacity, const struct sv_load_config *config);
void sv_load_reset(struct sv_load *load, sv_time now);
/* Commands per second in the window. */
double sv_load_rate(const struct sv_load *load, sv_time now);
/* NULL, or the name of a broken law: conservation, Little's. */
const char *sv_load_check(const struct sv_load *load, sv_time now);
void sv_load_free(struct sv_load *load);

#endif
