"""simsvirt calibrate: the profile of a quick run loads and drives scenarios; mistakes are told."""
import os
import re

import program

ALONE = """\
simsvirt: 1
host: {machine: host.yaml}
vms:
  host:
    mode: bare
    workloads:
      locks: {kind: critical, threads: 1, lock: ticket, critical: 200ns, think: exponential(1us)}
run: {warmup: 10us, duration: 200us, replications: 2, seed: 1}
"""
REQUIRED = ["hit.load", "hit.store", "hit.rmw", "fence", "memory.local", "pause", "syscall"]
KERNEL = ["context-switch", "eventfd", "timer.late", "slice.run", "slice.gap", "page-cache.read"]
# On a busy machine every sample of a short run may have been disturbed, or the time be over too soon.
MEASURED = (r".*( M .*(stable|noisy|unusable): [0-9]+ samples"
            "|Not measured: (all samples were disturbed|the time was over before))")


class Calibrate(program.Test):
    def refused(self, *args, says):
        out, err = self.run_program("calibrate", *args, status=2)
        self.assertEqual(out, "")
        self.assertIn(says, err)

    def check_plot(self, warnings):
        """On a machine of one PU, or without gnuplot, there is a warning instead of a picture."""
        if "no line was sent" in warnings:
            return
        script = (self.dir / "plots/lines.gp").read_text(encoding="utf-8")
        self.assertRegex(script, r"\n\$transfer << EOD\n NaN [0-9.eNa+ ]+\n")
        if not warnings:
            self.assertTrue((self.dir / "plots/lines.svg").read_text(encoding="utf-8").rstrip().endswith("</svg>"))
        else:
            self.assertIn("plots/lines.svg: no picture", warnings)

    def test_a_quick_profile_loads_and_drives_a_scenario(self):
        # A busy machine needs longer until every probe had its turn.
        for time in "1s", "8s", "60s":
            out, warnings = self.run_program("calibrate", "--time", time, "-o", "made/host.yaml",
                                             "--plot", "plots/lines.svg")
            shown, err = self.run_program("show", "machine", "made/host.yaml")
            self.assertEqual(err, "")
            if "the time was over before" not in shown:
                break
        self.check_plot(warnings)
        busy = "this machine is so busy" in out
        for name in REQUIRED:
            if not busy:
                self.assertRegex(out, rf"(?m)^  {re.escape(name)} .*(stable|noisy|unusable)$")
            self.assertRegex(shown, rf"(?m)^{re.escape(name)} {MEASURED}")
        for name in [] if busy else KERNEL:
            self.assertRegex(out, rf"(?m)^  {re.escape(name)} .*(stable|noisy|unusable)$")
        self.assertIn("Not measured: ", shown)
        self.assertIn("measured on ", shown)
        self.write("alone.yaml", ALONE)
        out, _ = self.run_program("run", "alone.yaml", "--set", "host.machine=made/host.yaml")
        self.assertIn("throughput", out)

    def test_an_interrupted_run_keeps_what_is_complete(self):
        process = self.start("calibrate", "-o", "host.yaml", "--time", "20s", "--progress", "always")
        self.addCleanup(process.kill)
        for line in process.stderr:
            if b" probes, " in line and not line.startswith(b"0/"):
                break
        _, err = self.interrupt(process)
        self.assertIn("interrupted: host.yaml holds what was measured until then", err)
        shown, _ = self.run_program("show", "machine", "host.yaml")
        self.assertRegex(shown, rf"(?m)^pause {MEASURED}")
        self.assertIn("it was interrupted before", shown)

    def test_a_host_of_several_packages_is_told_by_its_distances(self):
        """hwloc pretends; threads then are not bound, and what they measure means nothing."""
        shape = "package:3 [numa] l3:1 core:1 pu:1"
        self.run_program("calibrate", "--time", "1s", "-o", "host.yaml", env={**os.environ, "HWLOC_SYNTHETIC": shape})
        shown, _ = self.run_program("show", "machine", "host.yaml")
        self.assertIn("packages 3, NUMA nodes 3, last-level caches 3, cores 3, PUs 3", shown)
        for name in ["load.modified.hop1", "rmw.hop1", "occupancy.read.hop1", "occupancy.write.hop1", "invalidate"]:
            self.assertIn(f"\n{name} ", shown)
        self.assertNotRegex(shown, "it takes (two|three) cores")
        self.write("alone.yaml", ALONE.replace("threads: 1", "threads: 3"))
        self.run_program("run", "alone.yaml")

    def test_a_recorded_profile_drives_a_scenario(self):
        recorded = program.SOURCE / "tests/recorded/two-cpus-full.yaml"
        self.write("two.yaml", ALONE.replace("threads: 1", "threads: 2"))
        out, err = self.run_program("run", "two.yaml", "--set", f"host.machine={recorded}")
        self.assertEqual(err, "")
        self.assertIn("throughput", out)

    def test_mistakes_of_the_command_line(self):
        self.refused(says="name the profile to write by -o FILE")
        self.refused("-o", "made/", says="name a file")
        self.refused("host.yaml", says="calibrate takes no argument")
        self.refused("-o", "x.yaml", "--time", "10", says="--time 10: lacks a unit")
        self.refused("-o", "x.yaml", "--time", "1ms", says="write a time from 1s to 1h")
        self.refused("-o", "x.yaml", "--defaults", "toy-5", says="no machine 'toy-5'; did you mean 'toy-4'?")
        self.refused("-o", "x.yaml", "--plot", "x.pdf", says="name a file that ends in .png or .svg")
        self.refused("-o", "x.yaml", "--plot", ".png", says="name a file that ends in .png or .svg")
        self.refused("-o", "x.yaml", "--progress", "maybe", says="write auto, always or never")
        self.refused("-o", "toy.yaml/x.yaml", says="toy.yaml")
        self.assertFalse((self.dir / "x.yaml").exists())


if __name__ == "__main__":
    program.main()
