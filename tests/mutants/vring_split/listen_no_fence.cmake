# The driver looks once more before its wish is visible.
set(file vring_split.c)
set(was [=[	/* I: with vring_split_flush(): that sees the wish, or this sees the index. */
	sv_fence();]=])
set(is [=[]=])
