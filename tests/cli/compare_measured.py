"""`compare --measured`: a prediction beside what fio measured."""
import json
import os

import program

RECORDED = os.path.join(program.SOURCE, "tests", "recorded")
READS = os.path.join(RECORDED, "fio-reads.json")
TWO = os.path.join(RECORDED, "fio-two-jobs.json")
# What `run --format json` writes of a workload of I/O, as far as it matters here.
PREDICTED = {"io.iops": 90000, "io.bandwidth": 368640000, "io.latency.mean": 44e-6, "io.latency.p99": 60e-6,
             "io.latency.p99.99": 80e-6, "io.submission.mean": 2e-6, "io.read.iops": 50000}
UNITS = {"io.iops": "1/s", "io.read.iops": "1/s", "io.bandwidth": "B/s"}


def point(params=None, prefix="io."):
    metrics = {prefix + name[3:]: {"unit": UNITS.get(name, "s"), "mean": value, "ci95": value / 100, "n": 3}
               for name, value in PREDICTED.items()}
    return {"params": params or {}, "replications": 3, "metrics": metrics}


def result(*points):
    return json.dumps({"simsvirt": "0", "points": list(points)})


class CompareMeasured(program.Test):
    def compare(self, *args, text=None, status=0):
        self.write("result.json", result(point()) if text is None else text)
        return self.run_program("compare", "result.json", *args, status=status)

    def test_each_metric_of_both_has_an_error(self):
        out, err = self.compare("--measured", READS)
        self.assertEqual(err, "")
        self.assertIn("fio-3.33, 1 job, beside the workload io", out)
        rows = {line.split()[0]: line.split() for line in out.splitlines() if line.startswith("  ")}
        # fio measured 98,256 I/Os per second and 40.524 us.
        self.assertEqual(rows["iops"][-2:], ["-8.4", "%"])
        self.assertEqual(rows["latency.mean"][-2:], ["+8.6", "%"])
        self.assertIn("latency.p99.99", rows)
        self.assertNotIn("latency.p50", rows)  # it was not predicted
        self.assertNotIn("read.iops", rows)  # all were reads

    def test_several_jobs_are_one_workload(self):
        out, _ = self.compare("--measured", TWO, "--format", "json")
        all_ = json.loads(out)
        with open(TWO, encoding="utf-8") as f:
            jobs = json.load(f)["jobs"]
        flows = [job[d] for job in jobs for d in ("read", "write")]
        ios = sum(flow["total_ios"] for flow in flows)
        self.assertEqual(all_["jobs"], 2)
        metrics = all_["metrics"]
        self.assertAlmostEqual(metrics["iops"]["measured"], sum(flow["iops"] for flow in flows), 3)
        self.assertAlmostEqual(metrics["latency.mean"]["measured"] * 1e9,
                               sum(flow["lat_ns"]["mean"] * flow["total_ios"] for flow in flows) / ios, 3)
        self.assertAlmostEqual(metrics["read.iops"]["measured"], sum(job["read"]["iops"] for job in jobs), 3)
        self.assertNotIn("latency.p99", metrics)  # percentiles of several cannot be joined
        self.assertIsNone(metrics["submission.mean"]["error"])  # a synchronous engine's is 0

    def test_it_is_written_and_held_to_a_bound(self):
        self.compare("--measured", READS, "-o", "new/errors.json", "--max-error", "40%")
        errors = json.loads((self.dir / "new" / "errors.json").read_text(encoding="utf-8"))
        self.assertAlmostEqual(errors["metrics"]["iops"]["error"], 90000 / 98255.581473 - 1, 6)
        _, err = self.compare("--measured", READS, "--max-error", "1%", status=3)
        self.assertIn("is above 1.0 %", err)

    def test_a_point_and_a_workload_are_chosen(self):
        two = result(point({"vms.g.vcpus": 1}), point({"vms.g.vcpus": 2}))
        _, err = self.compare("--measured", READS, text=two, status=2)
        self.assertIn("2 points are here; say which by --where", err)
        self.compare("--measured", READS, "--where", "vms.g.vcpus=2", text=two)
        _, err = self.compare("--measured", READS, "--where", "vms.g.vcpus=3", text=two, status=2)
        self.assertIn("no point is here that --where chooses, of 2", err)
        both = point()
        both["metrics"].update(point(prefix="other.")["metrics"])
        _, err = self.compare("--measured", READS, text=result(both), status=2)
        self.assertIn("workloads io and other are here; say which by --workload", err)
        out, _ = self.compare("--measured", READS, "--workload", "other", text=result(both))
        self.assertIn("beside the workload other", out)
        _, err = self.compare("--measured", READS, "--workload", "third", text=result(both), status=2)
        self.assertIn("no workload third", err)

    def test_what_is_no_output_of_fio_is_2_with_its_place(self):
        with open(READS, encoding="utf-8") as f:
            text = f.read()
        cases = {
            "cut.json": (text[:len(text) // 2], f"cut.json:{text[:len(text) // 2].count(chr(10)) + 1}:"),
            "text.json": ("fio: hello\n", "text.json:1:"),
            "other.json": ("{}", "other.json: error: is no output of fio --output-format=json"),
            "list.json": ("[1]", "list.json: error: is no output of fio"),
            "old.json": (text.replace("lat_ns", "lat"), "jobs[0].read.lat_ns: is missing; fio has it from version 3.0"),
            "string.json": (text.replace("98255.581473", '"98255"'), "jobs[0].read.iops: is no number"),
            "without.json": (text.replace('"total_ios"', '"ios"'), "jobs[0].read.total_ios: is missing"),
            "idle.json": (text.replace("294865", "0"), "no job has read or written"),
            "failed.json": (text.replace('"error": 0', '"error": 5'), "jobs[0].error: the job failed with 5"),
        }
        for name, (content, message) in cases.items():
            with self.subTest(name):
                self.write(name, content)
                out, err = self.compare("--measured", name, status=2)
                self.assertEqual(out, "")
                self.assertIn(message, err)

    def test_mistakes_of_usage_are_2(self):
        cases = {
            ("--measured", "none.json"): "none.json: error: cannot be read",
            ("--measured", READS, "--costs", "toy-4"): "by --costs FILE, or what was measured",
            ("--measured", READS, "--plot", "x.png"): "--plot",
            ("--measured", READS, "--where", "x"): "PATH=VALUE",
            ("--costs", "toy-4", "--workload", "io"): "belong to --measured",
        }
        for args, message in cases.items():
            with self.subTest(args):
                out, err = self.compare(*args, status=2)
                self.assertEqual(out, "")
                self.assertIn(message, err)
        for text in ("{}", "[]", '{"simsvirt": "0", "validate": "locks"}'):
            _, err = self.compare("--measured", READS, text=text, status=2)
            self.assertIn("result.json: error: this is no result of simsvirt run", err)
        _, err = self.compare("--measured", READS, text="{", status=2)
        self.assertIn("result.json:1:", err)


if __name__ == "__main__":
    program.main()
