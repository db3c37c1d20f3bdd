# The driver wants to be told one completion later than the next.
set(file vring_split.c)
set(was [=[le16(d->seen), SV_RELAXED);
	} else if (d->flags) {
		d->flags = 0;
		sv_store(&d->avail->flags]=])
set(is [=[le16((uint16_t)(d->seen + 1)), SV_RELAXED);
	} else if (d->flags) {
		d->flags = 0;
		sv_store(&d->avail->flags]=])
