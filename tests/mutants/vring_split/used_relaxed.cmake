# The load of the used index does not acquire.
set(file vring_split.c)
set(was [=[sv_load(&d->used->idx, SV_ACQUIRE)]=])
set(is [=[sv_load(&d->used->idx, SV_RELAXED)]=])
