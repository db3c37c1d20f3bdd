# The device looks again, and takes the answer for its opposite.
set(file vring_split.c)
set(was [=[	return any_available(d);]=])
set(is [=[	return !any_available(d);]=])
