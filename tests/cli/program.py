"""What the tests of the program share: running it, and a scenario that takes no time."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SIMSVIRT = os.environ["SIMSVIRT"]
SOURCE = pathlib.Path(os.environ["SV_SOURCE_DIR"])
LOCK = "vms.host.workloads.locks.lock"
THREADS = "vms.host.workloads.locks.threads"
TIMEOUT = 120

SCENARIO = f"""\
# How do two locks compare on a toy?
simsvirt: 1
title: A toy
host: {{machine: toy-4}}
vms:
  host:
    mode: bare
    workloads:
      locks: {{kind: critical, threads: 1, lock: ticket, critical: 200ns, think: exponential(1us)}}
run: {{warmup: 10us, duration: 200us, replications: 3, seed: 1}}
sweep:
  {LOCK}: [ticket, mcs]
  {THREADS}: [1, 2, 4]
"""
# The first point is done in a moment; the second would take days.
ENDLESS = SCENARIO[:SCENARIO.index("sweep:")] + "sweep: {run.duration: [100us, 10000s]}\n"


class Test(unittest.TestCase):
    """A test with a directory of its own, which is the program's working directory."""

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="simsvirt-"))
        self.addCleanup(shutil.rmtree, self.dir)
        self.write("toy.yaml", SCENARIO)

    def write(self, name, text):
        (self.dir / name).write_text(text, encoding="utf-8")

    def start(self, *args, **options):
        """Starts the program with pipes, which carry bytes."""
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        streams.update(options)
        return subprocess.Popen([SIMSVIRT, *args], cwd=self.dir, **streams)

    def start_endless(self, *args):
        """Starts a run without end; returns once its first point is done."""
        self.write("endless.yaml", ENDLESS)
        process = self.start("run", "endless.yaml", "--threads", "1", "--progress", "always", *args)
        self.addCleanup(process.kill)
        for line in process.stderr:
            if line.startswith(b"1/2 points"):
                return process
        self.fail("the first point never ends")

    def interrupt(self, process, number=signal.SIGINT):
        """Sends the signal and returns what the program wrote from then on."""
        start = time.monotonic()
        process.send_signal(number)
        out, err = (b.decode() for b in process.communicate(timeout=TIMEOUT))
        self.assertEqual(process.returncode, 1, err)
        self.assertLess(time.monotonic() - start, TIMEOUT / 4)
        return out, err

    def run_program(self, *args, status=0, **options):
        """Runs the program to its end and returns what it wrote to stdout and stderr."""
        process = self.start(*args, **options)
        try:
            out, err = (b.decode() if b else "" for b in process.communicate(timeout=TIMEOUT))
        finally:
            process.kill()
        self.assertEqual(process.returncode, status, f"{args}\n{out}\n{err}")
        return out, err


def main():
    """Runs the tests of the calling file; a test that cannot run here skips the whole."""
    result = unittest.main(argv=[sys.argv[0]], exit=False, verbosity=2).result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(77 if result.skipped and len(result.skipped) == result.testsRun else 0)
