/*
 * native_words.h - operations on words by the compiler's atomic builtins
 *
 * Unlike _Atomic these may overlap in a union, as qspinlock needs. Included by native.h only.
 */
#ifndef SV_NATIVE_WORDS_H
#define SV_NATIVE_WORDS_H

/* What a read-modify-write of a given order may ask of the compiler, and its load part when it
 * fails. */
#define SV_C11(order)                                                                              \
	((order) == SV_RELAXED          ? __ATOMIC_RELAXED                                         \
		: (order) == SV_ACQUIRE ? __ATOMIC_ACQUIRE                                         \
		: (order) == SV_RELEASE ? __ATOMIC_RELEASE                                         \
		: (order) == SV_ACQ_REL ? __ATOMIC_ACQ_REL                                         \
					: __ATOMIC_SEQ_CST)
#define SV_C11_LOAD(order)                                                                         \
	((order) == SV_RELAXED || (order) == SV_RELEASE ? __ATOMIC_RELAXED                         \
		: (order) == SV_SEQ_CST                 ? __ATOMIC_SEQ_CST                         \
							: __ATOMIC_ACQUIRE)
#define SV_C11_STORE(order)                                                                        \
	((order) == SV_RELAXED || (order) == SV_ACQUIRE ? __ATOMIC_RELAXED                         \
		: (order) == SV_SEQ_CST                 ? __ATOMIC_SEQ_CST                         \
							: __ATOMIC_RELEASE)

#define SV_NATIVE_ANY(suffix, type)                                                                \
	SV_NATIVE type sv_load_##suffix(sv_##suffix *w, enum sv_order order)                       \
	{                                                                                          \
		return __atomic_load_n(&w->raw, SV_C11_LOAD(order));                               \
	}                                                                                          \
	SV_NATIVE void sv_store_##suffix(sv_##suffix *w, type value, enum sv_order order)          \
	{                                                                                          \
		__atomic_store_n(&w->raw, value, SV_C11_STORE(order));                             \
	}                                                                                          \
	SV_NATIVE type sv_xchg_##suffix(sv_##suffix *w, type value, enum sv_order order)           \
	{                                                                                          \
		return __atomic_exchange_n(&w->raw, value, SV_C11(order));                         \
	}                                                                                          \
	SV_NATIVE type sv_cas_##suffix(                                                            \
		sv_##suffix *w, type expected, type value, enum sv_order order)                    \
	{                                                                                          \
		__atomic_compare_exchange_n(                                                       \
			&w->raw, &expected, value, 0, SV_C11(order), SV_C11_LOAD(order));          \
		return expected;                                                                   \
	}                                                                                          \
	SV_NATIVE type sv_await_ne_##suffix(sv_##suffix *w, type value, enum sv_order order)       \
	{                                                                                          \
		type seen;                                                                         \
		while ((seen = sv_load_##suffix(w, order)) == value)                               \
			sv_pause();                                                                \
		return seen;                                                                       \
	}

#define SV_NATIVE_INTEGER(suffix, type)                                                            \
	SV_NATIVE_ANY(suffix, type)                                                                \
	SV_NATIVE type sv_faa_##suffix(sv_##suffix *w, type addend, enum sv_order order)           \
	{                                                                                          \
		return __atomic_fetch_add(&w->raw, addend, SV_C11(order));                         \
	}                                                                                          \
	SV_NATIVE type sv_and_##suffix(sv_##suffix *w, type bits, enum sv_order order)             \
	{                                                                                          \
		return __atomic_fetch_and(&w->raw, bits, SV_C11(order));                           \
	}                                                                                          \
	SV_NATIVE type sv_or_##suffix(sv_##suffix *w, type bits, enum sv_order order)              \
	{                                                                                          \
		return __atomic_fetch_or(&w->raw, bits, SV_C11(order));                            \
	}                                                                                          \
	SV_NATIVE type sv_await_mask_##suffix(                                                     \
		sv_##suffix *w, type mask, type want, enum sv_order order)                         \
	{                                                                                          \
		type seen;                                                                         \
		while (((seen = sv_load_##suffix(w, order)) & mask) != want)                       \
			sv_pause();                                                                \
		return seen;                                                                       \
	}                                                                                          \
	SV_NATIVE void sv_await_eq_##suffix(sv_##suffix *w, type value, enum sv_order order)       \
	{                                                                                          \
		while (sv_load_##suffix(w, order) != value)                                        \
			sv_pause();                                                                \
	}                                                                                          \
	SV_NATIVE uint64_t sv_await_mask_for_##suffix(                                             \
		sv_##suffix *w, type mask, type want, uint64_t iterations, enum sv_order order)    \
	{                                                                                          \
		uint64_t spent = 0;                                                                \
		for (; spent < iterations && (sv_load_##suffix(w, order) & mask) != want; spent++) \
			sv_pause();                                                                \
		return spent;                                                                      \
	}                                                                                          \
	SV_NATIVE uint64_t sv_await_eq_for_##suffix(                                               \
		sv_##suffix *w, type value, uint64_t iterations, enum sv_order order)              \
	{                                                                                          \
		return sv_await_mask_for_##suffix(w, (type)UINT64_MAX, value, iterations, order);  \
	}

SV_WORDS(SV_NATIVE_INTEGER)
SV_NATIVE_ANY(ptr, sv_any)

#endif
