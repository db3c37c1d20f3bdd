# The device looks once more before its wish is visible.
set(file nvme_pair.c)
set(was [=[		sv_store(&d->events->tail, le32(d->sq_head), SV_RELAXED);
		sv_fence(); /* S: with tell() */]=])
set(is [=[		sv_store(&d->events->tail, le32(d->sq_head), SV_RELAXED);]=])
