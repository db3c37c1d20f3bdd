/*
 * catalog.h - what `list` and `show` know: kinds of things, and the things of a kind
 *
 * A kind is one line of the list in catalog.c.
 */
#ifndef SV_CATALOG_H
#define SV_CATALOG_H

#include "diag.h"
#include "options.h"
#include <stdio.h>

/* Called for each thing; the strings live only as long as the call. */
typedef void sv_catalog_visit(void *arg, const char *name, const char *help);

struct sv_catalog {
	const char *name, *one, *help; /* "locks", "lock", what they are */
	void (*each)(sv_catalog_visit *visit, void *arg);
	/* Describes a thing that each() has named. Returns -1 after reporting. */
	int (*show)(const char *name, FILE *to, struct sv_diag *diag);
	bool paths; /* show() also takes the path of a file */
};

/* Ends with name == NULL. */
extern const struct sv_catalog sv_catalogs[];

/* By either form of its name; NULL when there is none. */
const struct sv_catalog *sv_catalog_find(const char *name);

/* The names of all things of a kind, ends with NULL; free with sv_names_free(). */
char **sv_catalog_names(const struct sv_catalog *catalog);

/* One row an option: name, values, default, help. Nothing for NULL. */
void sv_catalog_options(const struct sv_table *table, FILE *to);

/* Scenarios that can be named without their path: those of $SIMSVIRT_SCENARIOS, else the source
 * tree's, else the installed ones. */
bool sv_catalog_has_scenario(const char *name);
/*
 * The path of a scenario: `name` itself when it is a file, else an installed scenario of
 * that name, else `name` again (reading it will say what is wrong). The caller frees it.
 */
char *sv_catalog_scenario_path(const char *name);

void sv_catalog_each_scenario(sv_catalog_visit *visit, void *arg);
int sv_catalog_show_scenario(const char *name, FILE *to, struct sv_diag *diag);
void sv_catalog_each_machine(sv_catalog_visit *visit, void *arg);
int sv_catalog_show_machine(const char *name, FILE *to, struct sv_diag *diag);

void sv_catalog_each_queue(sv_catalog_visit *visit, void *arg);
int sv_catalog_show_queue(const char *name, FILE *to, struct sv_diag *diag);

/* The memory of a queue is told for so many entries. */
enum { SV_CATALOG_ENTRIES = 256 };
struct sv_queue;
size_t sv_catalog_ring_bytes(const struct sv_queue *queue);

#endif
