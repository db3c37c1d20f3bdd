/*
 * text.c - whole files of text
 */
#include "text.h"
#include "bug.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX (16u << 20)

int sv_text_load(const char *path, char **text, size_t *bytes, struct sv_diag *diag)
{
	struct sv_place place = { .source = path };
	FILE *f = fopen(path, "re"), *copy;
	char buf[4096];
	int error = errno;
	size_t n;

	if (!f)
		return sv_error(diag, &place, "cannot be read: %s", strerror(error));
	copy = open_memstream(text, bytes);
	SV_BUG_ON(!copy);
	errno = 0;
	while ((n = fread(buf, 1, sizeof(buf), f)) > 0 && ftell(copy) <= (long)BYTES_MAX)
		fwrite(buf, 1, n, copy);
	error = ferror(f) ? errno : 0;
	fclose(f);
	SV_BUG_ON(fclose(copy));
	if (error)
		sv_error(diag, &place, "cannot be read: %s", strerror(error));
	else if (*bytes > BYTES_MAX)
		sv_error(diag, &place, "is larger than %u MiB", (unsigned)(BYTES_MAX >> 20));
	else if (memchr(*text, '\0', *bytes))
		sv_error(diag, &place, "is no text: it holds a zero byte");
	else
		return 0;
	free(*text);
	*text = NULL;
	return -1;
}
