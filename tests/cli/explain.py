"""`--explain`: where the time of an acquisition goes, as people and programs read it."""
import json
import re

import program

SLEEPY = """\
simsvirt: 1
title: A lock whose waiters sleep
host: {machine: westmere-ex-80, scheduler: cfs, halt-poll: 0s}
vms:
  guest:
    mode: pvm
    pin: one-to-one
    vcpus: 8
    workloads:
      locks:
        kind: critical
        kernel: true
        critical: 40us
        think: exponential(10us)
        lock: {kind: pv-ticket, threshold: 1000}
run: {warmup: 10ms, duration: 50ms, replications: 2, seed: 1}
sweep:
  vms.guest.workloads.locks.lock.threshold: [1000, 1000000]
"""
PARTS = ["waiting.running", "waiting.preempted", "halted", "wake-up", "kick", "transfer",
         "critical.running", "critical.preempted"]


class Explain(program.Test):
    def setUp(self):
        super().setUp()
        self.write("sleepy.yaml", SLEEPY)

    def points(self, *args, file="sleepy.yaml"):
        out, _ = self.run_program("run", file, "--format", "json", *args)
        return json.loads(out)["points"]

    def test_the_parts_add_up(self):
        for point in self.points("--explain"):
            value = {name.removeprefix("locks.explain."): metric["mean"]
                     for name, metric in point["metrics"].items() if ".explain." in name}
            self.assertEqual(list(value), PARTS + ["total"])
            self.assertAlmostEqual(sum(value[part] for part in PARTS) / value["total"], 1, places=12)
            self.assertGreater(value["total"], point["metrics"]["locks.acquire.mean"]["mean"])

    def test_it_says_that_waiters_sleep_or_that_they_spin(self):
        """Eight waiters for 40 us; a thousand tests take 7 us."""
        asleep, awake = ([point["metrics"][f"locks.explain.{part}"]["mean"] for part in PARTS]
                         for point in self.points("--explain"))
        self.assertGreater(asleep[2] + asleep[3], 0.9 * sum(asleep))
        self.assertGreater(awake[0], 0.8 * sum(awake))
        self.assertEqual(awake[2:5], [0, 0, 0])

    def test_details_are_in_no_result_unless_they_are_asked_for(self):
        for point in self.points():
            self.assertFalse([name for name in point["metrics"] if ".explain." in name])
        self.write("asks.yaml", SLEEPY + "output: {metrics: [locks.explain.halted]}\n")
        for point in self.points(file="asks.yaml"):
            self.assertEqual([name for name in point["metrics"] if ".explain." in name],
                             ["locks.explain.halted"])
        csv, _ = self.run_program("run", "sleepy.yaml", "--format", "csv")
        self.assertNotIn(".explain.", csv)
        csv, _ = self.run_program("run", "sleepy.yaml", "--format", "csv", "--explain")
        self.assertIn("locks.explain.wake-up", csv)

    def test_asking_changes_nothing_else(self):
        for quiet, explained in zip(self.points(), self.points("--explain")):
            kept = {name: metric for name, metric in explained["metrics"].items() if name in quiet["metrics"]}
            self.assertEqual(kept, quiet["metrics"])

    def test_the_time_of_the_cpus_adds_up(self):
        """For the host and for each VM; of copies each metric is the mean."""
        for point in self.points("--explain", "--set", "vms.guest.count=3", "--set", "vms.guest.pin=none"):
            value = {name: metric["mean"] for name, metric in point["metrics"].items() if ".time." in name}
            for owner in "host", "guest":
                shares = [x for name, x in value.items() if re.fullmatch(owner + r"\.time\.[a-z-]+", name)]
                self.assertAlmostEqual(sum(shares), 1, places=12)
                reasons = [x for name, x in value.items() if name.startswith(owner + ".time.exits.")]
                self.assertAlmostEqual(sum(reasons), value[owner + ".time.exits"], places=12)
            for kind in "user", "spinning", "critical", "guest", "guest-polling", "polling", "exits":
                self.assertAlmostEqual(3 * value[f"guest.time.{kind}"], value[f"host.time.{kind}"], places=12)
            self.assertGreater(value["guest.time.others"], value["guest.time.user"])

    def test_the_table_tells_of_the_cpus(self):
        out, _ = self.run_program("sleepy.yaml", "--explain")
        self.assertRegex(out, r"Where the time of the host's CPUs goes: host\n\n +threshold=1000 +threshold=1000000\n"
                              r"  user +[0-9.]+ ±[0-9.]+ % +[0-9.]+ ±[0-9.]+ %\n")
        self.assertNotIn("CPUs goes: guest", out)  # the same, because it is alone
        out, _ = self.run_program("sleepy.yaml", "--explain", "--set", "vms.guest.count=2")
        self.assertIn("Where the time of the host's CPUs goes: guest", out)

    def test_the_table_has_a_column_for_each_point(self):
        out, _ = self.run_program("sleepy.yaml", "--explain")
        section = out[out.index("Where the time of an acquisition goes: locks"):]
        lines = section.splitlines()[2:]
        self.assertRegex(lines[0], r"^ +threshold=1000 +share +threshold=1000000 +share$")
        names = [re.split("  +", line.strip())[0] for line in lines[1:10]]
        self.assertEqual(names, [part.replace(".", ", ") for part in PARTS] + ["total"])
        self.assertRegex(lines[3], r"^  halted +[0-9.]+ ±[0-9.]+ [um]s +[0-9.]+ % +0 +0$")
        self.assertEqual(re.findall(r"[0-9.]+ %", lines[9]), ["100.0 %", "100.0 %"])
        quiet, _ = self.run_program("sleepy.yaml")
        self.assertNotIn("Where the time", quiet)


READS = """\
simsvirt: 1
title: One program reads
host: {machine: toy-4}
devices: {ssd: {kind: "null", latency: 10us}}
vms:
  guest:
    mode: container
    disks: {vda: {device: ssd, path: host}}
    workloads: {io: {kind: fio}}
run: {warmup: 1ms, duration: 5ms, replications: 2, seed: 1}
"""


class Stages(program.Test):
    def setUp(self):
        super().setUp()
        self.write("reads.yaml", READS)

    def test_the_stages_of_an_io_are_its_latency(self):
        out, _ = self.run_program("run", "reads.yaml", "--format", "json")
        metrics = json.loads(out)["points"][0]["metrics"]
        stages = [metrics[name]["mean"] for name in metrics if name.startswith("io.stage.")]
        self.assertEqual(len(stages), 12)
        self.assertAlmostEqual(sum(stages[:-1]) / stages[-1], 1, places=12)
        self.assertEqual(stages[-1], metrics["io.latency.mean"]["mean"])
        self.assertAlmostEqual(metrics["io.stage.device"]["mean"], 10e-6)

    def test_they_are_printed_with_their_shares(self):
        out, _ = self.run_program("run", "reads.yaml", "--explain")
        table = out[out.index("Where the time of an I/O goes: io"):]
        self.assertRegex(table, r"(?m)^  device +10 ±0 us +\d+\.\d %$")
        self.assertRegex(table, r"(?m)^  total .* 100\.0 %$")


if __name__ == "__main__":
    program.main()
