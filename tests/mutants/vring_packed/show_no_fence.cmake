# A side looks at the other's wish before its descriptor is visible.
set(file vring_packed_batch.h)
set(was [=[	sv_store(&b->first->rest, b->rest, SV_RELEASE);
	sv_fence();]=])
set(is [=[	sv_store(&b->first->rest, b->rest, SV_RELEASE);]=])
