/*
 * plain.c - plain C seen by the explorer
 *
 * A lock may have plain fields that one thread at a time must use. Its explored form is
 * compiled as for ThreadSanitizer, so that the compiler calls out at every load and store; the
 * calls end here instead of in that library. Nothing else is in this file: a program that is linked
 * with the library itself has its calls answered there.
 */
#include "substrate/explored.h"

/* The compiler knows these names. */
void __tsan_init(void);
void __tsan_func_entry(void *pc);
void __tsan_func_exit(void);
void *__tsan_memcpy(void *to, const void *from, size_t bytes);
void *__tsan_memset(void *to, int value, size_t bytes);

void __tsan_init(void)
{
}

void __tsan_func_entry(void *pc)
{
	(void)pc;
}

void __tsan_func_exit(void)
{
}

#define ACCESS(name, bytes, writes)                                                                \
	void __tsan_##name(void *at);                                                              \
	void __tsan_##name(void *at)                                                               \
	{                                                                                          \
		sv_explored_access(at, bytes, writes);                                             \
	}
#define ACCESSES(bytes)                                                                            \
	ACCESS(read##bytes, bytes, false)                                                          \
	ACCESS(write##bytes, bytes, true)                                                          \
	ACCESS(read_write##bytes, bytes, true)                                                     \
	ACCESS(volatile_read##bytes, bytes, false)                                                 \
	ACCESS(volatile_write##bytes, bytes, true)                                                 \
	ACCESS(unaligned_read##bytes, bytes, false)                                                \
	ACCESS(unaligned_write##bytes, bytes, true)
ACCESSES(1)
ACCESSES(2)
ACCESSES(4)
ACCESSES(8)
ACCESSES(16)

#define RANGE(name, writes)                                                                        \
	void __tsan_##name##_range(void *at, size_t bytes);                                        \
	void __tsan_##name##_range(void *at, size_t bytes)                                         \
	{                                                                                          \
		sv_explored_access(at, bytes, writes);                                             \
	}
RANGE(read, false)
RANGE(write, true)

void *__tsan_memcpy(void *to, const void *from, size_t bytes)
{
	sv_explored_access(from, bytes, false);
	sv_explored_access(to, bytes, true);
	return __builtin_memcpy(to, from, bytes);
}

void *__tsan_memset(void *to, int value, size_t bytes)
{
	sv_explored_access(to, bytes, true);
	return __builtin_memset(to, value, bytes);
}
