# The driver says what it wants, and does not look again.
set(file vring_packed.c)
set(was [=[return d->in_batch || any_used(d, &rest);]=])
set(is [=[return d->in_batch && any_used(d, &rest);]=])
