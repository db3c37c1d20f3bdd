/*
 * device_models.c - models of devices: what they supply, and what is wrong with them
 */
#include "devices/ssd_config.h"
#include "ssd_run.h"
#include "world/scenario.h"
#include <unistd.h>

static void check_model(void *arg, const char *name, const char *title)
{
	struct sv_diag *diag = sv_diag_new();
	int status = sv_device_model_check(name, diag);
	unsigned *models = arg;
	char device[64];
	struct ssd_run r;

	sv_diag_print(diag, stderr);
	ck_assert_msg(status == 0, "%s", name);
	sv_diag_free(diag);
	ck_assert(*title);
	/* Its parts fit together. */
	snprintf(device, sizeof(device), "{model: %s}", name);
	status = ssd_run_init(&r, device);
	sv_diag_print(r.diag, stderr);
	ck_assert_msg(status == 0, "%s", name);
	ssd_run_fini(&r);
	++*models;
}

START_TEST(every_model_has_bounds_and_sources_and_makes_a_device)
{
	unsigned models = 0;

	sv_device_models(check_model, &models);
	ck_assert_uint_ge(models, 5);
}
END_TEST

START_TEST(a_model_supplies_what_is_left_out_and_nothing_else)
{
	struct ssd_run r;
	const struct sv_ssd_cfg *c;

	ck_assert_int_eq(ssd_run_init(&r, "{kind: nvme, model: p3700, channels: 9}"), 0);
	c = r.variant.config;
	ck_assert_int_eq(c->channels, 9);
	ck_assert_int_eq(c->planes, 2);
	ck_assert_int_eq(c->capacity, 800000000000);
	/* The kind's own default, where the model is silent. */
	ck_assert_int_eq(c->coalesce, 1);
	ssd_run_fini(&r);
}
END_TEST

/* What a diag says. */
static void holds(struct sv_diag *diag, const char *message)
{
	char *text = NULL;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);

	sv_diag_print(diag, f);
	fclose(f);
	ck_assert_msg(strstr(text, message), "%s", text);
	free(text);
}

static void refuses(const char *device, const char *message)
{
	struct ssd_run r;

	ck_assert_int_eq(ssd_run_init(&r, device), -1);
	holds(r.diag, message);
	ssd_run_fini(&r);
}

START_TEST(a_model_that_is_not_there_or_of_another_kind_is_refused)
{
	refuses("{kind: nvme, model: p3070}",
		"test:1:36: error: model: there is no model 'p3070'; did you mean 'p3700'?");
	refuses("{kind: sata, model: p3700}",
		"test:1:23: error: devices.ssd: model 'p3700' is of kind nvme, not sata");
}
END_TEST

/* A model in a file of one's own: what is said when all of it is checked, and of its use. */
static void refuses_file(const char *values, const char *checked, const char *used)
{
	char path[] = "/tmp/model-XXXXXX.yaml", device[128];
	struct sv_diag *diag = sv_diag_new();
	int fd = mkstemps(path, 5);

	ck_assert_int_ge(fd, 0);
	dprintf(fd, "device: 1\ntitle: t\nkind: nvme\nsources: {s: text}\nvalues:\n  %s\n", values);
	close(fd);
	ck_assert_int_lt(sv_device_model_check(path, diag), 0);
	holds(diag, checked);
	sv_diag_free(diag);
	snprintf(device, sizeof(device), "{model: %s}", path);
	if (used)
		refuses(device, used);
	unlink(path);
}

START_TEST(mistakes_in_a_model_are_told_with_their_place)
{
	refuses_file("chanels: {value: 4, source: s, mark: E}", "nvme has no option 'chanels'",
		":6:20: error: devices.ssd: unknown key 'chanels'");
	refuses_file("channels: {value: 4000, source: s, mark: E}",
		":6:21: error: channels: 4000 is outside 1 to 256",
		":6:21: error: devices.ssd.channels: 4000 is outside 1 to 256");
	refuses_file("channels: [4]",
		":6:13: error: ", ":6:13: error: values.channels: {value, low, high");
	refuses_file("channels: {value: 4, low: 5, source: s, mark: E}",
		":6:13: error: channels: low <= value <= high does not hold", NULL);
	refuses_file("channels: {value: 4, source: t, mark: E}",
		":6:13: error: channels: no source 't'", NULL);
}
END_TEST

START_TEST(a_sweep_over_models_changes_all_that_they_supply)
{
	static const char text[] =
		"simsvirt: 1\n"
		"host: {machine: toy-4}\n"
		"vms: {guest: {mode: container, workloads: {burn: cpu-burn}}}\n"
		"devices: {ssd: {kind: nvme, model: p4510, channels: 5}}\n"
		"sweep: {devices.ssd.model: [p3700, p4510], devices.ssd.dies: [4, 6]}\n";
	struct sv_diag *diag = sv_diag_new();
	struct sv_study *study = sv_study_parse("test", text, sizeof(text) - 1, diag);

	sv_diag_print(diag, stderr);
	ck_assert_ptr_nonnull(study);
	ck_assert_uint_eq(sv_study_points(study), 4);
	for (size_t i = 0; i < 4; i++) {
		const struct sv_variant *v = sv_study_point(study, i)->devices.item;
		const struct sv_ssd_cfg *c = v->config;

		ck_assert_int_eq(c->planes, i < 2 ? 2 : 4);
		ck_assert_int_eq(c->channels, 5);
		ck_assert_int_eq(c->dies, i % 2 ? 6 : 4);
	}
	sv_study_free(study);
	sv_diag_free(diag);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { every_model_has_bounds_and_sources_and_makes_a_device,
		a_model_supplies_what_is_left_out_and_nothing_else,
		a_model_that_is_not_there_or_of_another_kind_is_refused,
		mistakes_in_a_model_are_told_with_their_place,
		a_sweep_over_models_changes_all_that_they_supply, NULL };

	return run_tests("device_models", tests);
}
