# The device says what it wants, and does not look again.
set(file vring_split.c)
set(was [=[	return any_available(d);]=])
set(is [=[	return false;]=])
