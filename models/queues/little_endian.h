/*
 * little_endian.h - values as the specifications of queues order their bytes
 *
 * Each function is its own reverse. On little-endian machines they do nothing.
 */
#ifndef SV_LITTLE_ENDIAN_H
#define SV_LITTLE_ENDIAN_H

#include <stdint.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SV_LE(bits, value) (value)
#else
#define SV_LE(bits, value) __builtin_bswap##bits(value)
#endif

static inline uint16_t le16(uint16_t value)
{
	return SV_LE(16, value);
}

static inline uint32_t le32(uint32_t value)
{
	return SV_LE(32, value);
}

static inline uint64_t le64(uint64_t value)
{
	return SV_LE(64, value);
}

#endif
