# What makes a batch visible does not release it.
set(file vring_packed_batch.h)
set(was [=[sv_store(&b->first->rest, b->rest, SV_RELEASE);]=])
set(is [=[sv_store(&b->first->rest, b->rest, SV_RELAXED);]=])
