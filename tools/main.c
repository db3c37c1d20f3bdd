/*
 * main.c - the simsvirt program
 */
#include "cli.h"
#include <gsl/gsl_errno.h>

int main(int argc, char **argv)
{
	/* GSL's handler would abort; every call's result is checked where it is made. */
	gsl_set_error_handler_off();
	return sv_program(argc, argv);
}
