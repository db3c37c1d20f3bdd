# The device says what it wants, and does not look again.
set(file nvme_pair.c)
set(was [=[	return has_command(d);]=])
set(is [=[	return has_command(d) && false;]=])
