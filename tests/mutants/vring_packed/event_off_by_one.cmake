# An event at the last place before the new one does not count.
set(file ring.h)
set(was [=[(uint16_t)(new - event - 1) <]=])
set(is [=[(uint16_t)(new - event) <]=])
