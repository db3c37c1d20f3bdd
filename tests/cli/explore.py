"""simsvirt explore: tables, JSON, mistakes, replays and interruption."""
import json
import signal
import time

import program


class Explore(program.Test):
    def test_a_lock_without_fault_is_0(self):
        out, err = self.run_program("explore", "mcs", "--acquisitions", "2")
        self.assertIn("2 threads, 2 acquisitions each, memory tso", out)
        self.assertIn("no fault in any interleaving", out)
        self.assertEqual(err, "")

    def test_a_queue_without_fault_is_0(self):
        out, err = self.run_program("explore", "vring-split", "--served", "65535", "--memory", "sc")
        self.assertIn("2 requests of 2 buffers by batches of 1, 2 entries, 65535 served before, memory sc", out)
        self.assertIn("no fault in any interleaving", out)
        self.assertEqual(err, "")

    def test_all_means_every_lock_and_queue(self):
        out, _ = self.run_program("explore", "all", "--format", "json")
        result = json.loads(out)
        locks, _ = self.run_program("list", "locks", "--format", "json")
        self.assertEqual(sorted(r["lock"] for r in result["results"] if "lock" in r),
                         sorted(lock["name"] for lock in json.loads(locks)))
        self.assertIn("vring-split", [r["queue"] for r in result["results"] if "queue" in r])
        self.assertTrue(all(r["exhaustive"] for r in result["results"]))

    def test_mistakes_are_2(self):
        for args, message in {
            ("explore",): "name one lock or queue, or all",
            ("explore", "mcs", "clh"): "name one lock or queue, or all",
            ("explore", "mcx"): "did you mean 'mcs'",
            ("explore", "mcs", "--threads", "9"): "--threads 9: error: threads: 9 is outside 1 to 8",
            ("explore", "mcs", "--threads", "two"): "--threads two",
            ("explore", "mcs", "--memory", "pso"): "--memory pso",
            ("explore", "mcs", "--time-limit", "5"): "--time-limit 5",
            ("explore", "mcs", "--set", "threshold"): "write KEY=VALUE",
            ("explore", "mcs", "--set", "threshold=3"): "the lock mcs has no options",
            ("explore", "pv-ticket", "--set", "threshol=3"): "did you mean 'threshold'",
            ("explore", "mcs", "--replay", "0x3.9"): "cannot be read from '9' on",
            ("explore", "all", "--replay", "0"): "--replay is the schedule of one lock or queue",
            ("explore", "mcs", "--size", "4"): "--size is for a queue, and mcs is a lock",
            ("explore", "vring-split", "--threads", "3"): "--threads is for a lock, and vring-split is a queue",
            ("explore", "vring-split", "--size", "3"): "the entries of a vring-split are a power of two; 3 is none",
            ("explore", "vring-split", "--size", "1"): "at most as many buffers as the queue has entries: 2 of 1",
            ("explore", "vring-split", "--size", "1024", "--buffers", "4"): "too large to explore",
            ("explore", "vring-split", "--set", "in-order=yes"): "in-order",
            ("explore", "vring-split", "--set", "in-order=true", "--reversed"): "--reversed: the device of a queue",
            ("explore", "vring-splat"): "did you mean 'vring-split'",
        }.items():
            with self.subTest(args):
                out, err = self.run_program(*args, status=2)
                self.assertEqual(out, "")
                self.assertIn(message, err)

    def test_a_replay_shows_its_steps(self):
        out, _ = self.run_program("explore", "ticket", "--replay", "1x3")
        first = [line.split() for line in out.splitlines() if " faa lock from 0 to 1" in line]
        self.assertEqual(first[0][:2], ["1", "1"])
        self.assertIn("ticket.c:", out)
        self.assertIn("no fault in this run", out)

    def test_a_replay_of_a_queue_shows_its_steps(self):
        out, _ = self.run_program("explore", "vring-split", "--requests", "1", "--replay", "0x3")
        self.assertIn("vring_split.c:", out)
        self.assertIn(" drains available + 2 = 1", out)
        self.assertIn("Again: simsvirt explore vring-split --requests 1 --batch 1 --buffers 2 --size 2 --memory tso", out)

    def test_random_and_bounded_searches_are_not_exhaustive(self):
        for args in (["--pct", "3", "--runs", "50"], ["--preemptions", "1"]):
            out, _ = self.run_program("explore", "mcs", "--format", "json", *args)
            self.assertFalse(json.loads(out)["results"][0]["exhaustive"])

    def test_the_same_seed_gives_the_same_runs(self):
        args = ["explore", "pv-ticket", "--pct", "3", "--runs", "200", "--format", "json", "--seed"]
        steps = [json.loads(self.run_program(*args, seed)[0])["results"][0]["steps"]
                 for seed in ("5", "5", "6")]
        self.assertEqual(steps[0], steps[1])
        self.assertNotEqual(steps[0], steps[2])

    def test_a_limit_of_time_is_told(self):
        out, _ = self.run_program("explore", "pv-ticket", "--threads", "4", "--acquisitions", "3",
                                  "--time-limit", "100ms")
        self.assertIn("no fault so far; time is up", out)

    def test_ctrl_c_prints_what_is_known(self):
        process = self.start("explore", "all", "--threads", "4", "--acquisitions", "9")
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=program.TIMEOUT)
        self.assertEqual(process.returncode, 1)
        self.assertIn("no fault so far; interrupted", out.decode())


if __name__ == "__main__":
    program.main()
