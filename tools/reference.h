/*
 * reference.h - the reference page, generated from the tables that the program runs on
 */
#ifndef SV_REFERENCE_H
#define SV_REFERENCE_H

#include <stdio.h>

/* Markdown: scenario keys, metrics, locks, costs, commands, exit statuses. */
void sv_reference_print(FILE *to);

#endif
