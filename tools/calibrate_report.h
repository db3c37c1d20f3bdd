/*
 * calibrate_report.h - what a calibration found, for people
 */
#ifndef SV_CALIBRATE_REPORT_H
#define SV_CALIBRATE_REPORT_H

#include "calibrate.h"

/* A table of the rows with their quality, then the rows that were not measured and the notes. */
void sv_calibrate_report(const struct sv_calibration *c, FILE *to, size_t width);

#endif
