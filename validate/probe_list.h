/*
 * probe_list.h - the probes, in the order in which they run
 *
 * A line X(name) stands for probe_NAME.c, which defines sv_probe_NAME.
 */
#define SV_PROBE_LIST(X)                                                                           \
	X(core)                                                                                    \
	X(transfer)                                                                                \
	X(lines)                                                                                   \
	X(contended)                                                                               \
	X(readers)                                                                                 \
	X(memory)                                                                                  \
	X(kernel)                                                                                  \
	X(wake)                                                                                    \
	X(slice)                                                                                   \
	X(uring)                                                                                   \
	X(kvm)                                                                                     \
	X(virtio)
