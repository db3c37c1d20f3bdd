# The index says that an entry is used before it is written.
set(file vring_split.c)
set(was [=[	put_used(d, d->completed, id, result);
	d->completed++;]=])
set(is [=[	sv_store(&d->used->idx, le16((uint16_t)(d->completed + 1)), SV_RELEASE);
	put_used(d, d->completed, id, result);
	d->completed++;]=])
