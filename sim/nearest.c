/*
 * nearest.c - "did you mean": the nearest of several words
 *
 * Damerau-Levenshtein distance in its restricted form: insertion, deletion,
 * replacement and the swap of two neighbours cost one each. Upper and lower case
 * are the same letter, so that "MCS" finds "mcs".
 */
#include "diag.h"
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#define WORD_MAX 63 /* longer words are no typing mistakes */

static unsigned min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Only three rows of the table are alive: this one, the last and, for swaps, the one before. */
static unsigned distance(const char *a, size_t an, const char *b, size_t bn)
{
	unsigned rows[3][WORD_MAX + 1];

	for (unsigned j = 0; j <= bn; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= an; i++) {
		unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];

		now[0] = i;
		for (unsigned j = 1; j <= bn; j++) {
			unsigned d = last[j - 1] + !same(a[i - 1], b[j - 1]);

			d = min(d, min(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				d = min(d, before[j - 2] + 1);
			now[j] = d;
		}
	}
	return rows[an % 3][bn];
}

const char *sv_nearest(const char *word, const char *const *candidates)
{
	const char *nearest = NULL;
	unsigned least = UINT32_MAX;
	size_t n = strlen(word);

	if (n == 0 || n > WORD_MAX)
		return NULL;
	for (; *candidates; candidates++) {
		size_t m = strlen(*candidates);
		size_t longer = m > n ? m : n;
		unsigned d;

		if (m == 0 || m > WORD_MAX)
			continue;
		d = distance(word, n, *candidates, m);
		/* A third of the letters may be wrong, but something must be right. */
		if (d < least && d <= (longer < 3 ? 1 : (longer + 1) / 3) && d < longer) {
			least = d;
			nearest = *candidates;
		}
	}
	return nearest;
}
