"""docs/add-a-lock.md: its files and commands do what the page says."""
import os
import re
import unittest

import program

PAGE = (program.SOURCE / "docs" / "add-a-lock.md").read_text(encoding="utf-8")
# What makes a command of the page quick.
QUICK = {
    "run": ["--set", "run.duration=1ms", "--replications", "2"],
    "validate": ["--costs", "toy-4", "--repeat", "1", "--set", "critical=0ns", "--set", "think=0ns"],
}


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


class AddALock(program.Test):
    def follow(self, command, status=0):
        """Runs a command of the page, and returns its output and what the page shows of it."""
        found = re.search(rf"^\$ simsvirt ({re.escape(command)}.*)\n((?:.*\n)*?)```$", PAGE, re.MULTILINE)
        # Two threads would wait for a host on which nothing else runs.
        args = found.group(1).replace("--threads 1,2", "--threads 1").split()
        out, err = self.run_program(*args, *QUICK.get(args[0], []), status=status)
        self.assertEqual(err, "")
        return out, found.group(2)

    @unittest.skipIf(os.environ.get("SV_SANITIZE"), "races on plain fields are not seen")
    def test_the_page_from_an_empty_file_to_a_picture(self):
        text, mended = blocks("c")[:2]
        self.write("partitioned.c", text)
        # Times are not the same everywhere; all else is.
        untimed = re.compile(r" \d+\.\d\d  (data|no fault)")
        out, shown = self.follow("explore --lock partitioned.c", status=1)
        self.assertIn(untimed.sub("", shown), untimed.sub("", out))

        start = text.index("static void partitioned_acquire")
        end = text.index("\n}\n", start) + 3
        self.write("partitioned.c", text[:start] + mended + text[end:])
        out, shown = self.follow("explore --lock partitioned.c --threads 3")
        self.assertEqual(untimed.sub("", shown), untimed.sub("", out))

        self.write("mine.yaml", blocks("yaml")[0])
        out, _ = self.follow("run --lock partitioned.c mine.yaml")
        self.assertRegex(out, r"partitioned +80 +\d")
        self.assertTrue((self.dir / "results" / "partitioned.gp").exists())
        out, _ = self.follow("validate locks")
        self.assertRegex(out, r"partitioned +1 ")


if __name__ == "__main__":
    program.main()
