# The driver looks at the device's wish before its index is visible.
set(file vring_split.c)
set(was [=[	/* N: with vring_split_device_listen(): that sees the index, or this sees the wish. */
	sv_fence();]=])
set(is [=[]=])
