# The device takes every lap for the first.
set(file vring_packed.c)
set(was [=[== available_flags(&d->next) && !d->side.broken;]=])
set(is [=[== AVAIL_FLAG && !d->side.broken;]=])
