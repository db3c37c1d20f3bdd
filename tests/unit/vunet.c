/*
 * vunet.c - our packed virtqueue against DPDK's, which others wrote
 *
 * dpdk-testpmd is the device: its vhost port sends back what it receives. We are the driver of a
 * virtio network card, with a packed ring for what is received and another for what is sent. Each
 * packet carries its number and a pattern; all must come back, in order, as they were.
 */
#include "peer.h"
#include "pinned.h"
#include "queues.h"
#include "run_suite.h"
#include "sample.h"
#include "sanitized.h"
#include "test_text.h"
#include "vhost_user.h"
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#define PROGRAM  "dpdk-testpmd"
#define SECONDS  60    /* for the program */
#define STALL_NS 20e9  /* without a packet */
#define LINK_NS  200e6 /* until another first packet: what comes before the link is up is lost */
#define ENTRIES  256
#define WINDOW   64 /* packets under way: so few that no ring is ever full */
#define SLOTS    (2 * WINDOW)
#define SLOT     2048
#define HEADER   12 /* virtio's, of version 1 */
#define PACKET   60
#define WORDS    5 /* of pattern in it, from byte 16 on */

enum { RECEIVES, SENDS, QUEUES };

struct queue {
	void *driver;
	struct sv_ring ring;
	uint8_t *slot; /* SLOTS of them */
	int kick, call;
	uint64_t kicks;
};

static struct sv_diag *diag;
static struct sv_peer peer;
static struct sv_vhost_user v;
static const struct sv_queue *kind;
static uint8_t *memory;
static size_t bytes;
static struct queue queue[QUEUES];

static const struct sv_queue *packed(void)
{
	size_t i = 0;

	while (strcmp(sv_queues_native[i]->name, "vring-packed") != 0)
		i++;
	return sv_queues_native[i];
}

static void *make_cfg(const char *options)
{
	struct sv_doc *doc = sv_doc_parse("test", options, strlen(options), diag);
	void *cfg = calloc(1, kind->options->size);

	sv_read(kind->options, sv_doc_root(doc), cfg, doc, diag);
	test_no_errors(diag);
	sv_doc_free(doc);
	return cfg;
}

static void start_peer(void)
{
	char port[200];
	const char *const argv[] = { PROGRAM, "--lcores", "0@0,1@0", "--no-huge", "-m", "256",
		"--no-pci", "--no-shconf", "--no-telemetry", "--file-prefix=peer", "--vdev", port,
		"--", "--forward-mode=io", "--auto-start", "--stats-period=60",
		"--total-num-mbufs=4096", NULL };

	ck_assert_int_eq(sv_peer_init(&peer, diag), 0);
	snprintf(port, sizeof(port), "net_vhost0,iface=%s,queues=1", peer.socket);
	setenv("RUNTIME_DIRECTORY", peer.directory, 1);
	ck_assert_int_eq(sv_peer_start(&peer, argv, SV_PINNED_ANYWHERE, SECONDS, diag), 0);
}

static void make_queue(unsigned i, const struct sv_queue_layout *layout, size_t at, void *cfg)
{
	struct queue *q = &queue[i];
	struct sv_vhost_user_queue told;

	q->ring = sv_queue_ring(layout, memory + at, ENTRIES);
	q->slot = memory + at + (layout->bytes + 4095) / 4096 * 4096;
	q->driver = aligned_alloc(128, (layout->driver_bytes + 127) / 128 * 128);
	memset(q->driver, 0, layout->driver_bytes);
	kind->driver_init(q->driver, &q->ring, cfg);
	kind->quiet(q->driver);
	q->kicks = 0;
	q->kick = eventfd(0, EFD_CLOEXEC);
	q->call = eventfd(0, EFD_CLOEXEC);
	/* Laps are counted from one, on both sides. */
	told = (struct sv_vhost_user_queue){ ENTRIES, 0x80008000u, q->ring.part[0], q->ring.part[1],
		q->ring.part[2], q->kick, q->call };
	ck_assert_int_eq(sv_vhost_user_queue(&v, i, &told, diag), 0);
}

static void start(const char *options, uint64_t features)
{
	struct sv_queue_layout layout;
	size_t each;
	void *cfg;
	int fd;

	diag = sv_diag_new();
	kind = packed();
	cfg = make_cfg(options);
	start_peer();
	kind->layout(ENTRIES, cfg, &layout);
	each = (layout.bytes + 4095) / 4096 * 4096 + SLOTS * SLOT;
	bytes = QUEUES * each;
	fd = memfd_create("queues", MFD_CLOEXEC);
	ck_assert_int_eq(ftruncate(fd, (off_t)bytes), 0);
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert_ptr_ne(memory, MAP_FAILED);
	if (sv_vhost_user_connect(&v, peer.socket, 30, diag) < 0)
		sv_peer_runs(&peer, diag);
	test_no_errors(diag);
	ck_assert_int_eq(sv_vhost_user_features(
				 &v, SV_VIRTIO_VERSION_1 | SV_VIRTIO_PACKED | features, 0, diag),
		0);
	ck_assert_int_eq(sv_vhost_user_memory(&v, memory, (uintptr_t)memory, bytes, fd, diag), 0);
	for (unsigned i = 0; i < QUEUES; i++)
		make_queue(i, &layout, i * each, cfg);
	test_no_errors(diag);
	close(fd);
	free(cfg);
}

static void stop(void)
{
	sv_vhost_user_close(&v);
	sv_peer_stop(&peer);
	for (unsigned i = 0; i < QUEUES; i++) {
		close(queue[i].kick);
		close(queue[i].call);
		free(queue[i].driver);
	}
	munmap(memory, bytes);
	sv_diag_free(diag);
}

static void publish(struct queue *q)
{
	const uint64_t one = 1;

	if (!kind->publish(q->driver))
		return;
	q->kicks++;
	ck_assert_int_eq(write(q->kick, &one, sizeof(one)), sizeof(one));
}

/* The number, and words that follow from it. */
static void put_packet(uint8_t *at, uint64_t number)
{
	uint64_t word[WORDS + 1] = { number };

	for (unsigned i = 1; i <= WORDS; i++)
		word[i] = (number * (WORDS + 1) + i) * UINT64_C(0x9e3779b97f4a7c15);
	memset(at, 0, HEADER + PACKET);
	/* Addresses and a type that nobody knows. */
	memset(at + HEADER, 2, 12);
	at[HEADER + 12] = 0x88;
	at[HEADER + 13] = 0xb5;
	memcpy(at + HEADER + 14, word, PACKET - 14 < sizeof(word) ? PACKET - 14 : sizeof(word));
}

static void send_packet(uint64_t number, unsigned slot)
{
	uint8_t *at = queue[SENDS].slot + (size_t)slot * SLOT;
	const struct sv_buffer buffer[] = { { (uintptr_t)at, HEADER, false },
		{ (uintptr_t)at + HEADER, PACKET, false } };

	put_packet(at, number);
	ck_assert(kind->add(queue[SENDS].driver, &(struct sv_chain){ buffer, 2, at }));
	publish(&queue[SENDS]);
}

static void give_buffer(uint8_t *at)
{
	const struct sv_buffer buffer = { (uintptr_t)at, SLOT, true };

	memset(at, 0xff, HEADER + PACKET);
	ck_assert(kind->add(queue[RECEIVES].driver, &(struct sv_chain){ &buffer, 1, at }));
}

/* The number of a packet that came back as it was sent. */
static uint64_t check_packet(const uint8_t *at, uint32_t length)
{
	uint8_t expected[HEADER + PACKET];
	uint64_t number;

	ck_assert_uint_eq(length, HEADER + PACKET);
	memcpy(&number, at + HEADER + 14, sizeof(number));
	put_packet(expected, number);
	ck_assert_mem_eq(at + HEADER, expected + HEADER, PACKET);
	return number;
}

/* Takes what has come, and gives the buffers back: the number that is expected next. */
static uint64_t receive_packets(uint64_t next)
{
	struct sv_reaped reaped;
	uint64_t before = next;

	while (kind->reap(queue[RECEIVES].driver, &reaped)) {
		uint64_t number = check_packet(reaped.token, reaped.result);

		/* Before the link was up some of the first ones were lost, and sent again. */
		ck_assert(next == 0 ? number == 0 : number == next || number == 0);
		next += number == next;
		give_buffer(reaped.token);
	}
	if (next != before)
		publish(&queue[RECEIVES]);
	while (kind->reap(queue[SENDS].driver, &reaped))
		;
	return next;
}

/* The first packet again and again until it comes back. */
static uint64_t wait_for_link(void)
{
	double begun = sv_sample_clock(), sent = 0;
	uint64_t next = 0;

	while ((next = receive_packets(next)) == 0) {
		double now = sv_sample_clock();

		ck_assert_msg(now - begun < STALL_NS, "no packet comes back");
		if (now - sent > LINK_NS) {
			send_packet(0, SLOTS - 1);
			sent = now;
		}
		sched_yield();
	}
	return next;
}

static void exchange(uint64_t packets)
{
	uint64_t sent, received;
	double last;

	for (unsigned i = 0; i < SLOTS; i++)
		give_buffer(queue[RECEIVES].slot + (size_t)i * SLOT);
	publish(&queue[RECEIVES]);
	received = sent = wait_for_link();
	last = sv_sample_clock();
	while (received < packets) {
		uint64_t before = received;

		for (; sent < packets && sent < received + WINDOW; sent++)
			send_packet(sent, (unsigned)(sent % WINDOW));
		received = receive_packets(received);
		if (received != before)
			last = sv_sample_clock();
		else
			sched_yield();
		ck_assert_msg(sv_sample_clock() - last < STALL_NS, "packet %llu is lost",
			(unsigned long long)received);
	}
	ck_assert_uint_eq(received, packets);
	ck_assert(sv_peer_runs(&peer, diag));
	/* It polls, and says so in the ring. */
	ck_assert_uint_le(queue[SENDS].kicks + queue[RECEIVES].kicks, 16);
}

START_TEST(a_hundred_thousand_packets_come_back_in_order)
{
	start("{event-idx: false, indirect: 0}", 0);
	exchange(SANITIZED_ROUNDS(100000));
	stop();
}
END_TEST

START_TEST(packets_in_indirect_tables_come_back_in_order)
{
	start("{event-idx: false}", SV_VIRTIO_INDIRECT);
	exchange(SANITIZED_ROUNDS(100000));
	stop();
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("vunet");

	if (!sv_peer_is_there(PROGRAM)) {
		puts("skipped: there is no " PROGRAM "; tools/setup/install peers installs it");
		return 77;
	}
	tcase_set_timeout(all, SECONDS);
	tcase_add_test(all, a_hundred_thousand_packets_come_back_in_order);
	tcase_add_test(all, packets_in_indirect_tables_come_back_in_order);
	return run_case("vunet", all);
}
