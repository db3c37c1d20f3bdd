/*
 * commands.h - what the list of commands needs of each command's file
 */
#ifndef SV_COMMANDS_H
#define SV_COMMANDS_H

#include "cli.h"

int sv_run_main(const struct sv_command *self, int argc, char **argv);
int sv_check_main(const struct sv_command *self, int argc, char **argv);
int sv_list_main(const struct sv_command *self, int argc, char **argv);
int sv_show_main(const struct sv_command *self, int argc, char **argv);
int sv_schema_main(const struct sv_command *self, int argc, char **argv);
int sv_fit_main(const struct sv_command *self, int argc, char **argv);
int sv_calibrate_main(const struct sv_command *self, int argc, char **argv);
int sv_explore_main(const struct sv_command *self, int argc, char **argv);
int sv_validate_main(const struct sv_command *self, int argc, char **argv);
int sv_compare_main(const struct sv_command *self, int argc, char **argv);
int sv_bench_main(const struct sv_command *self, int argc, char **argv);

struct sv_catalog;

/* Prints the names of a kind's things, or with NULL the kinds, with what they are. */
void sv_catalog_print(const struct sv_catalog *catalog);

/* Says that there is no such kind, or nothing of that name of a kind; returns the exit status. */
int sv_unknown_catalog(const char *name);
int sv_unknown_name(const struct sv_catalog *catalog, const char *name);

extern const struct sv_flag sv_run_flags[], sv_fit_flags[], sv_calibrate_flags[],
	sv_explore_flags[], sv_validate_flags[], sv_compare_flags[], sv_list_flags[],
	sv_schema_flags[], sv_check_flags[], sv_show_flags[];

#endif
