/*
 * fio_units.h - numbers, sizes and times as fio's job files write them
 *
 * Each returns NULL and stores the value, or says what is wrong as a constant string that
 * continues "KEY: 'TEXT' ...".
 */
#ifndef SV_FIO_UNITS_H
#define SV_FIO_UNITS_H

#include "simtime.h"

/* "4k", "1m", "4096": k is 1024 and ki is 1000, as fio's default kb_base has it. */
const char *sv_fio_size_parse(const char *text, int64_t *out);
/* "10s", "5"; a bare number counts in `unit`. */
const char *sv_fio_time_parse(const char *text, sv_time unit, sv_time *out);

#endif
