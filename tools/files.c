/*
 * files.c - a set of result files that appears as a whole or not at all
 */
#include "files.h"
#include "memory.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file {
	FILE *stream; /* NULL: another program writes it */
	char *path, *temporary;
};

struct sv_files {
	char *directory;
	size_t n;
	struct file *file;
};

static int make_directories(const char *path, struct sv_diag *diag)
{
	char *part = sv_must(strdup(path));
	char *p = part;
	struct stat st;

	/* Every prefix that ends before a slash, then the whole. */
	while (*p) {
		p += strspn(p, "/");
		p += strcspn(p, "/");
		char slash = *p;

		*p = '\0';
		if (mkdir(part, 0777) < 0 && errno != EEXIST) {
			int error = errno;

			free(part);
			return sv_error(diag, NULL, "-o %s: %s", path, strerror(error));
		}
		*p = slash;
	}
	free(part);
	if (stat(path, &st) < 0)
		return sv_error(diag, NULL, "-o %s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return sv_error(
			diag, NULL, "-o %s: a file of that name exists; name a directory", path);
	if (access(path, W_OK | X_OK) < 0)
		return sv_error(diag, NULL, "-o %s: %s", path, strerror(errno));
	return 0;
}

struct sv_files *sv_files_new(const char *directory, struct sv_diag *diag)
{
	struct sv_files *files;

	if (!directory[0]) {
		sv_error(diag, NULL, "-o: the name of the directory is empty");
		return NULL;
	}
	if (make_directories(directory, diag) < 0)
		return NULL;
	files = sv_array(1, sizeof(*files));
	files->directory = sv_must(strdup(directory));
	return files;
}

void sv_files_discard(struct sv_files *files)
{
	for (size_t i = 0; i < files->n; i++) {
		struct file *f = &files->file[i];

		if (f->stream)
			fclose(f->stream);
		if (f->temporary)
			unlink(f->temporary);
		free(f->temporary);
		free(f->path);
	}
	free(files->file);
	files->file = NULL;
	files->n = 0;
}

void sv_files_free(struct sv_files *files)
{
	if (!files)
		return;
	sv_files_discard(files);
	free(files->directory);
	free(files);
}

const char *sv_files_directory(const struct sv_files *files)
{
	return files->directory;
}

static struct file *add(struct sv_files *files, const char *name)
{
	struct file *f;

	files->file = sv_must(realloc(files->file, (files->n + 1) * sizeof(*f)));
	f = &files->file[files->n++];
	f->stream = NULL;
	SV_BUG_ON(asprintf(&f->path, "%s/%s", files->directory, name) < 0);
	SV_BUG_ON(asprintf(&f->temporary, "%s/.%s.%ld.tmp", files->directory, name,
			  (long)getpid()) < 0);
	return f;
}

FILE *sv_files_add(struct sv_files *files, const char *name, struct sv_diag *diag)
{
	struct file *f = add(files, name);

	f->stream = fopen(f->temporary, "we");
	if (!f->stream)
		sv_error(diag, NULL, "%s: %s", f->path, strerror(errno));
	return f->stream;
}

const char *sv_files_add_name(struct sv_files *files, const char *name)
{
	return add(files, name)->temporary;
}

/* On the disk, not just on its way: a full disk may show only now. */
static int sync_stream(FILE *stream)
{
	if (ferror(stream) || fflush(stream) == EOF || fsync(fileno(stream)) < 0)
		return -1;
	return 0;
}

static int close_file(struct file *f, struct sv_diag *diag)
{
	struct stat st;
	int status = 0;

	if (f->stream) {
		errno = EIO; /* for an earlier write whose reason is forgotten */
		status = sync_stream(f->stream);
		if (fclose(f->stream) == EOF)
			status = -1;
		f->stream = NULL;
	} else if (stat(f->temporary, &st) < 0) {
		status = -1;
	}
	if (status < 0)
		return sv_error(diag, NULL, "%s: cannot write: %s", f->path, strerror(errno));
	return 0;
}

int sv_files_commit(struct sv_files *files, struct sv_diag *diag)
{
	int status = 0;

	for (size_t i = 0; i < files->n && status == 0; i++)
		status = close_file(&files->file[i], diag);
	for (size_t i = 0; i < files->n && status == 0; i++) {
		struct file *f = &files->file[i];

		if (rename(f->temporary, f->path) < 0) {
			status = sv_error(diag, NULL, "%s: %s", f->path, strerror(errno));
			break;
		}
		free(f->temporary);
		f->temporary = NULL;
	}
	sv_files_discard(files);
	return status;
}
