# The device looks again, and takes the answer for its opposite.
set(file vring_packed.c)
set(was [=[return any_available(d, &rest);]=])
set(is [=[return !any_available(d, &rest);]=])
