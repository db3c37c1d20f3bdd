# The device says what it wants, and does not look again.
set(file vring_packed.c)
set(was [=[return any_available(d, &rest);]=])
set(is [=[return any_available(d, &rest) && false;]=])
