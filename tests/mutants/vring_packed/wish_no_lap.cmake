# A wish does not say for which lap it is.
set(file vring_packed_batch.h)
set(was [=[wish = p->at | (uint32_t)p->wrap << EVENT_WRAP_BIT | EVENT_AT << EVENT_BIT;]=])
set(is [=[wish = p->at | EVENT_AT << EVENT_BIT;]=])
