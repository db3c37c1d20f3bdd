"""Progress: a bar on a terminal that leaves no trace, silence in a pipe."""
import fcntl
import os
import pty
import signal
import struct
import termios

import program


class Progress(program.Test):
    def test_pipes_are_silent(self):
        for args in ([], ["--progress", "auto"], ["--progress", "never"]):
            _, err = self.run_program("run", "toy.yaml", *args)
            self.assertEqual(err, "")

    def test_always_prints_lines(self):
        out, err = self.run_program("run", "toy.yaml", "--progress", "always")
        self.assertRegex(err, r"^6/6 points, 0:\d\d  lock=\w+ threads=\d: throughput [0-9.]+ [kM]/s\n$")
        self.assertNotIn("\r", err)
        self.assertNotIn("points", out)

    def terminal(self, *args, until=b"1/2 points"):
        """Runs with a terminal as stderr, interrupts; returns what the terminal got."""
        self.write("endless.yaml", program.ENDLESS)
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
        process = self.start("run", "endless.yaml", "--threads", "1", *args, stderr=theirs,
                             env=dict(os.environ, TERM="xterm"))
        self.addCleanup(process.kill)
        os.close(theirs)
        seen = b""
        while until and until not in seen:
            seen += os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=program.TIMEOUT)
        while True:
            try:
                more = os.read(ours, 4096)
            except OSError:  # the other end is closed
                return seen.decode()
            if not more:
                return seen.decode()
            seen += more

    def test_the_bar_is_erased_before_the_end(self):
        seen = self.terminal()
        self.assertIn("1/2 points, 0:", seen)
        self.assertTrue(seen.endswith("\r\x1b[K"))
        self.assertNotIn("\n", seen)

    def test_the_bar_keeps_to_the_terminal(self):
        for line in self.terminal().split("\r"):
            if line.startswith("["):
                self.assertLess(len(line.split("\x1b")[0]), 60)

    def test_the_speed_is_told_on_a_terminal_only(self):
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        self.run_program("run", "toy.yaml", stdout=theirs)
        os.close(theirs)
        seen = os.read(ours, 65536).decode()
        self.assertRegex(seen, r"\n[0-9.]+ s; [0-9.]+ [kM]/s simulated acquisitions of locks\r\n$")
        out, _ = self.run_program("run", "toy.yaml")
        self.assertNotIn("simulated acquisitions", out)


if __name__ == "__main__":
    program.main()
