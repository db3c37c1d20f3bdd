/*
 * probe_core.c - what one PU takes for an operation that leaves nobody else a part in it
 *
 * Loops of a thousand, timed as a whole: reading the clock takes as long as twenty hits.
 */
#include "probe.h"
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOOP 1024

struct own {
	struct sv_reading r;
	double quiet_ns;
	_Alignas(128) volatile uint64_t word;
};

/* Times LOOP times OPERATION. The empty assembly keeps iterations from melting into one. */
#define DEFINE_LOOP(name, operation)                                                               \
	static void name(unsigned thread, void *arg)                                               \
	{                                                                                          \
		struct own *o = arg;                                                               \
		double start, ns = 0;                                                              \
		unsigned rounds = 0;                                                               \
		(void)thread;                                                                      \
		for (; ns < SV_PROBE_BATCH_NS / 2; rounds++) {                                     \
			start = sv_sample_clock();                                                 \
			for (unsigned i = 0; i < LOOP; i++) {                                      \
				operation;                                                         \
				__asm__ volatile("" ::: "memory");                                 \
			}                                                                          \
			ns += sv_sample_clock() - start - o->quiet_ns;                             \
		}                                                                                  \
		o->r.value = ns / ((double)rounds * LOOP);                                         \
	}

DEFINE_LOOP(loop_store, o->word = i)
DEFINE_LOOP(loop_fence, __atomic_thread_fence(__ATOMIC_SEQ_CST))
DEFINE_LOOP(loop_syscall, syscall(SYS_getppid))
#if defined(__x86_64__)
DEFINE_LOOP(loop_pause, __builtin_ia32_pause())
#define PAUSE_METHOD "A loop of pause instructions"
#elif defined(__aarch64__)
DEFINE_LOOP(loop_pause, __asm__ volatile("yield"))
#define PAUSE_METHOD "A loop of yield instructions"
#else
DEFINE_LOOP(loop_pause, (void)0)
#define PAUSE_METHOD "An empty loop: the compiler knows no pause for this processor"
#endif

static int run(struct sv_calibration *c, double seconds)
{
	static const struct {
		const char *name, *method;
		void (*body)(unsigned thread, void *arg);
	} loops[] = {
		{ "hit.store", "Plain stores to a word in the core's cache, mean of 1024 in a row",
			loop_store },
		{ "fence",
			"Sequentially consistent fences as the compiler makes them, mean of 1024",
			loop_fence },
		{ "pause", PAUSE_METHOD ", mean of 1024", loop_pause },
		{ "syscall", "The system call getppid, mean of 1024", loop_syscall },
	};
	const size_t n = sizeof(loops) / sizeof(loops[0]);
	struct own o = { .quiet_ns = c->quiet_ns };

	for (size_t i = 0; i < n; i++) {
		o.r.to = sv_probe_row(c, loops[i].name, loops[i].method);
		if (sv_probe_alone(c, loops[i].body, &o, seconds / (double)n) < 0)
			return -1;
	}
	return 0;
}

const struct sv_probe sv_probe_core = { "core", "operations that stay in one core", 1, run, NULL };
