# An event at the last entry before the new index does not count.
set(file ring.h)
set(was [=[(uint16_t)(new - event - 1) <]=])
set(is [=[(uint16_t)(new - event) <]=])
