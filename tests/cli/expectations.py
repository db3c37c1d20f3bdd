"""What the scenarios that come with simsvirt expect of their results holds: each is run in full."""
import os
import unittest

import program


class Expectations(program.Test):
    @unittest.skipIf(os.environ.get("SV_SANITIZE"), "takes minutes with a sanitizer")
    def test_every_expectation_holds(self):
        for file in sorted((program.SOURCE / "scenarios").glob("*.yaml")):
            if "\nexpect:" not in file.read_text(encoding="utf-8"):
                continue
            with self.subTest(file.name):
                out, _ = self.run_program("run", str(file), "--threads", "2")
                self.assertRegex(out, r"Expectations: (\d+) of \1 hold")


if __name__ == "__main__":
    program.main()
