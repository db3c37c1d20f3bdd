/*
 * cost_io.h - rows of a cost profile that only input and output needs
 *
 * Part of cost.h, and optional as its last ones are.
 */
#ifndef SV_COST_IO_H
#define SV_COST_IO_H

/* X(ENUM, name, help) */
#define SV_COST_IO(X)                                                                              \
	X(BLOCK_SUBMIT, "block.submit",                                                            \
		"a request's way through the block layer down to its driver, without locks and "   \
		"tags")                                                                            \
	X(BLOCK_COMPLETE, "block.complete",                                                        \
		"its way back up, from the driver to who submitted it, without waking that one")   \
	X(BLOCK_MERGE, "block.merge", "joining a request to a waiting one that it continues")      \
	X(BLOCK_SCHEDULE, "block.schedule",                                                        \
		"an I/O scheduler's work for a request, without its lock: into its queues and "    \
		"out again")                                                                       \
	X(NVME_SUBMIT, "nvme.submit",                                                              \
		"making an NVMe command and mapping its pages, without queue and doorbell")        \
	X(NVME_COMPLETE, "nvme.complete",                                                          \
		"unmapping the pages of a completed NVMe command and finding its request")         \
	X(SATA_SUBMIT, "sata.submit",                                                              \
		"making a SATA command, by the SCSI layer and libata, and mapping its pages, "     \
		"without registers")                                                               \
	X(SATA_COMPLETE, "sata.complete",                                                          \
		"ending a SATA command, by libata and the SCSI layer, without registers")          \
	X(IO_USER, "io.user",                                                                      \
		"what a benchmark computes for an I/O: choosing it, reading clocks, statistics")   \
	X(IO_DIRECT, "io.direct",                                                                  \
		"the kernel's part of a direct I/O above its block layer, without the system "     \
		"call: file "                                                                      \
		"operation and pinning of pages")                                                  \
	X(IO_AIO_SUBMIT, "io.aio.submit", "io_submit()'s own part for each I/O")                   \
	X(IO_AIO_REAP, "io.aio.reap",                                                              \
		"completing an I/O of io_submit() and handing it to io_getevents()")               \
	X(IO_URING_SUBMIT, "io.uring.submit", "io_uring's own part for each entry submitted")      \
	X(IO_URING_REAP, "io.uring.reap",                                                          \
		"posting an entry of io_uring's completions and reading it")                       \
	X(IRQ_ENTRY, "irq.entry",                                                                  \
		"entry to a kernel's interrupt handler and return from it, without what the "      \
		"handler does")                                                                    \
	X(VM_IOEVENTFD, "vm.ioeventfd",                                                            \
		"an exit that the host kernel turns into the signal of an eventfd, with exit and " \
		"entry, without waking who waits for it")                                          \
	X(VM_USER_EXIT, "vm.user-exit",                                                            \
		"an exit that a device model in user space handles, with exit and entry, without " \
		"the model's own work")                                                            \
	X(WAKE_LOCAL, "wake.local",                                                                \
		"what waking one sleeper on the waker's own CPU costs it, beyond the system "      \
		"call: nobody is told by an interrupt. Without it, futex.wake")                    \
	X(MMIO_WRITE, "mmio.write",                                                                \
		"a posted write of a device's register: the time it keeps its core")               \
	X(MMIO_READ, "mmio.read", "a read of a device's register")                                 \
	X(EVENTFD, "eventfd",                                                                      \
		"the kernel's part of signalling or reading an eventfd, beyond the system call "   \
		"and without waking who waits")                                                    \
	X(PPOLL, "ppoll",                                                                          \
		"waiting for a thread's few descriptors by ppoll(), beyond the system call and "   \
		"without sleeping")                                                                \
	X(DMA_LOAD, "dma.load",                                                                    \
		"a load of a line that a device has written, by a core near its home: from the "   \
		"last-level cache or from memory, wherever the machine puts it")                   \
	X(VIRTIO_SUBMIT, "virtio.submit",                                                          \
		"making a request of virtio-blk and mapping its pages, without ring, lock and "    \
		"kick")                                                                            \
	X(VIRTIO_COMPLETE, "virtio.complete",                                                      \
		"unmapping the pages of a completed one, without its ring")                        \
	X(QEMU_REQUEST, "qemu.request",                                                            \
		"QEMU's own work for a request, there and back, without ring, system calls and "   \
		"the host's kernel")                                                               \
	X(QEMU_TURN, "qemu.turn",                                                                  \
		"a turn of QEMU's event loop: what it computes to wait and to call a handler, "    \
		"without system calls")                                                            \
	X(QEMU_REGISTER, "qemu.register",                                                          \
		"what QEMU's model of a device computes for one access to a register, without "    \
		"the exit")                                                                        \
	X(VHOST_REQUEST, "vhost.request",                                                          \
		"the same as qemu.request for a back end in the host's kernel")                    \
	X(SPDK_REQUEST, "spdk.request",                                                            \
		"the same for one that polls in user space and drives the device itself")          \
	X(IO_FILE, "io.file",                                                                      \
		"what a file system adds to a direct I/O beyond io.direct: finding its blocks")

#endif
