# The device looks once more before its wish is visible.
set(file vring_split.c)
set(was [=[	/* N: with vring_split_publish(): that sees the wish, or this sees the index. */
	sv_fence();]=])
set(is [=[]=])
