/*
 * fit_param.h - reading what names a number of the scenario (private to the study's files)
 *
 * For the blocks that say what a number may become: `fit:` and `uncertain:`. Each
 * function returns -1 after reporting; messages begin with the block's name.
 */
#ifndef SV_FIT_PARAM_H
#define SV_FIT_PARAM_H

#include "world/fit.h"

struct sv_param_reading {
	struct sv_study *study;
	struct sv_fit_param *param; /* its path and place are known */
	const char *block;          /* "fit.parameters" */
	const struct sv_option *option;
	struct sv_diag *diag;
};

/* Finds the option that the path leads to. */
int sv_param_option(struct sv_param_reading *r);
/* Finds the row by which its numbers count; `amount` is one of them. */
int sv_param_row(const struct sv_param_reading *r, const struct sv_node *amount);
/* Reads an amount that the option itself could have; `key` is its name in the block. */
int sv_param_amount(
	const struct sv_param_reading *r, const struct sv_node *node, const char *key, double *out);
/* The number that the scenario has there, NAN when it is none; of a distribution also its shape. */
int sv_param_present(const struct sv_param_reading *r, double *present);

#endif
