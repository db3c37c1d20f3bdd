# The index says that a head is there before it is.
set(file vring_split.c)
set(was [=[	sv_store(&d->avail->ring[d->added & d->mask], le16(head), SV_RELAXED);
	d->added++;]=])
set(is [=[	sv_store(&d->avail->idx, le16((uint16_t)(d->added + 1)), SV_RELEASE);
	sv_store(&d->avail->ring[d->added & d->mask], le16(head), SV_RELAXED);
	d->added++;]=])
