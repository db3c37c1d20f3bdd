# The driver takes every lap for the first.
set(file vring_packed.c)
set(was [=[wanted = d->seen.wrap ? AVAIL_FLAG | USED_FLAG : 0;]=])
set(is [=[wanted = AVAIL_FLAG | USED_FLAG;]=])
