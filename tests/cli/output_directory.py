"""`run -o DIR`: files appear whole or not at all."""
import os
import resource
import shutil
import subprocess
import unittest

import program

# Lines by a quantity and bars by a name, one picture and several, and every axis.
PLOTS = f"""\
output:
  plots:
    lines: {{x: {program.THREADS}, series: {program.LOCK}, y: locks.throughput, log-x: true, log-y: true}}
    bars: {{x: {program.LOCK}, y: locks.acquire.p99, title: "It's 100 % _safe_"}}
    panels: {{x: {program.THREADS}, panels: {program.LOCK}, y: locks.jain}}
    decades: {{x: run.duration, series: {program.THREADS}, y: locks.acquire.max, log-y: true}}
"""
PLOT = f"""\
output:
  plots:
    throughput:
      title: Throughput of a toy
      x: {program.THREADS}
      series: {program.LOCK}
      y: locks.throughput
"""
RESULTS = ["result.csv", "result.json", "scenario.yaml", "table.txt"]


class OutputDirectory(program.Test):
    def files(self, directory="out"):
        return sorted(os.listdir(self.dir / directory))

    def read(self, name):
        return (self.dir / name).read_bytes()

    def test_files_hold_what_is_printed(self):
        out, _ = self.run_program("run", "toy.yaml", "-o", "deep/er/out")
        self.assertEqual(self.files("deep/er/out"), RESULTS)
        self.assertEqual(self.read("deep/er/out/table.txt").decode(), out)
        self.assertEqual(self.read("deep/er/out/scenario.yaml"), self.read("toy.yaml"))
        out, _ = self.run_program("run", "toy.yaml", "--format", "csv", "-o", "deep/er/out")
        self.assertEqual(self.read("deep/er/out/result.csv").decode(), out)
        out, _ = self.run_program("run", "toy.yaml", "--format", "json", "-o", "deep/er/out")
        self.assertEqual(self.read("deep/er/out/result.json").decode(), out)

    def test_several_scenarios_have_directories_of_their_own(self):
        shutil.copy(self.dir / "toy.yaml", self.dir / "other.yaml")
        self.run_program("run", "toy.yaml", "other.yaml", "-o", "out")
        self.assertEqual(self.files(), ["other", "toy"])
        self.assertEqual(self.files("out/toy"), RESULTS)

    def test_scenarios_of_one_name_are_refused(self):
        (self.dir / "sub").mkdir()
        shutil.copy(self.dir / "toy.yaml", self.dir / "sub")
        _, err = self.run_program("run", "toy.yaml", "sub/toy.yaml", "-o", "out", status=2)
        self.assertIn("sub/toy.yaml", err)

    def test_a_file_in_its_place_is_refused_before_anything_runs(self):
        self.write("out", "precious")
        out, err = self.run_program("run", "toy.yaml", "-o", "out", status=2)
        self.assertEqual(out, "")
        self.assertIn("-o out", err)
        self.assertEqual(self.read("out"), b"precious")
        _, err = self.run_program("run", "toy.yaml", "-o", "out/below", status=2)
        self.assertIn("-o out/below", err)

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_directory_without_permission_is_refused(self):
        (self.dir / "out").mkdir(mode=0o500)
        self.run_program("run", "toy.yaml", "-o", "out", status=2)

    def test_a_write_that_fails_leaves_the_old_results(self):
        self.run_program("run", "toy.yaml", "-o", "out")
        before = {name: self.read(f"out/{name}") for name in RESULTS}
        process = self.start_endless("-o", "out")
        # As on a full disk: what goes beyond the first bytes of a file fails.
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (600, 600))
        out, err = self.interrupt(process)
        self.assertIn("cannot write", err)
        self.assertIn("1 of 2 points are complete", out)
        self.assertEqual(self.files(), RESULTS)
        self.assertEqual({name: self.read(f"out/{name}") for name in RESULTS}, before)

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_plots_are_drawn(self):
        self.write("plot.yaml", program.SCENARIO + PLOT)
        _, err = self.run_program("run", "plot.yaml", "-o", "out")
        self.assertEqual(err, "")
        self.assertEqual(self.files(), sorted(
            RESULTS + [f"throughput.{suffix}" for suffix in ("dat", "gp", "png", "svg")]))
        self.assertTrue(self.read("out/throughput.png").startswith(b"\x89PNG"))
        self.assertIn(b"Throughput of a toy", self.read("out/throughput.svg"))

    @unittest.skipUnless(shutil.which("gnuplot"), "gnuplot is not installed")
    def test_gnuplot_takes_every_kind_of_plot_without_a_word(self):
        scenario = program.SCENARIO.replace("[1, 2, 4]", "[1, 4]") + "  run.duration: [20us, 100us]\n"
        self.write("plots.yaml", scenario + PLOTS)
        for option in "run.replications=1", "run.replications=3":
            _, err = self.run_program("run", "plots.yaml", "--set", option, "-o", "out")
            self.assertEqual(err, "")
            for plot in "lines", "bars", "panels", "decades":
                drawn = subprocess.run(["gnuplot", f"{plot}.gp"], cwd=self.dir / "out", check=True,
                                       capture_output=True, encoding="utf-8", timeout=program.TIMEOUT)
                self.assertEqual(drawn.stderr, "", plot)

    def test_without_gnuplot_scripts_and_a_note_remain(self):
        self.write("plot.yaml", program.SCENARIO + PLOT)
        _, err = self.run_program("run", "plot.yaml", "-o", "out", env=dict(os.environ, PATH="/nowhere"))
        self.assertIn("gnuplot is not on PATH", err)
        self.assertEqual(self.files(), sorted(RESULTS + ["throughput.dat", "throughput.gp"]))


if __name__ == "__main__":
    program.main()
