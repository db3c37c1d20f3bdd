/*
 * describe.c - what happened, in words
 */
#include "explore_private.h"
#include <stdlib.h>
#include <string.h>

static const char *const orders[] = { "relaxed", "acquire", "release", "acq_rel", "seq_cst" };

static bool is_place(const struct sv_explorer *x, uint64_t value)
{
	return value - (uintptr_t)x->arena < x->used;
}

/* "node 1 + 8". What lies between two regions belongs to the first, which was overrun. */
static void put_place(FILE *f, const struct sv_explorer *x, const void *word)
{
	const struct sv_x_region *in = NULL;

	for (unsigned i = 0; i < x->regions && is_place(x, (uintptr_t)word); i++)
		if ((uintptr_t)x->region[i].start <= (uintptr_t)word)
			in = &x->region[i];
	if (!in) {
		fprintf(f, "%p", word);
		return;
	}
	fputs(in->what, f);
	if (in->number >= 0)
		fprintf(f, " %d", in->number);
	if (word != in->start)
		fprintf(f, " + %zu", (size_t)((uintptr_t)word - (uintptr_t)in->start));
}

char *sv_x_place_name(const struct sv_explorer *x, const void *word, char *buf)
{
	FILE *f = fmemopen(buf, 64, "w");

	buf[0] = '\0';
	if (!f)
		return buf;
	put_place(f, x, word);
	fclose(f);
	return buf;
}

static void put_value(FILE *f, const struct sv_explorer *x, unsigned bytes, uint64_t value)
{
	if (bytes == 8 && is_place(x, value)) {
		fputs("(", f);
		put_place(f, x, (const void *)(uintptr_t)value);
		fputs(")", f);
	} else if (value < 1000) {
		fprintf(f, "%llu", (unsigned long long)value);
	} else {
		fprintf(f, "%#llx", (unsigned long long)value);
	}
}

static void put_rmw(
	FILE *f, const struct sv_explorer *x, const struct sv_explored_op *op, uint64_t old)
{
	static const char *const names[] = { [SV_X_XCHG] = "xchg",
		[SV_X_CAS] = "cas",
		[SV_X_FAA] = "faa",
		[SV_X_AND] = "and",
		[SV_X_OR] = "or" };

	fprintf(f, "%s ", names[op->kind]);
	put_place(f, x, op->word);
	fputs(" from ", f);
	put_value(f, x, op->bytes, old);
	if (op->kind == SV_X_CAS && old != op->a) {
		fputs(" fails: not ", f);
		put_value(f, x, op->bytes, op->a);
		return;
	}
	fputs(" to ", f);
	put_value(f, x, op->bytes, sv_x_get(op->word, op->bytes));
}

static void put_read(FILE *f, const struct sv_x_thread *t, const struct sv_explored_op *op)
{
	bool gave_up = op->kind == SV_X_AWAIT_FOR && (t->value & op->a) != op->b;

	fprintf(f, "%s ", op->kind == SV_X_LOAD ? "load" : gave_up ? "gives up awaiting" : "await");
	put_place(f, t->x, op->word);
	fputs(", sees ", f);
	put_value(f, t->x, op->bytes, t->value);
}

static void put_kernel(FILE *f, const struct sv_x_thread *t, const struct sv_explored_op *op)
{
	bool stays = t->op.kind == X_HALTED || t->op.kind == X_ASLEEP;

	switch (op->kind) {
	case SV_X_FENCE:
		fputs("fence", f);
		break;
	case SV_X_RELAX:
		fputs("relax", f);
		break;
	case SV_X_HALT:
		fputs(stays ? "halts" : "halts and wakes without a kick", f);
		break;
	case SV_X_KICK:
		fprintf(f, "kicks CPU %llu", (unsigned long long)op->a);
		break;
	case X_HALTED:
		fputs("is woken by a kick", f);
		break;
	case SV_X_FUTEX_WAIT:
		fputs(stays ? "sleeps" : "does not sleep, or wakes for no reason", f);
		break;
	case X_ASLEEP:
		fputs("has been woken", f);
		break;
	case SV_X_FUTEX_WAKE:
		fprintf(f, "wakes %llu", (unsigned long long)t->value);
		break;
	case SV_X_CLOCK:
		fprintf(f, "clock is %llu s", (unsigned long long)(t->value / (uint64_t)SV_S));
		break;
	case X_ENTER:
		fprintf(f, "has lock %llu", (unsigned long long)op->a);
		break;
	default:
		fprintf(f, "gives up lock %llu", (unsigned long long)op->a);
	}
}

static void put_step(FILE *f, struct sv_explorer *x, unsigned proc, const struct sv_explored_op *op,
	uint64_t old)
{
	const struct sv_x_thread *t = sv_x_thread_of(x, proc);

	if (op->kind == SV_X_STORE) {
		fprintf(f, "%s ", sv_x_is_buffer(proc) ? "drains" : "store");
		put_place(f, x, op->word);
		fputs(" = ", f);
		put_value(f, x, op->bytes, op->a);
	} else if (op->kind >= SV_X_XCHG && op->kind <= SV_X_OR) {
		put_rmw(f, x, op, old);
	} else if (op->bytes && op->kind != SV_X_FUTEX_WAIT && op->kind != SV_X_FUTEX_WAKE &&
		   op->kind != X_ASLEEP) {
		put_read(f, t, op);
	} else {
		put_kernel(f, t, op);
	}
	if (op->bytes && op->at.order != SV_RELAXED && !sv_x_is_buffer(proc))
		fprintf(f, ", %s", orders[op->at.order]);
}

/* The next line of the schedule, or NULL when there is no more room. */
static struct sv_explore_step *add_step(
	struct sv_explorer *x, unsigned thread, const struct sv_explored_op *op)
{
	struct sv_explore_result *r = x->result;
	const char *slash = op->at.file ? strrchr(op->at.file, '/') : NULL;
	struct sv_explore_step *step;

	if (r->step_count == 2 * SV_EXPLORE_STEPS)
		return NULL;
	step = &r->step[r->step_count++];
	*step = (struct sv_explore_step){
		.thread = thread, .file = slash ? slash + 1 : op->at.file, .line = op->at.line
	};
	return step;
}

void sv_x_describe(
	struct sv_explorer *x, unsigned proc, const struct sv_explored_op *op, uint64_t old)
{
	struct sv_explore_step *step = add_step(x, proc % THREADS, op);
	FILE *f = step ? fmemopen(step->text, sizeof(step->text) - 1, "w") : NULL;

	if (!f)
		return;
	step->number = x->depth + 1;
	put_step(f, x, proc, op, old);
	fclose(f);
}

void sv_x_describe_buffered(const struct sv_x_thread *t, const struct sv_explored_op *op)
{
	struct sv_explore_step *step = add_step(t->x, t->number, op);
	FILE *f = step ? fmemopen(step->text, sizeof(step->text) - 1, "w") : NULL;

	if (!f)
		return;
	put_step(f, t->x, t->number, op, 0);
	fputs(", into its buffer", f);
	fclose(f);
}
