/*
 * explored_words.h - operations on words as records for the checker, and copies
 *
 * Included by explored.h only.
 */
#ifndef SV_EXPLORED_WORDS_H
#define SV_EXPLORED_WORDS_H

/* `value` turns 64 bits into the word's type, `bits` the reverse. */
#define SV_EXPLORED_OP(what, type, x, y)                                                           \
	sv_explored_do(&(struct sv_explored_op){                                                   \
		.at = at, .kind = what, .bytes = sizeof(type), .word = w, .a = x, .b = y })

#define SV_EXPLORED_ANY(suffix, type, value, bits)                                                 \
	SV_EXPLORED type sv_load_##suffix(sv_##suffix *w, struct sv_explored_at at)                \
	{                                                                                          \
		return (type)value SV_EXPLORED_OP(SV_X_LOAD, type, 0, 0);                          \
	}                                                                                          \
	SV_EXPLORED void sv_store_##suffix(sv_##suffix *w, type v, struct sv_explored_at at)       \
	{                                                                                          \
		(void)SV_EXPLORED_OP(SV_X_STORE, type, bits v, 0);                                 \
	}                                                                                          \
	SV_EXPLORED type sv_xchg_##suffix(sv_##suffix *w, type v, struct sv_explored_at at)        \
	{                                                                                          \
		return (type)value SV_EXPLORED_OP(SV_X_XCHG, type, bits v, 0);                     \
	}                                                                                          \
	SV_EXPLORED type sv_cas_##suffix(                                                          \
		sv_##suffix *w, type expected, type v, struct sv_explored_at at)                   \
	{                                                                                          \
		return (type)value SV_EXPLORED_OP(SV_X_CAS, type, bits expected, bits v);          \
	}                                                                                          \
	SV_EXPLORED type sv_await_ne_##suffix(sv_##suffix *w, type v, struct sv_explored_at at)    \
	{                                                                                          \
		return (type)value SV_EXPLORED_OP(SV_X_AWAIT_NE, type, bits v, 0);                 \
	}

#define SV_EXPLORED_RMW(suffix, type, name, what)                                                  \
	SV_EXPLORED type sv_##name##_##suffix(sv_##suffix *w, type v, struct sv_explored_at at)    \
	{                                                                                          \
		return (type)SV_EXPLORED_OP(what, type, v, 0);                                     \
	}

/* How many tests an await took is not modelled: none when it was lucky, all when it gave up. */
#define SV_EXPLORED_INTEGER(suffix, type)                                                          \
	SV_EXPLORED_ANY(suffix, type, , )                                                          \
	SV_EXPLORED_RMW(suffix, type, faa, SV_X_FAA)                                               \
	SV_EXPLORED_RMW(suffix, type, and, SV_X_AND)                                               \
	SV_EXPLORED_RMW(suffix, type, or, SV_X_OR)                                                 \
	SV_EXPLORED type sv_await_mask_##suffix(                                                   \
		sv_##suffix *w, type mask, type want, struct sv_explored_at at)                    \
	{                                                                                          \
		return (type)SV_EXPLORED_OP(SV_X_AWAIT, type, mask, want);                         \
	}                                                                                          \
	SV_EXPLORED void sv_await_eq_##suffix(sv_##suffix *w, type v, struct sv_explored_at at)    \
	{                                                                                          \
		(void)SV_EXPLORED_OP(SV_X_AWAIT, type, (type)UINT64_MAX, v);                       \
	}                                                                                          \
	SV_EXPLORED uint64_t sv_await_mask_for_##suffix(sv_##suffix *w, type mask, type want,      \
		uint64_t iterations, struct sv_explored_at at)                                     \
	{                                                                                          \
		uint64_t seen = SV_EXPLORED_OP(SV_X_AWAIT_FOR, type, mask, want);                  \
		return (seen & mask) == want ? 0 : iterations;                                     \
	}                                                                                          \
	SV_EXPLORED uint64_t sv_await_eq_for_##suffix(                                             \
		sv_##suffix *w, type v, uint64_t iterations, struct sv_explored_at at)             \
	{                                                                                          \
		return sv_await_mask_for_##suffix(w, (type)UINT64_MAX, v, iterations, at);         \
	}

SV_WORDS(SV_EXPLORED_INTEGER)
SV_EXPLORED_ANY(ptr, sv_any, (uintptr_t), (uintptr_t))

/* Plain memory, which may not race. Compilers copy by instructions that nobody is told of. */
SV_EXPLORED void sv_copy_out(void *shared, const void *own, size_t bytes)
{
	sv_explored_access(shared, bytes, true);
	memcpy(shared, own, bytes);
}

SV_EXPLORED void sv_copy_in(void *own, const void *shared, size_t bytes)
{
	sv_explored_access(shared, bytes, false);
	memcpy(own, shared, bytes);
}

#endif
