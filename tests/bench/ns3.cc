/*
 * ns3.cc - PHOLD on ns-3's schedulers and on this engine, in one run
 *
 * Same model, same random numbers, one thread. All are measured by turns, so that a noisy machine
 * disturbs all alike. Usage: bench_ns3 [REPEATS]. Prints a Markdown table.
 */
#include <ns3/object-factory.h>
#include <ns3/simulator.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

extern "C" {
#include "phold_node.h"
}

namespace
{

const char *const schedulers[] = { "MapScheduler", "HeapScheduler", "CalendarScheduler",
	"PriorityQueueScheduler" };
constexpr int n_schedulers = 4;

struct sv_phold_config config = { 0, 1, SV_US, SV_US / 10, 0.25, 1, 1 };

struct sv_phold_model model;
std::vector<struct sv_phold_node> nodes;
uint64_t events;

void handle(uint32_t lp)
{
	int64_t now = ns3::Simulator::Now().GetTimeStep();
	int64_t at = sv_phold_answer(&model, &nodes[lp], now, &lp);

	events++;
	ns3::Simulator::Schedule(ns3::TimeStep(at - now), &handle, lp);
}

/* That the thread has run: on a busy machine, waiting for a CPU is nobody's merit or fault. */
double seconds()
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

void use(const char *scheduler)
{
	ns3::ObjectFactory factory;

	factory.SetTypeId(std::string("ns3::") + scheduler);
	ns3::Simulator::SetScheduler(factory);
}

void start_ns3()
{
	sv_phold_model_init(&model, &config);
	std::vector<struct sv_phold_node>(config.lps).swap(nodes);
	for (uint32_t i = 0; i < config.lps; i++) {
		uint32_t to = i;

		sv_phold_node_init(&model, &nodes[i], i);
		ns3::Simulator::Schedule(
			ns3::TimeStep(sv_phold_answer(&model, &nodes[i], 0, &to)), &handle, i);
	}
}

/* Millions of events a second of CPU time. */
double run_ns3(int64_t duration)
{
	uint64_t before = events;
	double begin = seconds();

	ns3::Simulator::Stop(ns3::TimeStep(duration));
	ns3::Simulator::Run();
	return static_cast<double>(events - before) / (seconds() - begin) / 1e6;
}

double run_ours(struct sv_phold *p, int64_t duration)
{
	double begin = seconds();
	uint64_t n = sv_phold_run(p, duration);

	return static_cast<double>(n) / (seconds() - begin) / 1e6;
}

double median(std::vector<double> &x)
{
	std::sort(x.begin(), x.end());
	return x.size() % 2 ? x[x.size() / 2] : (x[x.size() / 2 - 1] + x[x.size() / 2]) / 2;
}

/* One row: ours, each scheduler, and the ratio to the best of them. */
void compare(uint32_t lps, int repeats)
{
	std::vector<double> rate[n_schedulers + 1];
	double best = 0, ours;
	struct sv_phold *p;
	int64_t duration;

	config.lps = lps;
	duration = static_cast<int64_t>(1e6 / lps * static_cast<double>(config.mean));
	if (duration < config.mean)
		duration = config.mean;
	p = sv_phold_new(&config);
	if (!p)
		exit(EXIT_FAILURE);
	start_ns3();
	run_ours(p, 2 * duration);
	run_ns3(config.mean);
	for (int k = 0; k < repeats; k++) {
		rate[n_schedulers].push_back(run_ours(p, 4 * duration));
		for (int s = 0; s < n_schedulers; s++) {
			use(schedulers[s]);
			run_ns3(duration /
				4); /* moving to another scheduler has cooled the caches */
			rate[s].push_back(run_ns3(duration));
		}
	}
	sv_phold_free(p);
	ns3::Simulator::Destroy();
	ours = median(rate[n_schedulers]);
	printf("| %u | **%.1f** (%.1f-%.1f) |", lps, ours, rate[n_schedulers].front(),
		rate[n_schedulers].back());
	for (int s = 0; s < n_schedulers; s++) {
		double m = median(rate[s]);

		best = std::max(best, m);
		printf(" %.2f (%.2f-%.2f) |", m, rate[s].front(), rate[s].back());
	}
	printf(" %.1f |\n", ours / best);
	fflush(stdout);
}

} // namespace

int main(int argc, char **argv)
{
	int repeats = argc > 1 ? atoi(argv[1]) : 15;

	if (repeats < 1) {
		fputs("usage: bench_ns3 [REPEATS]\n", stderr);
		return 2;
	}
	ns3::Time::SetResolution(ns3::Time::PS);
	printf("| LPs | this engine |");
	for (const char *s : schedulers)
		printf(" %s |", s);
	printf(" ratio to the best |\n|--:|--:|--:|--:|--:|--:|--:|\n");
	for (uint32_t lps : { 1024u, 4096u, 16384u, 65536u })
		compare(lps, repeats);
	return EXIT_SUCCESS;
}
