/*
 * native_virtio.c - the case `virtio`, measured here; whatever disturbs it
 */
#include "measure.h"
#include "pinned.h"
#include "run_suite.h"
#include "test_text.h"
#include "virtio_rig.h"
#include <math.h>
#include <signal.h>

enum { RATE, KICKS, INTERRUPTS };

static struct sv_cells *cells_of(unsigned pus, const char *driver, const char *depth)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_case_host host = { .pus = pus, .online = pus, .kernel = "6.18" };
	struct sv_cells *cells = sv_cells_new(sv_case_find("virtio"), &host);

	sv_cells_set(cells, "driver", driver, "--set", diag);
	sv_cells_set(cells, "iothread", "same", "--set", diag);
	sv_cells_set(cells, "depth", depth, "--set", diag);
	sv_cells_make(cells, diag);
	sv_diag_free(diag);
	return cells;
}

static void measure(struct sv_cells *cells)
{
	static atomic_bool cancel;
	struct sv_diag *diag = sv_diag_new();

	ck_assert_int_eq(sv_measure(cells,
				 &(struct sv_measure_how){ .repeats = 1, .cancel = &cancel }, diag),
		0);
	test_no_errors(diag);
	sv_diag_free(diag);
}

/* The daemon asks for the next request to be kicked whenever it has none. */
START_TEST(a_thread_kicks_for_each_single_request_and_less_often_for_many)
{
	struct sv_cells *cells;
	const char *lacks = sv_virtio_rig_lacks(false);

	if (lacks) {
		printf("skipped: %s\n", lacks);
		return;
	}
	cells = cells_of(1, "thread", "1,16");
	ck_assert_uint_eq(cells->n, 4);
	measure(cells);
	for (size_t i = 0; i < cells->n; i++) {
		const struct sv_repeat *r = &cells->cell[i].repeat[0];

		ck_assert(r->value[RATE] > 100);
		if (i < 2)
			ck_assert(fabs(r->value[KICKS] - 1) < 1e-3);
		else
			ck_assert(isnan(r->value[KICKS]) || r->value[KICKS] < 1);
		ck_assert(isnan(r->value[INTERRUPTS]) || r->value[INTERRUPTS] < 1.001);
	}
	sv_cells_free(cells);
}
END_TEST

START_TEST(a_guest_kicks_for_each_single_request)
{
	struct sv_cells *cells;
	const char *lacks = sv_virtio_rig_lacks(true);

	if (lacks) {
		printf("skipped: %s\n", lacks);
		return;
	}
	cells = cells_of(1, "guest", "1");
	ck_assert_uint_eq(cells->n, 1);
	ck_assert(strstr(cells->unfit[0].why, "a guest polls"));
	measure(cells);
	ck_assert(cells->cell[0].repeat[0].value[RATE] > 100);
	ck_assert(fabs(cells->cell[0].repeat[0].value[KICKS] - 1) < 1e-3);
	sv_cells_free(cells);
}
END_TEST

START_TEST(one_pu_has_no_other_for_the_daemon)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_case_host host = { .pus = 1, .online = 1, .kernel = "6.18" };
	struct sv_cells *cells = sv_cells_new(sv_case_find("virtio"), &host);

	sv_cells_set(cells, "iothread", "other", "--set", diag);
	ck_assert_int_eq(sv_cells_make(cells, diag), -1);
	test_says(diag, "there is no other PU");
	sv_cells_free(cells);
	sv_diag_free(diag);
}
END_TEST

static void kill_and_run(bool guest)
{
	struct sv_diag *diag = sv_diag_new();
	struct sv_virtio_rig_how how = { .guest = guest, .depth = 4, .events = !guest };
	struct sv_virtio_rig *rig;
	struct sv_virtio_run out;

	if (sv_virtio_rig_lacks(guest)) {
		printf("skipped: %s\n", sv_virtio_rig_lacks(guest));
		return;
	}
	rig = sv_virtio_rig_new(&how, diag);
	test_no_errors(diag);
	ck_assert_int_eq(sv_virtio_rig_run(rig, 100, &out, diag), 0);
	kill(sv_virtio_rig_daemon(rig)->pid, SIGKILL);
	ck_assert_int_eq(sv_virtio_rig_run(rig, 100, &out, diag), -1);
	test_says(diag, "qemu-storage-daemon was ended by signal 9");
	sv_virtio_rig_free(rig);
	sv_diag_free(diag);
}

START_TEST(a_daemon_that_dies_ends_the_measurement)
{
	kill_and_run(false);
}
END_TEST

START_TEST(a_daemon_that_dies_ends_the_measurement_of_a_guest)
{
	kill_and_run(true);
}
END_TEST

int main(void)
{
	TCase *all = tcase_create("native_virtio");

	tcase_set_timeout(all, 120);
	tcase_add_test(all, a_thread_kicks_for_each_single_request_and_less_often_for_many);
	tcase_add_test(all, a_guest_kicks_for_each_single_request);
	tcase_add_test(all, a_daemon_that_dies_ends_the_measurement);
	tcase_add_test(all, a_daemon_that_dies_ends_the_measurement_of_a_guest);
	tcase_add_test(all, one_pu_has_no_other_for_the_daemon);
	return run_case("native_virtio", all);
}
