"""`validate` and `compare`: what they refuse, what they print, what they write."""
import json
import os
import unittest

import program

RECORDED = os.path.join(program.SOURCE, "tests", "recorded")
RESULT = os.path.join(RECORDED, "two-cpus-locks.json")
PROFILE = os.path.join(RECORDED, "two-cpus.yaml")
QUICK = ["validate", "locks", "--costs", PROFILE, "--lock", "ticket", "--threads", "1", "--set", "layout=padded",
         "--set", "think=0ns", "--set", "critical=0ns,100ns", "--repeat", "3"]


class Validate(program.Test):
    def test_mistakes_are_2_and_said_in_words(self):
        cases = {
            ("validate",): "name one case",
            ("validate", "lokcs"): "did you mean 'locks'",
            ("validate", "locks", "--lock", "tiket"): "--lock tiket",
            ("validate", "locks", "--threads", "none"): "--threads none",
            ("validate", "locks", "--threads", "2000"): "outside 1 to 1024",
            ("validate", "locks", "--set", "lines=3"): "no parameter 'lines'",
            ("validate", "locks", "--set", "layout"): "NAME=VALUE",
            ("validate", "locks", "--repeat", "0"): "--repeat 0",
            ("validate", "locks", "--max-error", "25"): "in percent",
            ("validate", "locks", "--format", "csv"): "table or json",
            ("validate", "locks", "--plot", "x.pdf"): "ends in .png or .svg",
            ("validate", "locks", "--costs", "none.yaml"): "none.yaml",
            ("validate", "locks", "--costs", "toy.yaml"): "toy.yaml",
            ("validate", "locks", "--threads", "64", "--set", "layout=packed", "--costs", PROFILE): "packed data",
            ("validate", "queues", "--set", "notify=never"): "--set notify=never",
            ("validate", "queues", "--set", "queue=nvme-pair"): "registers of a device",
            ("validate", "virtio", "--set", "depth=0"): "outside 1 to 80",
            ("validate", "virtio", "--set", "driver=gest"): "did you mean 'guest'",
            ("validate", "virtio", "--threads", "2"): "no parameter 'threads'",
            ("compare", RESULT): "--costs FILE",
            ("compare", "--costs", PROFILE): "name one result",
            ("compare", "toy.yaml", "--costs", PROFILE): "toy.yaml:1:",
            ("compare", "list.json", "--costs", PROFILE): "no result of simsvirt validate",
            ("compare", RESULT, "--costs", "tyo-4"): "tyo-4",
        }
        self.write("list.json", "{}")
        for args, message in cases.items():
            with self.subTest(args):
                out, err = self.run_program(*args, status=2)
                self.assertEqual(out, "")
                self.assertIn(message, err)

    def test_without_a_daemon_nothing_is_left_of_virtio(self):
        environment = dict(os.environ, PATH=str(self.dir))
        _, err = self.run_program("validate", "virtio", "--costs", PROFILE, status=2, env=environment)
        self.assertIn("there is no qemu-storage-daemon (Debian's package qemu-system-common)", err)

    def test_list_has_cases_and_their_parameters(self):
        out, _ = self.run_program("validate", "list")
        for word in "locks", "critical", "exponential(1us)", "padded packed":
            self.assertIn(word, out)

    def test_a_measurement_is_recorded_and_predicted_again(self):
        out, _ = self.run_program(*QUICK, "-o", "result.json")
        self.assertIn("Median of absolute errors", out)
        with open(self.dir / "result.json", encoding="utf-8") as f:
            result = json.load(f)
        self.assertEqual([cell["params"]["critical"] for cell in result["cells"]], ["0ns", "100ns"])
        for cell in result["cells"]:
            self.assertEqual(len(cell["repeats"]), 3)
            self.assertGreater(cell["predicted"]["throughput"], 0)
        out, _ = self.run_program("compare", "result.json", "--costs", "toy-4", "--format", "json")
        again = json.loads(out)
        self.assertEqual([cell["repeats"] for cell in again["cells"]],
                         [cell["repeats"] for cell in result["cells"]])
        self.assertNotEqual(again["cells"][0]["predicted"], result["cells"][0]["predicted"])

    @unittest.skipIf(os.environ.get("SV_SANITIZE") == "thread", "signals wait while threads spin without calls")
    def test_an_interrupted_measurement_keeps_what_is_complete(self):
        process = self.start("validate", "locks", "--costs", PROFILE, "--progress", "always", "-o", "result.json")
        self.addCleanup(process.kill)
        process.stderr.readline()
        out, err = self.interrupt(process)
        self.assertIn("interrupted", err)
        self.assertIn("cells judged", out)
        with open(self.dir / "result.json", encoding="utf-8") as f:
            result = json.load(f)
        self.assertTrue(any(cell["repeats"] for cell in result["cells"]))
        self.assertFalse(any(cell["predicted"]["throughput"] for cell in result["cells"]))

    def test_fewer_pus_than_the_host_has_are_told(self):
        pus = sorted(os.sched_getaffinity(0))
        if len(pus) < 2:
            self.skipTest("there is only one PU")
        out, _ = self.run_program(*QUICK, preexec_fn=lambda: os.sched_setaffinity(0, pus[:1]))
        self.assertIn("Note: this process may use 1 of", out)
        self.assertIn(", 1 PU\n", out)

    def test_a_recorded_result_is_compared_without_measuring(self):
        out, err = self.run_program("compare", RESULT, "--costs", PROFILE, "-o", "again.json")
        self.assertEqual(err, "")
        self.assertIn("34 of 36 cells judged", out)
        self.assertIn("disturbed", out)
        with open(self.dir / "again.json", encoding="utf-8") as f:
            again = json.load(f)
        self.assertEqual(again["summary"]["judged"], 34)
        self.assertLess(again["summary"]["metrics"]["throughput"]["median_error"], 0.25)

    def test_predicted_against_measured_is_drawn(self):
        out, err = self.run_program("compare", RESULT, "--costs", PROFILE, "--plot", "made/picture.svg")
        script = (self.dir / "made" / "picture.gp").read_text(encoding="utf-8")
        self.assertIn("measured throughput", script)
        self.assertIn("threads=2", script)
        self.assertIn("not judged", script)
        if err:
            self.assertIn("gnuplot is not on PATH", err)
        else:
            self.assertIn("</svg>", (self.dir / "made" / "picture.svg").read_text(encoding="utf-8"))

    def test_a_median_error_above_the_bound_is_3(self):
        self.run_program("compare", RESULT, "--costs", PROFILE, "--max-error", "40%")
        _, err = self.run_program("compare", RESULT, "--costs", PROFILE, "--max-error", "0.1%", status=3)
        self.assertIn("median error of throughput", err)

    def test_a_machine_that_cannot_have_a_cell_leaves_it_out(self):
        out, _ = self.run_program("compare", RESULT, "--costs", "toy-4", "--format", "json")
        for cell in json.loads(out)["cells"]:
            self.assertEqual(cell["predicted"]["throughput"] is None, cell["params"]["threads"] == "4")


if __name__ == "__main__":
    program.main()
