# The first descriptor of a chain is visible before those behind it.
set(file vring_packed_batch.h)
set(was [=[		b->rest = rest;
]=])
set(is [=[		b->rest = rest;
		sv_store(&desc->rest, rest, SV_RELEASE);
]=])
