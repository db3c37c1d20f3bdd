# The store of the available index does not release.
set(file vring_split.c)
set(was [=[sv_store(&d->avail->idx, le16(d->added), SV_RELEASE);]=])
set(is [=[sv_store(&d->avail->idx, le16(d->added), SV_RELAXED);]=])
