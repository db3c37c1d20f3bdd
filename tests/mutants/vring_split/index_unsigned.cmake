# The used index is compared as if it never wrapped.
set(file vring_split.c)
set(was [=[if (idx == d->seen || d->side.broken)
		return false;
	if ((uint16_t)(idx - d->seen) > d->size)
		return ring_broken(&d->side, "the used]=])
set(is [=[if (idx <= d->seen || d->side.broken)
		return false;
	if ((uint16_t)(idx - d->seen) > d->size)
		return ring_broken(&d->side, "the used]=])
