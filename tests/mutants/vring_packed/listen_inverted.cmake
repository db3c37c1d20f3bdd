# The driver looks again, and takes the answer for its opposite.
set(file vring_packed.c)
set(was [=[return d->in_batch || any_used(d, &rest);]=])
set(is [=[return d->in_batch || !any_used(d, &rest);]=])
