/*
 * vhost_user.c - the front end of the vhost-user protocol
 *
 * A message is a header and a payload in the host's byte order; files travel beside it. Replies
 * come in the order of the requests, so one request at a time is under way.
 */
#include "vhost_user.h"
#include "bug.h"
#include "sample.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
	GET_FEATURES = 1,
	SET_FEATURES = 2,
	SET_OWNER = 3,
	SET_MEM_TABLE = 5,
	SET_VRING_NUM = 8,
	SET_VRING_ADDR = 9,
	SET_VRING_BASE = 10,
	GET_VRING_BASE = 11,
	SET_VRING_KICK = 12,
	SET_VRING_CALL = 13,
	GET_PROTOCOL_FEATURES = 15,
	SET_PROTOCOL_FEATURES = 16,
	GET_QUEUE_NUM = 17,
	SET_VRING_ENABLE = 18,
	GET_CONFIG = 24,
};

#define HAS_PROTOCOL (UINT64_C(1) << 30) /* among virtio's features */
#define MANY_QUEUES  (UINT64_C(1) << 0)  /* features of the protocol */
#define REPLY_ACK    (UINT64_C(1) << 3)
#define CONFIG       (UINT64_C(1) << 9)

#define VERSION     1u
#define IS_REPLY    4u
#define NEEDS_REPLY 8u
#define MOST_CONFIG 256

struct header {
	uint32_t request, flags, bytes;
};

struct vring_state {
	uint32_t index, value;
};

struct vring_address {
	uint32_t index, flags;
	uint64_t descriptors, device, driver, log;
};

struct memory_table {
	uint32_t regions, padding;
	struct {
		uint64_t guest, bytes, user, offset;
	} region[1];
};

struct config {
	uint32_t offset, bytes, flags;
	uint8_t data[MOST_CONFIG];
};

static int send_message(struct sv_vhost_user *v, struct header *h, const void *payload, int fd,
	struct sv_diag *diag)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part[2] = { { h, sizeof(*h) }, { (void *)(uintptr_t)payload, h->bytes } };
	struct msghdr m = { .msg_iov = part, .msg_iovlen = h->bytes ? 2 : 1 };
	ssize_t sent;

	if (fd >= 0) {
		m.msg_control = control.bytes;
		m.msg_controllen = sizeof(control.bytes);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	sent = sendmsg(v->socket, &m, MSG_NOSIGNAL);
	if (sent == (ssize_t)(sizeof(*h) + h->bytes))
		return 0;
	return sv_error(diag, NULL, "vhost-user: message %u cannot be sent: %s", h->request,
		sent < 0 ? strerror(errno) : "cut short");
}

static int receive(
	struct sv_vhost_user *v, uint32_t request, void *out, size_t bytes, struct sv_diag *diag)
{
	ssize_t got = recv(v->socket, out, bytes, MSG_WAITALL);

	if (got == (ssize_t)bytes)
		return 0;
	return sv_error(diag, NULL, "vhost-user: the back end %s message %u",
		got == 0 ? "closes the connection instead of answering"
		: got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
			? "does not answer in time to"
			: "breaks off while it answers",
		request);
}

/* A reply of exactly so many bytes. */
static int receive_reply(
	struct sv_vhost_user *v, uint32_t request, void *out, size_t bytes, struct sv_diag *diag)
{
	struct header h;

	if (receive(v, request, &h, sizeof(h), diag) < 0)
		return -1;
	if (h.request != request || !(h.flags & IS_REPLY) || h.bytes != bytes)
		return sv_error(diag, NULL,
			"vhost-user: the answer to message %u is message %u of %u bytes, which is "
			"none",
			request, h.request, h.bytes);
	return receive(v, request, out, bytes, diag);
}

static int ask(struct sv_vhost_user *v, uint32_t request, uint64_t *out, struct sv_diag *diag)
{
	struct header h = { request, VERSION, 0 };

	if (send_message(v, &h, NULL, -1, diag) < 0)
		return -1;
	return receive_reply(v, request, out, sizeof(*out), diag);
}

/* Without acknowledgements a mistake shows later, as a closed connection. */
static int tell(struct sv_vhost_user *v, uint32_t request, const void *payload, size_t bytes,
	int fd, struct sv_diag *diag)
{
	bool acknowledged = v->protocol & REPLY_ACK;
	struct header h = { request, VERSION | (acknowledged ? NEEDS_REPLY : 0), (uint32_t)bytes };
	uint64_t failed = 0;

	if (send_message(v, &h, payload, fd, diag) < 0)
		return -1;
	if (acknowledged && receive_reply(v, request, &failed, sizeof(failed), diag) < 0)
		return -1;
	if (failed)
		return sv_error(diag, NULL, "vhost-user: the back end refuses message %u", request);
	return 0;
}

static int try_connect(const struct sockaddr_un *to, double seconds)
{
	double end = sv_sample_clock() + 1e9 * seconds;
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	while (s >= 0 && connect(s, (const struct sockaddr *)to, sizeof(*to)) < 0) {
		if ((errno != ENOENT && errno != ECONNREFUSED) || sv_sample_clock() > end) {
			int error = errno;

			close(s);
			errno = error;
			return -1;
		}
		nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
	}
	return s;
}

int sv_vhost_user_connect(
	struct sv_vhost_user *v, const char *path, double seconds, struct sv_diag *diag)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = (time_t)seconds + 1 };
	struct sv_place place = { .source = path };

	*v = (struct sv_vhost_user){ .socket = -1, .queues = 1 };
	if (strlen(path) >= sizeof(to.sun_path))
		return sv_error(diag, &place, "too long for the name of a socket");
	memcpy(to.sun_path, path, strlen(path) + 1);
	v->socket = try_connect(&to, seconds);
	if (v->socket < 0)
		return sv_error(diag, &place, "no back end listens here: %s", strerror(errno));
	setsockopt(v->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return ask(v, GET_FEATURES, &v->offered, diag);
}

static int agree_on_protocol(struct sv_vhost_user *v, struct sv_diag *diag)
{
	uint64_t offered = 0, agreed, queues = 0;

	if (!(v->offered & HAS_PROTOCOL))
		return 0;
	if (ask(v, GET_PROTOCOL_FEATURES, &offered, diag) < 0)
		return -1;
	agreed = offered & (MANY_QUEUES | REPLY_ACK | CONFIG);
	if (tell(v, SET_PROTOCOL_FEATURES, &agreed, sizeof(agreed), -1, diag) < 0)
		return -1;
	v->protocol = agreed;
	if (!(agreed & MANY_QUEUES))
		return 0;
	if (ask(v, GET_QUEUE_NUM, &queues, diag) < 0)
		return -1;
	v->queues = (unsigned)queues;
	return 0;
}

int sv_vhost_user_features(
	struct sv_vhost_user *v, uint64_t needed, uint64_t wanted, struct sv_diag *diag)
{
	if (needed & ~v->offered)
		return sv_error(diag, NULL,
			"vhost-user: the back end lacks the features %#llx of virtio",
			(unsigned long long)(needed & ~v->offered));
	v->features = needed | (v->offered & (wanted | HAS_PROTOCOL));
	if (agree_on_protocol(v, diag) < 0 || tell(v, SET_OWNER, NULL, 0, -1, diag) < 0)
		return -1;
	return tell(v, SET_FEATURES, &v->features, sizeof(v->features), -1, diag);
}

int sv_vhost_user_config(struct sv_vhost_user *v, void *out, size_t bytes, struct sv_diag *diag)
{
	struct config c = { .bytes = (uint32_t)bytes };
	size_t whole = offsetof(struct config, data) + bytes;
	struct header h = { GET_CONFIG, VERSION, (uint32_t)whole };

	SV_BUG_ON(bytes > MOST_CONFIG);
	if (!(v->protocol & CONFIG))
		return sv_error(diag, NULL, "vhost-user: the back end has no configuration");
	if (send_message(v, &h, &c, -1, diag) < 0 ||
		receive_reply(v, GET_CONFIG, &c, whole, diag) < 0)
		return -1;
	memcpy(out, c.data, bytes);
	return 0;
}

int sv_vhost_user_memory(struct sv_vhost_user *v, const void *at, uint64_t guest, size_t bytes,
	int fd, struct sv_diag *diag)
{
	struct memory_table t = { .regions = 1, .region = { { guest, bytes, (uintptr_t)at, 0 } } };

	return tell(v, SET_MEM_TABLE, &t, sizeof(t), fd, diag);
}

static int tell_state(struct sv_vhost_user *v, uint32_t request, unsigned index, unsigned value,
	struct sv_diag *diag)
{
	struct vring_state s = { index, value };

	return tell(v, request, &s, sizeof(s), -1, diag);
}

static int tell_file(
	struct sv_vhost_user *v, uint32_t request, unsigned index, int fd, struct sv_diag *diag)
{
	uint64_t i = index;

	return tell(v, request, &i, sizeof(i), fd, diag);
}

int sv_vhost_user_queue(struct sv_vhost_user *v, unsigned index,
	const struct sv_vhost_user_queue *q, struct sv_diag *diag)
{
	struct vring_address a = { .index = index,
		.descriptors = (uintptr_t)q->descriptors,
		.device = (uintptr_t)q->device,
		.driver = (uintptr_t)q->driver };

	if (index >= v->queues)
		return sv_error(diag, NULL, "vhost-user: queue %u of a back end that has %u", index,
			v->queues);
	if (tell_state(v, SET_VRING_NUM, index, q->size, diag) < 0 ||
		tell_state(v, SET_VRING_BASE, index, q->base, diag) < 0 ||
		tell(v, SET_VRING_ADDR, &a, sizeof(a), -1, diag) < 0 ||
		tell_file(v, SET_VRING_CALL, index, q->call, diag) < 0 ||
		tell_file(v, SET_VRING_KICK, index, q->kick, diag) < 0)
		return -1;
	/* Without features of the protocol a queue begins enabled. */
	if (!(v->features & HAS_PROTOCOL))
		return 0;
	return tell_state(v, SET_VRING_ENABLE, index, 1, diag);
}

int sv_vhost_user_stop(struct sv_vhost_user *v, unsigned index, struct sv_diag *diag)
{
	struct vring_state s = { index, 0 };
	struct header h = { GET_VRING_BASE, VERSION, sizeof(s) };

	if (send_message(v, &h, &s, -1, diag) < 0)
		return -1;
	return receive_reply(v, GET_VRING_BASE, &s, sizeof(s), diag);
}

void sv_vhost_user_close(struct sv_vhost_user *v)
{
	if (v->socket >= 0)
		close(v->socket);
	v->socket = -1;
}
