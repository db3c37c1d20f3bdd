/*
 * storage_daemon.c - qemu-storage-daemon as a virtio disk of another process
 */
#include "storage_daemon.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool sv_storage_daemon_is_there(void)
{
	return sv_peer_is_there(SV_STORAGE_DAEMON);
}

static int make_file(const struct sv_peer *p, uint64_t bytes, struct sv_diag *diag)
{
	struct sv_place place = { .source = p->file };
	int fd = open(p->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	bool good = fd >= 0 && ftruncate(fd, (off_t)bytes) == 0;
	int error = errno;

	if (fd >= 0)
		close(fd);
	return good ? 0 : sv_error(diag, &place, "%s", strerror(error));
}

int sv_storage_daemon_start(
	struct sv_peer *p, const struct sv_storage_daemon *how, struct sv_diag *diag)
{
	char disk[192], export[256];
	const char *const argv[] = { SV_STORAGE_DAEMON, "--blockdev", disk, "--object",
		"iothread,id=io", "--export", export, NULL };

	if (sv_peer_init(p, diag) < 0)
		return -1;
	if (how->null)
		snprintf(disk, sizeof(disk),
			"driver=null-co,node-name=disk,size=%llu,read-zeroes=off",
			(unsigned long long)how->bytes);
	else
		snprintf(disk, sizeof(disk), "driver=file,node-name=disk,filename=%s", p->file);
	snprintf(export, sizeof(export),
		"type=vhost-user-blk,id=export,node-name=disk,addr.type=unix,addr.path=%s,num-"
		"queues=%u,writable=on,iothread=io",
		p->socket, how->queues);
	if (!how->null && make_file(p, how->bytes, diag) < 0) {
		sv_peer_stop(p);
		return -1;
	}
	return sv_peer_start(p, argv, how->pu, how->seconds, diag);
}
