/*
 * ssd_script.h - commands to a drive one by one, for tests
 */
#ifndef SSD_SCRIPT_H
#define SSD_SCRIPT_H

#include "ssd_run.h"

/* Times that add up by hand: 1 + 2 us to the medium, 4 KiB over the link in 4.096 us, 0.5 us back.
 */
#define FRONT                                                                                      \
	"kind: nvme, fetch-time: 1us, command-time: 2us, link-latency: 500ns, link-read: 1GB/s, "  \
	"link-write: 1GB/s, interrupt-latency: 250ns, capacity: 1GiB"
#define UNITS FRONT ", medium: units, units: 4, read-time: 10us, program-time: 20us"
#define FLASH                                                                                      \
	FRONT ", channels: 2, dies: 2, planes: 2, page: 16KiB, pages: 8, channel-rate: 1GB/s, "    \
	      "read-time: 50us, program-time: 500us, erase-time: 1ms, cache-time: 1us, "           \
	      "cache: 1MiB, max-transfer: 128KiB"

/* A port whose commands a test submits one by one. */
struct script {
	struct sv_device_port port;
	struct sv_io io[64];
	sv_time done[64];
	unsigned submitted, fetched, posted, interrupts;
	struct sv_lp *lp;
};

static inline struct sv_io *script_fetch(struct sv_device_port *port)
{
	struct script *s = (struct script *)port;

	return s->fetched < s->submitted ? &s->io[s->fetched++] : NULL;
}

static inline void script_post(struct sv_device_port *port, struct sv_io *io)
{
	struct script *s = (struct script *)port;

	s->posted++;
	s->done[io - s->io] = sv_now(s->lp);
}

static inline void script_interrupt(struct sv_device_port *port)
{
	((struct script *)port)->interrupts++;
}

static inline void script_init(struct script *s, struct ssd_run *r, bool interrupts)
{
	*s = (struct script){ .port = { .fetch = script_fetch,
				      .post = script_post,
				      .interrupt = script_interrupt,
				      .interrupts = interrupts },
		.lp = r->lp };
	ck_assert_int_eq(r->kind->attach(r->device, &s->port), 0);
}

static inline unsigned script_io(
	struct script *s, enum sv_io_op op, uint64_t offset, uint32_t bytes)
{
	s->io[s->submitted] = (struct sv_io){ .op = op, .offset = offset, .bytes = bytes };
	return s->submitted++;
}

static inline void script_ring(struct script *s, struct ssd_run *r)
{
	r->kind->ring(r->device, &s->port);
}

/* One command alone; returns its time. */
static inline sv_time alone(const char *device, enum sv_io_op op, uint64_t offset, uint32_t bytes)
{
	struct ssd_run r;
	struct script s;
	sv_time took;

	ck_assert_int_eq(ssd_run_init(&r, device), 0);
	script_init(&s, &r, false);
	script_io(&s, op, offset, bytes);
	script_ring(&s, &r);
	ssd_run_until(&r, SV_S);
	ck_assert_uint_eq(s.posted, 1);
	ssd_run_finish(&r, SV_S);
	took = s.done[0];
	ssd_run_fini(&r);
	return took;
}

#endif
