/*
 * devices.c - the list of kinds of devices, from device_list.h
 */
#include "devices/device.h"
#include "devices/device_list.h"

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
