# The ring is as long as the index counts.
set(file vring_split.c)
set(was [=[&d->used->ring[index & d->mask]]=])
set(is [=[&d->used->ring[index]]=])
