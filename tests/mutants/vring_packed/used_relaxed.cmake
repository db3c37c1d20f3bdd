# The look at a used descriptor does not acquire.
set(file vring_packed.c)
set(was [=[sv_load(&d->ring[d->seen.at].rest, SV_ACQUIRE)]=])
set(is [=[sv_load(&d->ring[d->seen.at].rest, SV_RELAXED)]=])
