"""Ctrl-C: what is complete is printed, the rest is given up at once."""
import json
import os
import signal
import time

import program

# The first point is done in a moment; the second would take days.
ENDLESS = program.SCENARIO[:program.SCENARIO.index("sweep:")] + "sweep: {run.duration: [100us, 10000s]}\n"


class Interrupt(program.Test):
    def interrupt(self, number, *args):
        """Starts an endless run, sends the signal once the first point is done."""
        self.write("endless.yaml", ENDLESS)
        process = self.start("run", "endless.yaml", "--threads", "1", "--progress", "always", *args)
        self.addCleanup(process.kill)
        for line in process.stderr:
            if line.startswith(b"1/2 points"):
                break
        start = time.monotonic()
        process.send_signal(number)
        out, err = (b.decode() for b in process.communicate(timeout=program.TIMEOUT))
        self.assertEqual(process.returncode, 1, err)
        self.assertLess(time.monotonic() - start, program.TIMEOUT / 4)
        self.assertIn("interrupted: 1 of 2 points are complete", err)
        return out

    def test_complete_points_are_printed(self):
        for number in signal.SIGINT, signal.SIGTERM:
            out = self.interrupt(number)
            self.assertIn("1 of 2 points are complete", out)
            self.assertIn("100us", out)

    def test_json_has_complete_points_only(self):
        result = json.loads(self.interrupt(signal.SIGINT, "--format", "json"))
        self.assertEqual([point["params"] for point in result["points"]], [{"run.duration": "100us"}])

    def test_files_are_whole(self):
        self.interrupt(signal.SIGINT, "-o", "out")
        self.assertEqual(sorted(os.listdir(self.dir / "out")),
                         ["result.csv", "result.json", "scenario.yaml", "table.txt"])
        json.loads((self.dir / "out/result.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    program.main()
