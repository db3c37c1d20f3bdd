"""Exit statuses, and what is said with them."""
import os

import program


class ExitStatus(program.Test):
    def test_done_is_0(self):
        for args in (["--help"], ["help", "run"], ["run", "--help"], ["--version"], ["list"],
                     ["check", "toy.yaml"], ["toy.yaml"], ["run", "toy.yaml"]):
            out, err = self.run_program(*args)
            self.assertNotEqual(out, "")
            self.assertEqual(err, "")

    def test_no_arguments_print_the_usage_and_2(self):
        out, err = self.run_program(status=2)
        self.assertEqual(out, "")
        self.assertIn("Usage: simsvirt", err)

    def test_mistakes_are_2_with_a_suggestion(self):
        cases = {
            ("rnu", "toy.yaml"): "did you mean 'run'",
            ("run", "--sead=1", "toy.yaml"): "did you mean '--seed'",
            ("run", "-x", "toy.yaml"): "unknown option '-x'",
            ("run", "--trace", "x", "toy.yaml"): "unknown option '--trace'",
            ("run", "toy.yaml", "--seed"): "option '--seed' needs a value",
            ("run",): "no scenario is named",
            ("check",): "no scenario is named",
            ("run", "--format", "xml", "toy.yaml"): "table, json or csv",
            ("run", "--progress", "yes", "toy.yaml"): "auto, always or never",
            ("run", "--threads", "0", "toy.yaml"): "--threads 0",
            ("run", "--threads", "2x", "toy.yaml"): "--threads 2x",
            ("run", "--set", "run.seed", "toy.yaml"): "PATH=VALUE",
            ("list", "lokcs"): "did you mean 'locks'",
            ("list", "locks", "machines"): "one kind",
            ("show", "lock", "tiket"): "did you mean 'ticket'",
            ("show", "lock"): "a kind and a name",
            ("show", "lokc", "mcs"): "did you mean",
            ("schema", "x"): "no argument",
            ("bench", "pholt"): "did you mean 'phold'",
            ("run", "--format", "csv", "toy.yaml", "toy.yaml"): "one scenario",
        }
        for args, message in cases.items():
            with self.subTest(args):
                out, err = self.run_program(*args, status=2)
                self.assertEqual(out, "")
                self.assertIn(message, err)

    def test_a_missing_scenario_is_2(self):
        for args in (["run", "none.yaml"], ["none.yaml"], ["check", "none.yaml"]):
            out, err = self.run_program(*args, status=2)
            self.assertEqual(out, "")
            self.assertIn("none.yaml", err)

    def test_a_wrong_override_quotes_the_option(self):
        for option, value in (("--set", "run.sede=1"), ("--seed", "x"), ("--replications", "0"),
                              ("--set", "vms.guest.vcpus=1")):
            with self.subTest(value):
                _, err = self.run_program("run", option, value, "toy.yaml", status=2)
                self.assertIn(f"{option} {value}", err)

    def test_overrides_reach_the_scenario(self):
        out, _ = self.run_program("run", "--set", "run.duration=100us", "--seed", "9", "--replications", "2",
                                  "toy.yaml")
        self.assertIn("2 replications of 100us", out)
        self.assertIn("seed 9", out)

    def test_a_mistake_in_any_file_runs_none(self):
        self.write("bad.yaml", program.SCENARIO.replace("exponential", "exponentail"))
        out, err = self.run_program("run", "toy.yaml", "bad.yaml", status=2)
        self.assertEqual(out, "")
        self.assertIn("bad.yaml:9:", err)

    def test_any_number_of_threads_will_do(self):
        expected, _ = self.run_program("toy.yaml")
        for threads in "1", "4096", "1000000":
            out, _ = self.run_program("toy.yaml", env=dict(os.environ, OMP_NUM_THREADS=threads))
            self.assertEqual(out, expected)
        out, _ = self.run_program("toy.yaml", "--threads", "4096")
        self.assertEqual(out, expected)

    def test_a_scenario_needs_no_title(self):
        self.write("bare.yaml", program.SCENARIO.replace("title: A toy\n", ""))
        out, _ = self.run_program("bare.yaml")
        self.assertEqual(out.splitlines()[0], "toy-4: 2 packages, 4 cores, 4 PUs")

    def test_a_dash_is_the_standard_input(self):
        with open(self.dir / "toy.yaml", encoding="utf-8") as scenario:
            out, _ = self.run_program("run", "-", stdin=scenario)
        self.assertEqual(out, self.run_program("toy.yaml")[0])
        self.write("bad.yaml", "simsvirt: 1\nhots: {}\n")
        with open(self.dir / "bad.yaml", encoding="utf-8") as scenario:
            _, err = self.run_program("check", "-", stdin=scenario, status=2)
        self.assertIn("/dev/stdin:2:1: error: unknown key 'hots'", err)

    def test_check_reports_each_file(self):
        self.write("bad.yaml", program.SCENARIO.replace("seed: 1", "sede: 1"))
        out, err = self.run_program("check", "bad.yaml", "toy.yaml", status=2)
        self.assertEqual(out, "toy.yaml: ok, 6 points\n")
        self.assertIn("bad.yaml:10:", err)

    def test_a_broken_expectation_is_3(self):
        where = f"where: {{{program.LOCK}: mcs, {program.THREADS}: 4}}"
        self.write("kept.yaml", program.SCENARIO +
                   f"expect:\n  - {{metric: locks.throughput, {where}, at-least: 1}}\n")
        out, err = self.run_program("run", "kept.yaml")
        self.assertIn("Expectations: 1 of 1 hold", out)
        self.assertEqual(err, "")
        self.write("broken.yaml", program.SCENARIO +
                   f"expect:\n  - {{metric: locks.throughput, {where}, at-least: 1000000000000}}\n")
        out, err = self.run_program("run", "broken.yaml", status=3)
        self.assertIn("BROKEN", out)
        self.assertIn("broken.yaml:15:", err)
        out, err = self.run_program("run", "--format", "json", "broken.yaml", status=3)
        self.assertIn("expectation broken", err)

    def test_a_missed_reference_is_shown_and_0(self):
        where = f"where: {{{program.LOCK}: mcs, {program.THREADS}: 4}}"
        self.write("ref.yaml", program.SCENARIO +
                   f"reference:\n  - {{source: Nobody 1999, {where}, metric: locks.throughput, value: 1, unit: 1/s}}\n")
        out, err = self.run_program("run", "ref.yaml")
        self.assertIn("Nobody 1999", out)
        self.assertIn("published", out)
        self.assertEqual(err, "")

    def test_output_that_cannot_be_written_is_1(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            for args in (["toy.yaml"], ["run", "--format", "json", "toy.yaml"], ["list", "locks"], ["schema"],
                         ["--help"], ["check", "toy.yaml"]):
                with self.subTest(args):
                    _, err = self.run_program(*args, status=1, stdout=full)
                    self.assertIn("standard output", err)

    def test_scenarios_can_be_named(self):
        environment = dict(os.environ, SIMSVIRT_SCENARIOS=str(self.dir))
        out, _ = self.run_program("check", "toy", env=environment)
        self.assertIn("toy.yaml: ok", out)
        out, _ = self.run_program("list", "scenarios", env=environment)
        self.assertIn("A toy", out)
        out, _ = self.run_program("show", "scenario", "toy", env=environment)
        self.assertIn("# How do two locks compare on a toy?", out)


if __name__ == "__main__":
    program.main()
