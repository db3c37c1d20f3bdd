/*
 * explore_queues.c - every queue of the list in every interleaving of small cases
 */
#include "queue_explore.h"
#include "run_suite.h"

START_TEST(has_no_fault_with_two_requests)
{
	struct setup s = usual(_i);

	for (unsigned spurious = 0; spurious <= 1; spurious++)
		for (int memory = SV_EXPLORE_SC; memory <= SV_EXPLORE_TSO; memory++) {
			s.options.spurious = spurious;
			s.options.memory = (enum sv_explore_memory)memory;
			explore(&s);
		}
}
END_TEST

START_TEST(has_no_fault_where_indices_wrap)
{
	struct setup s = usual(_i);

	s.how.size = 2;
	for (unsigned served = 65534; served <= 65536; served++) {
		s.how.served = served;
		explore(&s);
	}
}
END_TEST

START_TEST(has_no_fault_with_batches_of_several_buffers)
{
	struct setup s = usual(_i);

	s.how.size = 8;
	s.how.requests = 4;
	s.how.batch = 2;
	s.how.buffers = 3;
	s.how.polling = true;
	explore(&s);
}
END_TEST

static bool in_order(const struct setup *s)
{
	return strstr(s->what.options, "in-order: true") != NULL;
}

START_TEST(has_no_fault_when_the_device_changes_the_order)
{
	struct setup s = usual(_i);

	if (in_order(&s))
		return;
	s.how.requests = 3;
	s.how.batch = 3;
	s.how.size = 8;
	s.how.reversed = true;
	explore(&s);
}
END_TEST

START_TEST(has_no_fault_at_its_smallest)
{
	struct setup s = usual(_i);

	s.how.size = queue_find(sv_queues_explored, s.what.queue)->min_size;
	s.how.buffers = 1;
	explore(&s);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each queue");

	tcase_set_timeout(each, 120);
	tcase_add_loop_test(each, has_no_fault_with_two_requests, 0, QUEUE_CASES);
	tcase_add_loop_test(each, has_no_fault_where_indices_wrap, 0, QUEUE_CASES);
	tcase_add_loop_test(each, has_no_fault_with_batches_of_several_buffers, 0, QUEUE_CASES);
	tcase_add_loop_test(each, has_no_fault_when_the_device_changes_the_order, 0, QUEUE_CASES);
	tcase_add_loop_test(each, has_no_fault_at_its_smallest, 0, QUEUE_CASES);
	return run_case("explore_queues", each);
}
