# Indices are compared as if they never wrapped.
set(file ring.h)
set(was [=[return (uint16_t)(new - event - 1) < (uint16_t)(new - old);]=])
set(is [=[return event >= old && event < new;]=])
