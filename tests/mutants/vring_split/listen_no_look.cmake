# The driver says what it wants, and does not look again.
set(file vring_split.c)
set(was [=[	return any_used(d);]=])
set(is [=[	return false;]=])
