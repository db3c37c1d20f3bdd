"""Ctrl-C: what is complete is printed, the rest is given up at once."""
import json
import os
import signal

import program


class Interrupt(program.Test):
    def test_complete_points_are_printed(self):
        for number in signal.SIGINT, signal.SIGTERM:
            out, _ = self.interrupt(self.start_endless(), number)
            self.assertIn("1 of 2 points are complete; the run was interrupted", out)
            self.assertIn("  100us  ", out)
            self.assertNotIn("10000s  ", out)

    def test_json_has_complete_points_only(self):
        out, err = self.interrupt(self.start_endless("--format", "json"))
        result = json.loads(out)
        self.assertEqual([point["params"] for point in result["points"]], [{"run.duration": "100us"}])
        self.assertIn("interrupted: 1 of 2 points are complete", err)

    def test_files_are_whole(self):
        self.interrupt(self.start_endless("-o", "out"))
        self.assertEqual(sorted(os.listdir(self.dir / "out")),
                         ["result.csv", "result.json", "scenario.yaml", "table.txt"])
        json.loads((self.dir / "out/result.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    program.main()
