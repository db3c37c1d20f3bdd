# The device wants to be told one command later than the next.
set(file nvme_pair.c)
set(was [=[sv_store(&d->events->tail, le32(d->sq_head), SV_RELAXED);]=])
set(is [=[sv_store(&d->events->tail, le32(after(d->sq_head, d->size)), SV_RELAXED);]=])
