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
int sv_bench_main(const struct sv_command *self, int argc, char **argv);

/* Says that nothing of that kind can be listed; returns the exit status. */
int sv_unknown_catalog(const char *name);

extern const struct sv_flag sv_run_flags[], sv_list_flags[], sv_schema_flags[];

#endif
