/*
 * devices.c - the list of kinds of devices, from device_list.h, and what they share
 */
#include "devices/device.h"
#include "devices/device_list.h"
#include "machine/streams.h"

#define X(name) extern const struct sv_device_kind sv_device_kind_##name;
SV_DEVICE_LIST(X)
#undef X

#define X(name) &sv_device_kind_##name,
static const struct sv_device_kind *const list[] = { SV_DEVICE_LIST(X) NULL };
#undef X

static struct sv_kind kind_at(size_t i)
{
	const struct sv_device_kind *d = list[i];

	if (!d)
		return (struct sv_kind){ 0 };
	return (struct sv_kind){
		.name = d->name, .help = d->help, .table = d->options, .object = d
	};
}

const struct sv_kinds sv_device_kinds = { .what = "device", .at = kind_at };

/* By its name: adding another device changes no device's numbers. */
void sv_device_stream(struct sv_stream *stream, const struct sv_device *device, uint64_t seed,
	unsigned replication)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (const char *c = device->name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	sv_stream_init(stream, seed, replication, device->lp->id,
		SV_USE_DEVICE + ((hash ^ hash >> 16) & 0xfff));
}
