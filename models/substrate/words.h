/*
 * words.h - shared words: the same size and alignment in every substrate
 */
#ifndef SV_WORDS_H
#define SV_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SV_LINE_BYTES 64

/* X(suffix, C type) for every integer word. */
#define SV_WORDS(X)                                                                                \
	X(u8, uint8_t)                                                                             \
	X(u16, uint16_t)                                                                           \
	X(u32, uint32_t)                                                                           \
	X(u64, uint64_t)

typedef void *sv_any; /* the value of a sv_ptr */

#define X(suffix, type)                                                                            \
	typedef struct {                                                                           \
		type raw;                                                                          \
	} sv_##suffix;                                                                             \
	_Static_assert(sizeof(sv_##suffix) == sizeof(type), "a word has the size of its value");
SV_WORDS(X)
X(ptr, sv_any)
#undef X

/* What a waiter tells the host when it halts: which lock, its ticket and the one that holds the
 * lock, and how many are before it. */
struct sv_pv_hint {
	const void *lock;
	uint16_t mine, holder;
	unsigned order;
};

enum sv_order { SV_RELAXED, SV_ACQUIRE, SV_RELEASE, SV_ACQ_REL, SV_SEQ_CST };

#endif
