# Without events: the device, once quiet, stays quiet.
set(file vring_split.c)
set(was [=[		d->flags = 0;
		sv_store(&d->used->flags, 0, SV_RELAXED);]=])
set(is [=[		d->flags = 0;]=])
