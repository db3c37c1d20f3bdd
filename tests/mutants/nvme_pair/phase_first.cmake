# The phase is written before the rest of the completion.
set(file nvme_pair.c)
set(was [=[	sv_store(&c->specific, 0, SV_RELAXED);]=])
set(is [=[	sv_store(&c->last, le32(w->id | d->phase << NVME_PHASE_BIT | w->status << NVME_STATUS_BIT),
		SV_RELEASE);
	sv_store(&c->specific, 0, SV_RELAXED);]=])
