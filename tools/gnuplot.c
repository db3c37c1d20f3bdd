/*
 * gnuplot.c - running gnuplot
 */
#include "gnuplot.h"
#include "memory.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int sv_gnuplot_run(const char *directory, const char *script, const char *variables)
{
	char *argv[] = { sv_must(strdup("gnuplot")), sv_must(strdup("-e")),
		sv_must(strdup(variables)), sv_must(strdup(script)), NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int status = 0, error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, directory);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	error = posix_spawnp(&pid, "gnuplot", &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	if (error)
		return 127;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* Whether the file ends as a whole picture of its kind does. */
static bool ends_with(const char *path, const char *end)
{
	size_t bytes = strlen(end);
	char tail[64];
	FILE *f = fopen(path, "re");
	bool same;

	if (!f)
		return false;
	same = fseek(f, -(long)bytes, SEEK_END) == 0 && fread(tail, 1, bytes, f) == bytes &&
	       !memcmp(tail, end, bytes);
	fclose(f);
	return same;
}

bool sv_gnuplot_is_whole(const char *path)
{
	return ends_with(path, "IEND\xae\x42\x60\x82") || ends_with(path, "</svg>\n\n");
}

void sv_gnuplot_quoted(const char *text, FILE *to)
{
	fputc('\'', to);
	for (; *text; text++) {
		if (*text == '\'')
			fputc('\'', to);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, to);
	}
	fputc('\'', to);
}
