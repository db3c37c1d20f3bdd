"""The JSON that tools read: every key, its type and its place; and what may not change it."""
import json

import program


class JsonContract(program.Test):
    def run_json(self, *args):
        out, _ = self.run_program("run", "--format", "json", "toy.yaml", *args)
        return json.loads(out)

    def test_it_is_as_promised(self):
        result = self.run_json()
        version, _ = self.run_program("--version")
        self.assertEqual(list(result), ["simsvirt", "scenario", "seed", "points", "events", "wall_s"])
        self.assertEqual(f"simsvirt {result['simsvirt']}\n", version)
        self.assertEqual(result["seed"], 1)
        self.assertIsInstance(result["events"], int)
        self.assertGreater(result["events"], 0)
        self.assertIsInstance(result["wall_s"], float)
        self.assertEqual(len(result["points"]), 6)
        for i, point in enumerate(result["points"]):
            self.assertEqual(list(point), ["params", "replications", "metrics"])
            self.assertEqual(point["params"], {
                program.LOCK: ["ticket", "mcs"][i // 3],
                program.THREADS: [1, 2, 4][i % 3],
            })
            self.assertEqual(point["replications"], 3)
            for name, metric in point["metrics"].items():
                self.assertTrue(name.startswith("locks."))
                self.assertEqual(list(metric), ["unit", "mean", "ci95", "n"])
                self.assertIsInstance(metric["unit"], str)
                self.assertIsInstance(metric["mean"], (float, type(None)))
                self.assertIsInstance(metric["ci95"], (float, type(None)))
                self.assertLessEqual(metric["n"], 3)
            self.assertGreater(point["metrics"]["locks.throughput"]["mean"], 0)
            self.assertGreaterEqual(point["metrics"]["locks.throughput"]["ci95"], 0)

    def test_several_scenarios_are_an_array(self):
        self.write("other.yaml", program.SCENARIO.replace("A toy", "Another toy"))
        out, _ = self.run_program("run", "--format", "json", "toy.yaml", "other.yaml")
        self.assertEqual([result["scenario"]["title"] for result in json.loads(out)], ["A toy", "Another toy"])

    def test_references_have_their_own_part(self):
        text = "".join(f"{n},{rate}\n" for n, rate in ((1, 1), (2, 2), (4, 1), (8, 3)))
        self.write("curve.csv", "n,value\n" + text)
        self.write("published.yaml", program.SCENARIO + f"""
reference:
  - {{source: paper, data: curve.csv, x: {{{program.THREADS}: n}}, metric: locks.throughput, unit: 1/us,
     where: {{{program.LOCK}: mcs}}}}
""")
        out, _ = self.run_program("run", "--format", "json", "published.yaml")
        references = json.loads(out)["references"]
        self.assertEqual(list(references), ["points", "series", "breaks", "order"])
        self.assertEqual([p["params"][program.THREADS] for p in references["points"]], [1, 2, 4])
        self.assertEqual([p["published"] for p in references["points"]], [1e6, 2e6, 1e6])
        series, = references["series"]
        self.assertEqual([series[k] for k in ("source", "metric", "n", "left_out")],
                         ["paper", "locks.throughput", 3, 1])
        found, = references["breaks"]
        self.assertEqual((found["path"], found["published"]), (program.THREADS, 4))
        self.assertEqual(references["order"], {"pairs": 0, "right": 0, "wrong": []})

    def test_uncertain_values_name_what_was_drawn(self):
        critical = "vms.host.workloads.locks.critical"
        self.write("uncertain.yaml", program.SCENARIO + f"uncertain: {{{critical}: {{low: 100ns, high: 10us}}}}\n")

        def run(*args):
            out, _ = self.run_program("run", "--format", "json", "uncertain.yaml", *args)
            result = json.loads(out)
            result.pop("wall_s")
            return result

        one, two = run("--threads", "1"), run("--threads", "3")
        self.assertEqual(one, two)
        self.assertEqual(list(one["uncertain"]), [critical])
        self.assertEqual(len(one["uncertain"][critical]), 3)
        certain = run("--set", "run.uncertain=false")
        self.assertNotIn("uncertain", certain)
        wide, narrow = (r["points"][0]["metrics"]["locks.throughput"]["ci95"] for r in (one, certain))
        self.assertGreater(wide, 3 * narrow)
        # A replication is what a run with its values is.
        values = one["uncertain"][critical]
        each = [run("--set", f"{critical}={value}")["points"][0]["metrics"]["locks.throughput"]["mean"]
                for value in values]
        mean = one["points"][0]["metrics"]["locks.throughput"]["mean"]
        self.assertAlmostEqual(sum(each) / 3, mean, delta=0.05 * mean)

    def test_the_scenario_is_effective(self):
        scenario = self.run_json("--set", "run.duration=150us")["scenario"]
        self.assertEqual(scenario["run"]["duration"], "150us")
        self.assertEqual(scenario["title"], "A toy")
        self.assertIn("polling", scenario["run"])  # a default, which the file does not have
        self.assertIn(program.THREADS, scenario["sweep"])

    def test_one_replication_has_no_interval(self):
        for point in self.run_json("--replications", "1")["points"]:
            metric = point["metrics"]["locks.throughput"]
            self.assertIsNone(metric["ci95"])
            self.assertEqual(metric["n"], 1)

    def test_only_wall_s_differs_between_runs_and_threads(self):
        texts = set()
        for threads in "1", "2", "4", "4":
            result = self.run_json("--threads", threads)
            result.pop("wall_s")
            texts.add(json.dumps(result))
        self.assertEqual(len(texts), 1)

    def test_tables_do_not_depend_on_threads(self):
        for form in "table", "csv":
            outputs = {self.run_program("run", "toy.yaml", "--format", form, "--threads", threads)[0]
                       for threads in ("1", "2", "4")}
            self.assertEqual(len(outputs), 1)

    def test_another_seed_gives_another_result(self):
        first, second = self.run_json(), self.run_json("--seed", "2")
        self.assertEqual(second["seed"], 2)
        self.assertNotEqual(first["points"], second["points"])


if __name__ == "__main__":
    program.main()
