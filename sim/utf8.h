/*
 * utf8.h - the little of UTF-8 that reading and quoting text needs
 */
#ifndef SV_UTF8_H
#define SV_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the character at `at` (below `end`) into *c and returns its length in
 * bytes. Returns 0 when the bytes there are no UTF-8 (overlong forms, surrogates,
 * beyond U+10FFFF, cut short).
 */
static inline size_t sv_utf8_decode(const char *at, const char *end, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)at;
	size_t n = u[0] < 0x80 ? 1 : u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : u[0] >= 0xc0 ? 2 : 0;

	if (n == 0 || u[0] >= 0xf8 || (size_t)(end - at) < n)
		return 0;
	if (n == 1) {
		*c = u[0];
		return 1;
	}
	*c = u[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (u[i] & 0x3fu);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return n;
}

/* Whether a character ends a line in YAML 1.1, by which libyaml counts lines. */
static inline int sv_utf8_breaks(uint32_t c)
{
	return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

#endif
