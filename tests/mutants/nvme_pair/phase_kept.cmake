# The device keeps the phase of the first lap.
set(file nvme_pair.c)
set(was [=[	if (d->cq_tail == 0)
		d->phase ^= 1;]=])
set(is [=[]=])
