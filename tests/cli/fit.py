"""simsvirt fit: known parameters are found again, mistakes are told, an interrupted fit shows its best."""
import csv
import io
import json
import os
import re

import program

LOCKS = "vms.host.workloads.locks."
TRUTH = {"critical": 700e-9, "think": 2e-6}
SWEPT = f"""\
simsvirt: 1
host: {{machine: toy-4}}
vms: {{host: {{workloads: {{locks: {{kind: critical, threads: 1, critical: 700ns, think: exponential(2us)}}}}}}}}
run: {{warmup: 10us, duration: 2ms, replications: 3, seed: 1}}
sweep: {{{LOCKS}threads: [1, 2, 3, 4]}}
"""
FITTED = f"""\
simsvirt: 1
host: {{machine: toy-4}}
vms: {{host: {{workloads: {{locks: {{kind: critical, threads: 1, critical: 100ns, think: exponential(10us)}}}}}}}}
run: {{warmup: 10us, duration: 2ms, replications: 3, seed: 7}}
fit:
  metric: locks.throughput
  unit: 1/ms
  x: {{{LOCKS}threads: n}}
  parameters:
    {LOCKS}critical: {{from: 100ns, to: 10us}}
    {LOCKS}think: {{from: 100ns, to: 20us}}
"""


class Fit(program.Test):
    def setUp(self):
        super().setUp()
        self.write("swept.yaml", SWEPT)
        self.write("fitted.yaml", FITTED)
        out, _ = self.run_program("run", "swept.yaml", "--format", "csv")
        rows = [row for row in csv.DictReader(io.StringIO(out)) if row["metric"] == "locks.throughput"]
        self.points = [(row[LOCKS + "threads"], float(row["mean"]) / 1e3) for row in rows]
        self.write("data.csv", "# measured\nn,value\n" + "".join(f"{n},{v:.5g}\n" for n, v in self.points))

    def fit(self, *args):
        out, _ = self.run_program("fit", "fitted.yaml", "--data", "data.csv", "--format", "json", *args)
        return json.loads(out)

    def refused(self, *args, says):
        out, err = self.run_program("fit", *args, status=2)
        self.assertEqual(out, "")
        self.assertIn(says, err)

    def refused_data(self, text, says):
        self.write("bad.csv", text)
        self.refused("fitted.yaml", "--data", "bad.csv", says=says)

    def test_known_parameters_are_found_again(self):
        result = self.fit()
        self.assertEqual(result["end"], "converged")
        for name, truth in TRUTH.items():
            found = result["parameters"][LOCKS + name]
            self.assertAlmostEqual(found["mean"], truth, delta=0.1 * truth)
            self.assertGreater(found["standard_error"], 0)
            self.assertLess(abs(found["mean"] - truth), 5 * found["standard_error"])
        self.assertRegex(result["parameters"][LOCKS + "think"]["value"], r"^exponential\(.*ps\)$")
        self.assertEqual([[round(c[i], 9) for i in (0, 1)][k] for k, c in enumerate(result["correlations"])], [1, 1])
        self.assertLess(result["worst_error"], 0.03)
        self.assertEqual([p["params"] for p in result["points"]], [{LOCKS + "threads": n} for n, _ in self.points])
        self.assertEqual(result["warnings"], [])

    def test_the_flags_alone_suffice(self):
        self.write("data.csv", "series,t,v,e\n" + "".join(f"a,{n},{v},{v / 50}\n" for n, v in self.points)
                   + "b,1,5,1\n")
        out, _ = self.run_program(
            "fit", "swept.yaml", "--data", "data.csv", "--metric", "locks.throughput", "--unit", "1/ms",
            "--x", LOCKS + "threads=t", "--value", "v", "--error", "e", "--select", "series=a",
            "--parameter", LOCKS + "critical=100ns..10us", "--set", "run.duration=1ms", "--format", "json")
        found = json.loads(out)["parameters"][LOCKS + "critical"]
        self.assertAlmostEqual(found["mean"], TRUTH["critical"], delta=0.1 * TRUTH["critical"])

    def test_threads_change_nothing(self):
        results = [self.fit("--threads", n, "--evaluations", "30") for n in ("1", "3")]
        for result in results:
            del result["wall_s"]
        self.assertEqual(*results)

    def test_the_file_holds_what_was_simulated(self):
        out, _ = self.run_program("fit", "fitted.yaml", "--data", "data.csv", "-o", "made/values.yaml")
        text = (self.dir / "made/values.yaml").read_text(encoding="utf-8")
        self.assertEqual(os.listdir(self.dir / "made"), ["values.yaml"])
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        self.assertEqual([line.split(": ")[0] for line in lines], [LOCKS + "critical", LOCKS + "think"])
        self.assertIn("# Correlations", text)
        sets = [word for line in lines for word in ("--set", line.replace(": ", "=", 1))]
        run, _ = self.run_program("run", "fitted.yaml", *sets, "--set", LOCKS + "threads=3", "--format", "csv")
        values, _ = self.run_program("run", "fitted.yaml", "--values", "made/values.yaml", "--set",
                                     LOCKS + "threads=3", "--format", "csv")
        self.assertEqual(values, run)
        self.assertIn("\n# uncertain:\n#   " + LOCKS + "critical: {error: ", text)
        mean = next(float(row["mean"]) for row in csv.DictReader(io.StringIO(run))
                    if row["metric"] == "locks.throughput") / 1e3
        predicted = float(re.search(r"^  3 +\S+ +([0-9.]+) ±", out, re.M)[1])
        self.assertAlmostEqual(mean, predicted, delta=0.01 * mean)
        self.assertIn("parameter", out)
        self.assertRegex(out, r"Median error [0-9.]+ %, worst [0-9.]+ % \(threads=\d\)\.")

    def test_what_the_data_do_not_tell_is_warned_of(self):
        self.write("data.csv", "n,value\n1,360\n1,350\n1,370\n")
        warnings = self.fit()["warnings"]
        self.assertRegex(" ".join(warnings), "not tell them apart|not identifiable|sits at its")
        self.write("data.csv", "n,value\n1,9e9\n2,9e9\n")
        self.assertTrue(any("sits at its lowest value" in w for w in self.fit()["warnings"]))

    def test_a_budget_that_is_too_small_is_warned_of(self):
        result = self.fit("--evaluations", "3")
        self.assertEqual(result["end"], "unsettled")
        self.assertIn("--evaluations", result["warnings"][0] + result["warnings"][-1])

    def test_mistakes_of_the_command_line(self):
        self.refused("fitted.yaml", says="no data are named")
        self.refused("--data", "data.csv", says="no scenario is named")
        self.refused("fitted.yaml", "toy.yaml", "--data", "data.csv", says="one scenario at a time")
        self.refused("fitted.yaml", "--data", "data.csv", "--format", "csv", says="write table or json")
        self.refused("fitted.yaml", "--data", "data.csv", "--evaluations", "0", says="--evaluations 0: write")
        self.refused("fitted.yaml", "--data", "data.csv", "--parameter", "a=b", says="write PATH=FROM..TO")
        self.refused("fitted.yaml", "--data", "data.csv", "-o", "x/", says="name a file")
        self.refused("fitted.yaml", "--data", "data.csv", "--metric", "locks.speed",
                     says="--metric locks.speed: error: there is no metric 'locks.speed'")
        self.refused("fitted.yaml", "--data", "data.csv", "--parameter", LOCKS + "think=3us..2us",
                     says=f"--parameter {LOCKS}think=3us..2us: error: fit.parameters.{LOCKS}think: from 3us")
        self.refused("fitted.yaml", "--data", "data.csv", "--x", LOCKS + "threads=m",
                     says=f"--x {LOCKS}threads=m: error: fit.x: the data has no column 'm'")
        self.refused("toy.yaml", "--data", "data.csv", says="toy.yaml: error: no free parameter is named")
        self.refused("toy.yaml", "--data", "data.csv", "--parameter", LOCKS + "think=2us..3us",
                     says="no metric is named")
        self.refused("toy.yaml", "--data", "data.csv", "--parameter", LOCKS + "think=2us..3us", "--metric",
                     "locks.throughput", "--x", LOCKS + "threads=n", says=f"{program.LOCK} is swept; fix it by --set")

    def test_mistakes_of_a_file_of_values(self):
        def refused(text, says):
            self.write("values.yaml", text)
            out, err = self.run_program("run", "fitted.yaml", "--values", "values.yaml", status=2)
            self.assertEqual(out, "")
            self.assertIn(says, err)

        out, err = self.run_program("run", "fitted.yaml", "--values", "none.yaml", status=2)
        self.assertIn("none.yaml: error: cannot be opened: No such file", err)
        refused("- 1\n", "values.yaml:1:1: error: expected a mapping of paths to their values")
        refused("run.seed: [1]\n", "values.yaml:1:11: error: run.seed: expected one value")
        refused("run.seed: 1\nrun.sed: 1\n", "values.yaml:2:10: error: run: unknown key 'sed'; did you mean 'seed'?")
        refused("run.seed: many\n", "values.yaml:1:11: error: run.seed: 'many' is not a whole number")

    def test_what_stands_behind_a_file_of_values_overrides_it(self):
        self.write("values.yaml", "# comment\nrun.seed: 5\n" + LOCKS + "lock: 'mcs'\n")
        out, _ = self.run_program("run", "fitted.yaml", "--values", "values.yaml", "--seed", "6", "--format", "json")
        scenario = json.loads(out)["scenario"]
        self.assertEqual(scenario["run"]["seed"], 6)
        self.assertEqual(scenario["vms"]["host"]["workloads"]["locks"]["lock"]["kind"], "mcs")

    def test_mistakes_of_the_data(self):
        self.refused("fitted.yaml", "--data", "none.csv", says="none.csv: error: cannot be read: No such file")
        self.refused_data("n,value\n1,2\n2\n", "bad.csv:3:1: error: has 1 cells, but there are 2 columns")
        self.refused_data("n,speed\n1,2\n", "the data has no column 'value'")
        self.refused_data("n,value,m\n1,2,3\n", "bad.csv:1:9: error: the column 'm' is unknown")
        self.refused_data("n,value\n1,x\n2,3\n", "bad.csv:2:3: error: 'x' is not a number")
        self.refused_data("n,value\n1,-2\n2,3\n", "bad.csv:2:3: error: -2 is not above 0")
        self.refused_data("n,value,error\n1,2,0\n2,3,1\n", "bad.csv:2:5: error: 0 is not above 0")
        self.refused_data("n,value\n", "bad.csv: error: has no row of values")
        self.refused_data("n,value\n1,2\n", "bad.csv: error: 1 points cannot tell 2 parameters")
        self.refused_data("n,value\n1,2\n9,3\n", "bad.csv:3:1: error: cannot be simulated: threads=9 critical=100ns think=exponential(10us)")
        self.refused_data("n,value\n1,2\nx,3\n", "bad.csv:3:1: error: vms.host.workloads.locks.threads: 'x' is not a whole number")

    def test_an_interrupted_fit_shows_its_best(self):
        self.write("slow.yaml", FITTED.replace("2ms", "20ms"))
        process = self.start("fit", "slow.yaml", "--data", "data.csv", "--progress", "always", "-o", "out.yaml",
                             "--threads", "1")
        self.addCleanup(process.kill)
        for line in process.stderr:
            if b" evaluations, " in line and not line.startswith(b"0/"):
                break
        out, _ = self.interrupt(process)
        self.assertIn("interrupted: the best so far is shown", out)
        self.assertIn(LOCKS + "critical", out)
        self.assertFalse((self.dir / "out.yaml").exists())


if __name__ == "__main__":
    program.main()
