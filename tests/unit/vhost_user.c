/*
 * vhost_user.c - the front end of vhost-user against a back end of the test's own
 *
 * The back end is a thread that answers as it is told to; what a real one does is tested in
 * vublk.c.
 */
#include "vhost_user.h"
#include "peer.h"
#include "run_suite.h"
#include "test_text.h"
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct message {
	uint64_t payload[32];
	uint32_t request, flags, bytes; /* the header */
};
#define HEADER 12

#define PROTOCOL    (UINT64_C(1) << 30)
#define REPLY_ACK   8u
#define MANY_QUEUES 1u

/* What the back end does: offers, and how it misbehaves at a message. */
struct back_end {
	uint64_t features, protocol;
	uint32_t at; /* the message */
	enum { ANSWERS, REFUSES, HANGS_UP, CONFUSES } then;
	int listening;
	unsigned seen, files;
	struct message last;
	pthread_t thread;
};

static bool receive(struct back_end *b, int s, struct message *m)
{
	char control[256];
	struct iovec part = { &m->request, HEADER };
	struct msghdr h = {
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = 256
	};
	struct cmsghdr *c;

	if (recvmsg(s, &h, MSG_WAITALL) != HEADER)
		return false;
	c = CMSG_FIRSTHDR(&h);
	if (c && c->cmsg_type == SCM_RIGHTS) {
		int fd;

		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
		close(fd);
		b->files++;
	}
	return m->bytes == 0 || recv(s, m->payload, m->bytes, MSG_WAITALL) == (ssize_t)m->bytes;
}

static uint64_t answer_to(const struct back_end *b, const struct message *m)
{
	switch (m->request) {
	case 1:
		return b->features;
	case 15:
		return b->protocol;
	case 17:
		return 2;
	default:
		return m->request == b->at && b->then == REFUSES;
	}
}

static void *serve(void *arg)
{
	struct back_end *b = arg;
	int s = accept(b->listening, NULL, NULL);
	struct message m;

	while (receive(b, s, &m)) {
		b->last = m;
		b->seen++;
		if (m.request == b->at && b->then == HANGS_UP)
			break;
		/* A question, the state of a queue, or an acknowledgement that was asked for. */
		if (m.request != 1 && m.request != 15 && m.request != 17 && m.request != 11 &&
			!(m.flags & REPLY_ACK))
			continue;
		if (m.request != 11) {
			m.payload[0] = answer_to(b, &m);
			m.bytes = 8;
		}
		m.flags = 5;
		if (m.request == b->at && b->then == CONFUSES)
			m.request++;
		if (send(s, &m.request, HEADER, MSG_NOSIGNAL) < 0 ||
			send(s, m.payload, m.bytes, MSG_NOSIGNAL) < 0)
			break;
	}
	close(s);
	return NULL;
}

static struct sv_peer place;
static struct sv_diag *diag;
static struct back_end back_end;
static struct sv_vhost_user v;

static void start(struct back_end b)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	diag = sv_diag_new();
	back_end = b;
	ck_assert_int_eq(sv_peer_init(&place, diag), 0);
	memcpy(at.sun_path, place.socket, strlen(place.socket) + 1);
	back_end.listening = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(back_end.listening, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(back_end.listening, 1), 0);
	ck_assert_int_eq(pthread_create(&back_end.thread, NULL, serve, &back_end), 0);
}

static void stop(void)
{
	sv_vhost_user_close(&v);
	pthread_join(back_end.thread, NULL);
	close(back_end.listening);
	sv_peer_stop(&place);
	sv_diag_free(diag);
}

static int add_queue(unsigned index)
{
	struct sv_vhost_user_queue q = { .size = 4, .kick = eventfd(0, 0), .call = eventfd(0, 0) };
	int result = sv_vhost_user_queue(&v, index, &q, diag);

	close(q.kick);
	close(q.call);
	return result;
}

START_TEST(queues_and_files_reach_the_back_end)
{
	int fd = eventfd(0, 0);

	start((struct back_end){ .features = SV_VIRTIO_VERSION_1 | SV_VIRTIO_EVENT_IDX | PROTOCOL,
		.protocol = REPLY_ACK | MANY_QUEUES });
	ck_assert_int_eq(sv_vhost_user_connect(&v, place.socket, 2, diag), 0);
	ck_assert_int_eq(
		sv_vhost_user_features(&v, SV_VIRTIO_VERSION_1, SV_VIRTIO_INDIRECT, diag), 0);
	ck_assert_uint_eq(back_end.last.request, 2);
	/* What nobody asked for, and what is not offered, is not agreed upon. */
	ck_assert_uint_eq(back_end.last.payload[0], SV_VIRTIO_VERSION_1 | PROTOCOL);
	ck_assert_uint_eq(v.queues, 2);
	ck_assert_int_eq(sv_vhost_user_memory(&v, &v, 4096, 8192, fd, diag), 0);
	ck_assert_uint_eq(back_end.last.payload[0], 1);
	ck_assert_uint_eq(back_end.last.payload[1], 4096);
	ck_assert_uint_eq(back_end.last.payload[2], 8192);
	ck_assert_uint_eq(back_end.last.payload[3], (uintptr_t)&v);
	ck_assert_int_eq(add_queue(1), 0);
	ck_assert_uint_eq(back_end.files, 3);
	ck_assert_uint_eq(back_end.last.request, 18);
	ck_assert_int_eq(sv_vhost_user_stop(&v, 1, diag), 0);
	close(fd);
	stop();
}
END_TEST

START_TEST(a_queue_that_the_back_end_has_not_is_a_mistake)
{
	start((struct back_end){
		.features = SV_VIRTIO_VERSION_1 | PROTOCOL, .protocol = REPLY_ACK | MANY_QUEUES });
	ck_assert_int_eq(sv_vhost_user_connect(&v, place.socket, 2, diag), 0);
	ck_assert_int_eq(sv_vhost_user_features(&v, SV_VIRTIO_VERSION_1, 0, diag), 0);
	ck_assert_int_eq(add_queue(2), -1);
	test_says(diag, "queue 2 of a back end that has 2");
	stop();
}
END_TEST

START_TEST(a_feature_that_the_back_end_lacks_is_named)
{
	start((struct back_end){ .features = SV_VIRTIO_VERSION_1 });
	ck_assert_int_eq(sv_vhost_user_connect(&v, place.socket, 2, diag), 0);
	ck_assert_int_eq(
		sv_vhost_user_features(&v, SV_VIRTIO_VERSION_1 | SV_VIRTIO_PACKED, 0, diag), -1);
	test_says(diag, "lacks the features 0x400000000 of virtio");
	stop();
}
END_TEST

static void misbehave(int then, const char *words)
{
	start((struct back_end){ .features = SV_VIRTIO_VERSION_1 | PROTOCOL,
		.protocol = REPLY_ACK,
		.at = 9,
		.then = then });
	ck_assert_int_eq(sv_vhost_user_connect(&v, place.socket, 2, diag), 0);
	ck_assert_int_eq(sv_vhost_user_features(&v, SV_VIRTIO_VERSION_1, 0, diag), 0);
	ck_assert_int_eq(add_queue(0), -1);
	test_says(diag, words);
	stop();
}

START_TEST(a_refused_message_is_told)
{
	misbehave(REFUSES, "the back end refuses message 9");
}
END_TEST

START_TEST(a_back_end_that_hangs_up_is_told)
{
	misbehave(HANGS_UP, "closes the connection instead of answering message 9");
}
END_TEST

START_TEST(an_answer_to_something_else_is_told)
{
	misbehave(CONFUSES, "the answer to message 9 is message 10");
}
END_TEST

START_TEST(nobody_who_listens_is_told_with_the_path)
{
	diag = sv_diag_new();
	ck_assert_int_eq(sv_vhost_user_connect(&v, "/nowhere/socket", 0.01, diag), -1);
	test_says(diag, "/nowhere/socket: error: no back end listens here");
	sv_vhost_user_close(&v);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { queues_and_files_reach_the_back_end,
		a_queue_that_the_back_end_has_not_is_a_mistake,
		a_feature_that_the_back_end_lacks_is_named, a_refused_message_is_told,
		a_back_end_that_hangs_up_is_told, an_answer_to_something_else_is_told,
		nobody_who_listens_is_told_with_the_path, NULL };

	return run_tests("vhost_user", tests);
}
