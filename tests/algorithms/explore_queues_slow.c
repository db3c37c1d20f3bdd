/*
 * explore_queues_slow.c - every queue of the list in larger cases
 */
#include "queue_explore.h"
#include "run_suite.h"

START_TEST(has_no_fault_when_three_requests_go_around_a_ring)
{
	struct setup s = usual(_i);

	s.how.requests = 3;
	s.how.size = s.how.batch = 2;
	explore(&s);
}
END_TEST

START_TEST(has_no_fault_when_requests_follow_each_other)
{
	struct setup s = usual(_i);

	s.how.requests = 3;
	explore(&s);
	s.how.size = 2;
	s.how.served = 65535;
	explore(&s);
}
END_TEST

START_TEST(has_no_fault_with_four_requests_by_batches)
{
	struct setup s = usual(_i);

	s.how.requests = 4;
	s.how.batch = 2;
	explore(&s);
}
END_TEST

int main(void)
{
	TCase *each = tcase_create("each queue");

	tcase_set_timeout(each, 300);
	tcase_add_loop_test(
		each, has_no_fault_when_three_requests_go_around_a_ring, 0, QUEUE_CASES);
	tcase_add_loop_test(each, has_no_fault_when_requests_follow_each_other, 0, QUEUE_CASES);
	tcase_add_loop_test(each, has_no_fault_with_four_requests_by_batches, 0, QUEUE_CASES);
	return run_case("explore_queues_slow", each);
}
