/*
 * user_lock.h - locks that the user brings along: --lock FILE.c
 *
 * FILE.c is written as the files in models/locks are. It is compiled for each substrate
 * with the headers that belong to the program, by $CC or cc, and loaded as shared objects
 * which take the substrate's functions from the program (substrate.list). From then on it
 * is a lock like those of the list.
 *
 * Locks are added while the command line is read, before anything else is.
 */
#ifndef SV_USER_LOCK_H
#define SV_USER_LOCK_H

#include "diag.h"

#define SV_USER_LOCK_FLAG                                                                          \
	{                                                                                          \
		'\0', "lock", "FILE.c",                                                            \
			"compile the lock in FILE.c and use it as those of the list; may be "      \
			"repeated"                                                                 \
	}

/* Adds the lock in a file, and returns its name; NULL after saying what is wrong. */
const char *sv_user_lock_add(const char *path);

/*
 * Of a list of names and files of locks with commas between: adds the files (FILE.c), and returns
 * the list with their locks' names, which the caller frees; NULL after saying what is wrong.
 */
char *sv_user_lock_names(const char *list);

/* The forms of a lock, in the order in which they are compiled. */
enum { SV_FORM_NATIVE, SV_FORM_SIMULATED, SV_FORM_EXPLORED, SV_FORMS };

struct sv_lock_object {
	void *handle; /* dlopen()'s; NULL: there is none */
	int fd;       /* of the file, whose name is gone */
};

/*
 * Compiles a file into a shared object for each substrate, and loads them. The compiler's messages
 * go to stderr. Returns -1 after reporting.
 */
int sv_user_lock_compile(
	const char *path, struct sv_lock_object object[SV_FORMS], struct sv_diag *diag);

#endif
