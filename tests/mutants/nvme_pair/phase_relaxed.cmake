# The store of the phase does not release what stands before it.
set(file nvme_pair.c)
set(was [=[w->status << NVME_STATUS_BIT),
		SV_RELEASE);]=])
set(is [=[w->status << NVME_STATUS_BIT),
		SV_RELAXED);]=])
