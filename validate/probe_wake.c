/*
 * probe_wake.c - from a wake to the first instruction of the woken, by the state of the target
 *
 * The target announces that it is about to wait and waits in the kernel, on a futex or an
 * eventfd. The waker spins for a rest, so that the target is asleep and its PU has
 * settled, reads the clock and wakes; the target reads the clock as soon as it runs. The clocks
 * of PUs are one clock to the kernel.
 *
 * The row `wake-up` begins inside the wake, behind the entry to the kernel, as the model's does;
 * `futex.wake` is what the waker spends beyond a system call.
 */
#include "probe.h"
#include <linux/futex.h>
#include <math.h>
#include <sched.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WAKES      8    /* in a batch, at most */
#define SHORT_REST 50e3 /* ns: a processor has fallen idle, but not deep */
#define LONG_REST  2e6

enum means { FUTEX, EVENT, MEMORY };

struct wake {
	struct sv_reading r;
	struct sv_samples *waker; /* what the waker spends; may be NULL */
	enum means means;
	double rest_ns, syscall_ns;
	bool same_pu;
	int event;
	unsigned wakes;
	double from_ns[WAKES], spent_ns[WAKES], to_ns[WAKES];
	_Alignas(128) _Atomic unsigned turn; /* 2 i + 1: about to wait; 2 i + 2: has run */
	_Alignas(128) _Atomic uint32_t word; /* i + 1: woken for the i-th time */
	_Atomic bool over;
};

static long futex(_Atomic uint32_t *word, int operation, uint32_t value)
{
	return syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

static void wait_to_be_woken(struct wake *w, unsigned i)
{
	uint64_t count;

	if (w->means == EVENT) {
		if (read(w->event, &count, sizeof(count)) != sizeof(count))
			return;
		while (atomic_load(&w->word) == i)
			;
		return;
	}
	while (atomic_load(&w->word) == i)
		if (w->means == FUTEX)
			futex(&w->word, FUTEX_WAIT, i);
}

static void be_woken(struct wake *w)
{
	for (unsigned i = 0; i < w->wakes; i++) {
		atomic_store(&w->turn, 2 * i + 1);
		wait_to_be_woken(w, i);
		w->to_ns[i] = sv_sample_clock();
		atomic_store(&w->turn, 2 * i + 2);
		if (w->same_pu)
			futex((_Atomic uint32_t *)&w->turn, FUTEX_WAKE, 1);
	}
}

static void rest(double ns)
{
	double start = sv_sample_clock();

	while (sv_sample_clock() - start < ns)
		;
}

static void wake_target(struct wake *w, unsigned i)
{
	const uint64_t one = 1;

	atomic_store(&w->word, i + 1);
	if (w->means == FUTEX)
		futex(&w->word, FUTEX_WAKE, 1);
	if (w->means == EVENT && write(w->event, &one, sizeof(one)) != sizeof(one))
		w->to_ns[i] = NAN;
}

/*
 * Waits until the target has come so far, or further: it does not wait in between. On the
 * target's own PU the target runs only while this thread sleeps.
 */
static void let_target(struct wake *w, unsigned turn)
{
	unsigned seen;

	while ((seen = atomic_load(&w->turn)) < turn) {
		if (w->same_pu && turn % 2 == 0)
			futex((_Atomic uint32_t *)&w->turn, FUTEX_WAIT, seen);
		else if (w->same_pu)
			sched_yield();
	}
}

static void wake_others(struct wake *w)
{
	for (unsigned i = 0; i < w->wakes; i++) {
		let_target(w, 2 * i + 1);
		if (w->same_pu) {
			/* It announced itself and runs on, until this thread is out of its way. */
			usleep(200);
		} else {
			rest(w->rest_ns);
		}
		w->from_ns[i] = sv_sample_clock();
		wake_target(w, i);
		w->spent_ns[i] = sv_sample_clock() - w->from_ns[i];
		let_target(w, 2 * i + 2);
	}
	atomic_store(&w->over, true);
}

/* 0 wakes, 1 is woken, others keep its PU busy. */
static void body(unsigned thread, void *arg)
{
	struct wake *w = arg;

	if (thread == 0)
		wake_others(w);
	else if (thread == 1)
		be_woken(w);
	else
		while (!atomic_load_explicit(&w->over, memory_order_relaxed))
			;
}

static void done(void *arg, bool disturbed)
{
	struct wake *w = arg;

	for (unsigned i = 0; i < w->wakes; i++) {
		sv_samples_put(
			w->r.to, fmax(0, w->to_ns[i] - w->from_ns[i] - w->syscall_ns), disturbed);
		if (w->waker)
			sv_samples_put(
				w->waker, fmax(0, w->spent_ns[i] - w->syscall_ns), disturbed);
	}
	atomic_store(&w->turn, 0);
	atomic_store(&w->word, 0);
	atomic_store(&w->over, false);
}

static const struct task {
	const char *name, *method;
	enum means means;
	double rest_ns;
	unsigned threads;
	bool same_pu;
	bool row; /* also the rows of the model */
} tasks[] = {
	{ "wake.spinning",
		"From storing a word to the clock read by a thread that polls it on another PU",
		MEMORY, 1e3, 2, false, false },
	{ "wake.idle",
		"From waking a futex to the first instruction of its sleeper on another PU, idle "
		"for 50 us",
		FUTEX, SHORT_REST, 2, false, true },
	{ "wake.idle-long", "The way of wake.idle, after 2 ms of idling", FUTEX, LONG_REST, 2,
		false, false },
	{ "wake.busy", "The way of wake.idle, but another thread spins on the sleeper's PU", FUTEX,
		SHORT_REST, 3, false, false },
	{ "wake.same-pu",
		"From waking a futex to the first instruction of its sleeper on the same PU; the "
		"waker sleeps right after",
		FUTEX, 0, 2, true, false },
	{ "wake.eventfd",
		"From writing an eventfd to the return of the read of it on another PU, idle for "
		"50 us",
		EVENT, SHORT_REST, 2, false, false },
};
#define TASKS (sizeof(tasks) / sizeof(tasks[0]))

static int run_task(struct sv_calibration *c, const struct task *t, double seconds)
{
	const unsigned far = c->pus - 1;
	const unsigned pu[] = { 0, t->same_pu ? 0 : far, far };
	double syscall_ns = sv_probe_median(c, "syscall");
	struct wake w = { .means = t->means,
		.rest_ns = t->rest_ns,
		.same_pu = t->same_pu,
		.wakes = t->rest_ns >= LONG_REST ? 1 : WAKES };
	int result;

	if (isnan(syscall_ns))
		return 0;
	w.r.to = sv_probe_row(c, t->row ? "wake-up" : t->name, t->method);
	w.syscall_ns = t->row ? syscall_ns : 0;
	if (t->row)
		w.waker = sv_probe_row(c, "futex.wake",
			"The call that wakes the one sleeper of a futex, on another PU, less a "
			"system call");
	w.event = eventfd(0, EFD_CLOEXEC);
	result = sv_probe_batches(c, &(struct sv_batches){ .pu = pu,
					     .threads = t->threads,
					     .body = body,
					     .done = done,
					     .arg = &w,
					     .sleeps = true,
					     .shared = t->same_pu || t->threads > 2,
					     .seconds = seconds,
					     .most = UINT_MAX });
	if (w.event >= 0)
		close(w.event);
	return result;
}

static int run(struct sv_calibration *c, double seconds)
{
	if (c->pus < 2) {
		const char *why = c->pus ? "it takes two PUs, and one may be used"
					 : "threads cannot be bound to PUs";

		sv_probe_cannot(c, "wake-up", "%s", why);
		sv_probe_cannot(c, "futex.wake", "%s", why);
		return 0;
	}
	for (size_t i = 0; i < TASKS; i++)
		if (run_task(c, &tasks[i], seconds / TASKS) < 0)
			return -1;
	return 0;
}

/* The waker of wake.same-pu sleeps right after: two system calls and a switch are others' rows. */
static void finish(struct sv_calibration *c)
{
	double known = 2 * sv_probe_median(c, "syscall") + sv_probe_median(c, "context-switch");
	const struct sv_samples *same;
	struct sv_samples *local;

	if (c->pus < 2 || isnan(known) || isnan(sv_probe_median(c, "wake.same-pu")))
		return;
	local = sv_probe_row(c, "wake.local",
		"wake.same-pu less two system calls and context-switch: what is left for the "
		"waker");
	same = sv_probe_row(c, "wake.same-pu", "");
	for (size_t i = 0; i < same->n; i++)
		sv_samples_put(local, fmax(0, same->value[i] - known), false);
	local->discarded = same->discarded;
}

const struct sv_probe sv_probe_wake = { "wake", "waking threads", 2, run, finish };
