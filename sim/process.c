/*
 * process.c - processes: fibers that the engine's events resume
 *
 * A process always switches back to the OS thread that resumed it, never to another
 * process: the order of execution is the order of events, and nothing else.
 */
#include "process.h"

/* Virtual; only the pages that a process touches are real. The sanitizers' frames are larger. */
#if defined(SV_FIBER_ASAN) || defined(SV_FIBER_TSAN)
#define STACK_BYTES (256 * 1024)
#else
#define STACK_BYTES (64 * 1024)
#endif

/*
 * The calling OS thread's own fiber, made on first use. Only called on that thread's
 * stack: a process may wake up on another thread than it fell asleep on, so it finds
 * its way back by `home` and never by a thread-local address.
 */
static struct sv_fiber *thread_fiber(void)
{
	static _Thread_local struct sv_fiber fiber;
	static _Thread_local bool made;

	if (sv_unlikely(!made)) {
		sv_fiber_init_thread(&fiber);
		made = true;
	}
	return &fiber;
}

static void process_main(void *arg)
{
	struct sv_process *self = arg;

	self->body(self, self->arg);
	self->done = true;
	sv_fiber_exit(&self->fiber, self->home);
}

int sv_process_init(struct sv_process *p, struct sv_lp *lp,
	void (*body)(struct sv_process *, void *), void *arg)
{
	*p = (struct sv_process){ .lp = lp, .body = body, .arg = arg };
	return sv_fiber_init(&p->fiber, STACK_BYTES, process_main, p);
}

void sv_process_fini(struct sv_process *p)
{
	sv_fiber_fini(&p->fiber);
}

static void schedule_resume(struct sv_process *p, sv_time at)
{
	sv_schedule(p->lp, at, SV_EVENT_RESUME, (uintptr_t)p);
}

void sv_process_start(struct sv_process *p, sv_time at)
{
	schedule_resume(p, at);
}

void sv_hold_slow(struct sv_process *self, sv_time at)
{
	schedule_resume(self, at);
	sv_fiber_switch(&self->fiber, self->home);
}

void sv_suspend(struct sv_process *self)
{
	self->suspended = true;
	sv_fiber_switch(&self->fiber, self->home);
}

void sv_resume(struct sv_process *p, sv_time at)
{
	SV_BUG_ON(!p->suspended);
	p->suspended = false;
	schedule_resume(p, at);
}

static void enter(struct sv_process *p)
{
	SV_BUG_ON(p->done);
	p->home = thread_fiber();
	sv_fiber_switch(p->home, &p->fiber);
}

void sv_resume_now(struct sv_process *p)
{
	SV_BUG_ON(!p->suspended);
	p->suspended = false;
	enter(p);
}

bool sv_process_handle(const struct sv_event *event)
{
	if (event->type != SV_EVENT_RESUME)
		return false;
	enter((struct sv_process *)(uintptr_t)event->arg);
	return true;
}
