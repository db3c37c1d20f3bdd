# A side looks once more before its wish is visible.
set(file vring_packed_batch.h)
set(was [=[	sv_store(mine, le32(wish), SV_RELAXED);
	sv_fence();]=])
set(is [=[	sv_store(mine, le32(wish), SV_RELAXED);]=])
