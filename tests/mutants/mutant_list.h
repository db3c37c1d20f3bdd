/*
 * mutant_list.h - locks with one defect each, and some without
 *
 * X(name): NAME.c defines SV_LOCK(name).
 */
#ifndef MUTANT_LIST_H
#define MUTANT_LIST_H

/* clang-format off */
#define MUTANT_LIST(X) \
	X(clh_late) \
	X(clh_reuse) \
	X(halt) \
	X(halt_kick_first) \
	X(halt_no_fence) \
	X(halt_no_look) \
	X(halt_stale) \
	X(mcs_impatient) \
	X(mcs_link_first) \
	X(mcs_lost) \
	X(mcs_relaxed_tail) \
	X(mcs_store_tail) \
	X(mutex_forgetful) \
	X(mutex_wake_first) \
	X(pending_wide_release) \
	X(peterson) \
	X(peterson_no_fence) \
	X(tas_no_relax) \
	X(ticket_plain) \
	X(ticket_plain_late) \
	X(ticket_relaxed) \
	X(ticket_split) \
	X(ttas_fifo) \
	X(ttas_no_test) \
	X(ttas_relaxed)
/* clang-format on */

#endif
