/*
 * model.h - models of devices: YAML files of values with their sources
 *
 * `model: p4800x` stands for the options that scenarios/devices/p4800x.yaml gives and the scenario
 * does not: it is nothing but text, as if the user had written it. So any option of a model can
 * be set, swept and fitted.
 *
 *	device: 1
 *	title: Intel Optane SSD DC P4800X, 375 GB
 *	kind: nvme
 *	values:
 *	  units: {value: 28, low: 28, high: 28, source: review, mark: A}
 *	sources:
 *	  review: "..."
 */
#ifndef SV_DEVICE_MODEL_H
#define SV_DEVICE_MODEL_H

#include "config.h"

/* The directory of models: $SIMSVIRT_DEVICES, else next to the source tree, else as installed. */
const char *sv_device_directory(void);
/* Calls back with each model. */
void sv_device_models(void (*each)(void *arg, const char *name, const char *title), void *arg);

/*
 * Adds to each device of the document's `devices` (a row of `table`) the options that its model
 * gives and it does not have. A kind is one of them. Returns -1 after reporting.
 */
int sv_device_models_apply(struct sv_doc *doc, const struct sv_table *table, struct sv_diag *diag);

/* A model as text: each value with its bounds and source. -1 after reporting. */
int sv_device_model_print(const char *name, FILE *to, struct sv_diag *diag);

/* Reads all of a model: each value by its kind's row, its bounds and its source. -1 after
 * reporting. */
int sv_device_model_check(const char *name, struct sv_diag *diag);

#endif
