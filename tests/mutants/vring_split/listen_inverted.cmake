# The driver looks again, and takes the answer for its opposite, as a loop printed in the specification does.
set(file vring_split.c)
set(was [=[	return any_used(d);]=])
set(is [=[	return !any_used(d);]=])
