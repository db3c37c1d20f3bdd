# The ring is taken for one place longer than it is.
set(file vring_packed_batch.h)
set(was [=[if (p->at >= size) {]=])
set(is [=[if (p->at > size) {]=])
