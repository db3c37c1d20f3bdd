/*
 * test_machine.h - machines from a few lines of YAML, and what was said about them
 */
#ifndef TEST_MACHINE_H
#define TEST_MACHINE_H

#include "machine/machine.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MACHINES SV_SOURCE_DIR "/scenarios/machines"

static char messages[1 << 14];
static char directory[64];

/* Prints what a diag has into messages and frees it. */
static void take_messages(struct sv_diag *diag)
{
	FILE *to = fmemopen(messages, sizeof(messages), "w");

	sv_diag_print(diag, to);
	fputc('\0', to);
	fclose(to);
	sv_diag_free(diag);
}

/* The machine of a scenario's `host` block, as if it stood in a file of the test's directory. */
static struct sv_machine *make(const char *host)
{
	struct sv_diag *diag = sv_diag_new();
	char source[128];

	snprintf(source, sizeof(source), "%s/scenario.yaml", directory);
	struct sv_doc *doc = sv_doc_parse(source, host, strlen(host), diag);
	struct sv_machine *m = NULL;
	if (doc)
		m = sv_machine_new(sv_node_get(sv_doc_root(doc), "machine"),
			sv_node_get(sv_doc_root(doc), "costs"),
			sv_node_get(sv_doc_root(doc), "factors"), doc, diag);
	ck_assert_int_eq(!m, sv_diag_errors(diag) > 0);
	take_messages(diag);
	sv_doc_free(doc);
	return m;
}

static inline struct sv_machine *make_well(const char *host)
{
	struct sv_machine *m = make(host);

	ck_assert_str_eq(messages, "");
	ck_assert_ptr_nonnull(m);
	return m;
}

static inline void put_file(const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static void set_up(void)
{
	setenv("SIMSVIRT_MACHINES", MACHINES, 1);
	strcpy(directory, "/tmp/simsvirt-profile-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void tear_down(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -r %s", directory);
	ck_assert_int_eq(system(command), 0);
}

#endif
