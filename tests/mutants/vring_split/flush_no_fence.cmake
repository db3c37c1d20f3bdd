# The device looks at the driver's wish before its index is visible.
set(file vring_split.c)
set(was [=[	/* I: with vring_split_listen(): that sees the index, or this sees the wish. */
	sv_fence();]=])
set(is [=[]=])
