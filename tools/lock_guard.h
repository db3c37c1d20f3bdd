/*
 * lock_guard.h - what a user's lock does that no program survives
 *
 * A lock that crashes, uses memory that is not its own, or loops for ever in plain C would
 * end the program, or hold it up, without a word. Handlers of the signals name the lock
 * and the line, and end the program with SV_EXIT_FAILED. What happens outside of users'
 * locks is left as it was.
 *
 * The line comes from addr2line of the binutils, which come with every compiler here.
 */
#ifndef SV_LOCK_GUARD_H
#define SV_LOCK_GUARD_H

struct sv_guarded_object {
	const char *path, *lock, *form; /* of whose source; they live as long as the program */
	void *handle;                   /* dlopen()'s */
	int fd;                         /* of the object's file, which may have no name any more */
};

/* Watches over an object; before anything of it runs. */
void sv_lock_guard(const struct sv_guarded_object *object);

#endif
