# An event of the lap before is taken for one of this lap, and the reverse.
set(file vring_packed_batch.h)
set(was [=[(wish >> EVENT_WRAP_BIT & 1) != now->wrap]=])
set(is [=[(wish >> EVENT_WRAP_BIT & 1) == now->wrap]=])
