"""--lock FILE.c: a lock of the user's own beside those of the list."""
import json
import os
import re
import unittest

import program

LOCKS = program.SOURCE / "tests" / "data" / "locks"
OWN = "models/locks"
SWAP = (LOCKS / "swap.c").read_text(encoding="utf-8")
AWAITS = "sv_await_eq(&s->taken, 0, SV_RELAXED)"
RELEASES = "sv_store(&s->taken, 0, SV_RELEASE);"
FIFTY = f"static int n;\n\n\tif (++n < 50)\n\t\t{RELEASES}"


class UserLock(program.Test):
    def setUp(self):
        super().setUp()
        self.write("swap.c", SWAP)

    def mistake(self, text, *messages, args=("list", "locks")):
        """The messages of a file that cannot be used, which has the given text."""
        self.write("swap.c", text)
        out, err = self.run_program(*args, "--lock", "swap.c", status=2)
        self.assertEqual(out, "")
        for message in messages:
            self.assertIn(message, err)
        return err

    def change(self, old, new, *messages):
        """The same, of the good lock with one change."""
        self.assertIn(old, SWAP)
        return self.mistake(SWAP.replace(old, new), *messages)

    def line_of(self, text):
        return SWAP[:SWAP.index(text)].count("\n") + 1

    def test_it_is_listed_and_shown(self):
        out, err = self.run_program("list", "locks", "--lock", "swap.c", "--format", "json")
        self.assertEqual(json.loads(out)[-1], {"name": "swap", "help": "exchange until it was free"})
        self.assertEqual(err, "")
        out, _ = self.run_program("show", "lock", "swap", "--lock", "swap.c")
        self.assertIn("4 B a lock, 0 B a thread", out)
        self.run_program("show", "lock", "swap", status=2)

    def test_a_scenario_may_name_it(self):
        self.write("own.yaml", program.SCENARIO.replace("[ticket, mcs]", "[ticket, swap]"))
        _, err = self.run_program("check", "own.yaml", status=2)
        self.assertIn("swap", err)
        self.run_program("check", "own.yaml", "--lock", "swap.c")
        out, err = self.run_program("run", "own.yaml", "--lock", "swap.c", "--format", "json")
        points = json.loads(out)["points"]
        self.assertEqual([p["params"][program.LOCK] for p in points], ["ticket"] * 3 + ["swap"] * 3)
        self.assertTrue(all(p["metrics"]["locks.throughput"]["mean"] > 0 for p in points))
        self.assertEqual(err, "")

    def test_a_copy_of_a_lock_gives_what_the_lock_gives(self):
        args = ["run", "toy.yaml", "--format", "csv", "--set"]
        for name in ("mcs", "mutex", "pv_qspinlock_hybrid", "oticket"):
            with self.subTest(name):
                text = (program.SOURCE / OWN / f"{name}.c").read_text(encoding="utf-8")
                text = text.replace(f"SV_LOCK({name})", f"SV_LOCK(my_{name})")
                self.write(f"my_{name}.c", text.replace('.name = "', '.name = "my-'))
                for header in (program.SOURCE / OWN).glob("*.h"):
                    if not header.name.startswith("lock"):
                        self.write(header.name, header.read_text(encoding="utf-8"))
                name = name.replace("_", "-")
                ours, _ = self.run_program(*args, f"{program.LOCK}={name}")
                own, _ = self.run_program(*args, f"{program.LOCK}=my-{name}",
                                          "--lock", f"my_{name.replace('-', '_')}.c")
                self.assertEqual(ours, own)

    def test_it_is_explored(self):
        for args in ([], ["swap"], ["all", "--threads", "2"]):
            out, _ = self.run_program("explore", "--lock", "swap.c", *args)
            self.assertRegex(out, r"\n  swap .* no fault in any interleaving")
        self.assertEqual(len(re.findall("no fault", self.run_program("explore", "--lock", "swap.c")[0])), 1)

    def test_a_defect_is_found_and_replayed(self):
        self.write("swap.c", SWAP.replace("sv_xchg(&s->taken, 1, SV_ACQUIRE)",
                                          "sv_load(&s->taken, SV_ACQUIRE)"))
        out, _ = self.run_program("explore", "--lock", "swap.c", status=1)
        self.assertIn("mutual exclusion is broken", out)
        self.assertIn(f"swap.c:{self.line_of('while (sv_xchg')}  load lock, sees 0, acquire", out)
        again = re.search("Again: simsvirt (.*)", out).group(1).split()
        self.assertIn("swap.c", again)
        out, _ = self.run_program(*again, status=1)
        self.assertIn("mutual exclusion is broken", out)
        out, err = self.run_program("run", "toy.yaml", "--lock", "swap.c", "--set", f"{program.LOCK}=swap",
                                    "--format", "json", status=1)
        self.assertIn("swap let two threads hold one lock at once", err)

    @unittest.skipIf(os.environ.get("SV_SANITIZE"), "a sanitizer has the calls that tell of plain accesses")
    def test_a_race_on_a_plain_field_is_found(self):
        self.write("swap.c", SWAP.replace("\tsv_u32 taken;\n", "\tsv_u32 taken;\n\tunsigned last;\n")
                   .replace("SV_RELEASE);", "SV_RELEASE);\n\ts->last = 1;"))
        out, _ = self.run_program("explore", "--lock", "swap.c", "--acquisitions", "2", status=1)
        self.assertIn("data race", out)

    def run_bad(self, changes, *args):
        """The messages of a run in which the lock with changes in its functions fails."""
        text = SWAP
        for old, new in changes.items():
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.write("swap.c", text)
        _, err = self.run_program("run", "toy.yaml", "--lock", "swap.c", "--set", f"{program.LOCK}=swap",
                                  "--set", f"{program.THREADS}=3", "--replications", "1", *args, status=1)
        return err

    def test_a_deadlock_tells_what_each_thread_waits_for(self):
        err = self.run_bad({RELEASES: FIFTY})
        self.assertIn("locks: swap deadlocks: nobody can go on. CPU 0 spins on lock until it is 0, and "
                      "sees 0x1; CPU 1 spins", err)
        err = self.run_bad({RELEASES: FIFTY, AWAITS: "sv_pv_wait()"})
        self.assertIn("CPU 1 has halted, and nobody kicks it", err)
        err = self.run_bad({RELEASES: FIFTY, AWAITS: "sv_futex_wait(&s->taken, 1)"})
        self.assertIn("sleeps on lock, and nobody wakes it", err)

    def test_polling_for_what_never_comes_is_told(self):
        err = self.run_bad({RELEASES: FIFTY, AWAITS: "sv_relax(1)"}, "--set", "run.duration=4ms")
        self.assertIn("swap stands still: all 3 threads wait in it, and nobody has got it for the last 39", err)

    def test_a_crash_names_the_lock_and_the_line(self):
        """Natively, simulated and explored."""
        crash = "*(volatile int *)(uintptr_t)((char *)node - (char *)node + 8) = 1;"
        at = f"swap.c:{self.line_of(RELEASES)}: error: the lock swap crashed here in its "
        self.assertIn(at + "simulated form: Segmentation fault at address 0x8",
                      self.run_bad({RELEASES: crash}))
        _, err = self.run_program("explore", "--lock", "swap.c", status=1)
        self.assertIn(at + "explored form", err)
        _, err = self.run_program("validate", "locks", "--costs", "toy-4", "--threads", "1",
                                  "--lock", "swap.c", status=1)
        self.assertIn(at + "native form", err)

    @unittest.skipIf(os.environ.get("SV_SANITIZE"), "stacks have other sizes")
    def test_a_stack_that_is_too_small_is_a_crash(self):
        # Page by page from the top, or the guard below the stack would be stepped over.
        err = self.run_bad({RELEASES: "volatile char much[1 << 20];\n\n"
                                      "\tfor (int i = 1 << 20; i > 0; i -= 4096)\n\t\tmuch[i - 1] = 0;"})
        self.assertIn("the lock swap crashed here in its simulated form: Segmentation fault", err)

    def test_memory_that_is_not_the_locks(self):
        err = self.run_bad({RELEASES: "static sv_u32 other; sv_store(&other, 0, SV_RELEASE);"})
        self.assertIn(f"swap.c:{self.line_of(RELEASES)}: error: the lock swap asks for what there is not, "
                      "such as an operation on memory that is not the lock's", err)

    @unittest.skipIf(os.environ.get("SV_SANITIZE") == "thread", "delivers no signal to a loop without calls")
    def test_a_loop_without_an_end_is_cut(self):
        err = self.run_bad({RELEASES: "for (volatile int i = 0;;)\n\t\ti = 1;"})
        self.assertRegex(err, r"swap.c:\d+: error: the lock swap hangs here in its simulated form: 5 s of CPU")

    def test_a_lock_that_is_too_large_to_explore(self):
        self.write("swap.c", SWAP.replace("\tsv_u32 taken;", "\tsv_u32 taken, more[20000];"))
        _, err = self.run_program("explore", "--lock", "swap.c", status=2)
        self.assertIn("swap: too large to explore: 1 locks and the nodes of 2 threads take ", err)
        self.run_program("show", "lock", "swap", "--lock", "swap.c")

    def test_it_is_validated_beside_others(self):
        args = ["--costs", "toy-4", "--threads", "1", "--repeat", "3", "--set", "layout=padded",
                "--set", "think=0ns", "--set", "critical=0ns"]
        self.run_program("validate", "locks", *args, "--lock", "ticket,swap.c", "-o", "result.json")
        result = json.loads((self.dir / "result.json").read_text(encoding="utf-8"))
        self.assertEqual([cell["params"]["lock"] for cell in result["cells"]], ["ticket", "swap"])
        _, err = self.run_program("compare", "result.json", "--costs", "toy-4", status=2)
        self.assertIn("swap", err)
        self.run_program("compare", "result.json", "--costs", "toy-4", "--lock", "swap.c")
        _, err = self.run_program("validate", "locks", *args, "--lock", "ticket,none.c", status=2)
        self.assertIn("none.c: error: cannot be read", err)

    def test_a_file_that_is_missing(self):
        _, err = self.run_program("run", "toy.yaml", "--lock", "none.c", status=2)
        self.assertEqual(err, "none.c: error: cannot be read: No such file or directory\n")

    def test_a_file_that_is_no_lock(self):
        self.mistake("int x;\n", "swap.c: error: no line begins with SV_LOCK(name)")
        self.mistake("#if 0\n" + SWAP[SWAP.index("SV_LOCK"):] + "#endif\n", "swap.c: error: no line")

    def test_a_file_that_does_not_compile_shows_what_the_compiler_says(self):
        line = self.line_of("while (sv_xchg")
        err = self.change("while (sv_xchg(&s->taken", "while (sv_xchg(&s->taxen")
        self.assertRegex(err, rf"swap\.c:{line}:\d+: error: .*taxen")
        self.assertIn("swap.c: error: ", err)
        self.assertIn("cannot compile this lock in its native form", err)

    def test_a_warning_is_shown_once_and_the_lock_used(self):
        self.write("swap.c", SWAP.replace("(void)node, (void)cfg;\n\twhile", "int idle;\n\n\twhile"))
        _, err = self.run_program("list", "locks", "--lock", "swap.c")
        self.assertEqual(len(re.findall("warning: unused variable", err)), 1)

    def test_a_file_with_two_locks(self):
        second = SWAP[SWAP.index("SV_LOCK"):].replace("SV_LOCK(swap)", "SV_LOCK(swop)")
        line = SWAP.count("\n") + 1
        self.mistake(SWAP + second, f"swap.c:{line}:1: error: a second lock, after that of line "
                     f"{self.line_of('SV_LOCK')}", "SV_LOCK(swop) = {")

    def test_mistakes_in_the_table(self):
        at = f"swap.c:{self.line_of('SV_LOCK')}:1: error: "
        self.change('.name = "swap"', '.name = "swop"', at + 'the lock\'s .name is "swop"; it must be "swap"')
        self.change('.name = "swap",', "", at + "the lock's .name is missing")
        self.change("\t.release = swap_release,\n", "", at + "swap has no .release")
        self.change("\t.init = swap_init,\n", "", at + "swap has no .init")
        self.change("sizeof(struct swap)", "0", at + "swap: .lock_bytes is 0")
        self.change("sizeof(struct swap)", "2u << 20", at + "swap: .lock_bytes is 2097152; more than 1048576")
        self.mistake(SWAP.replace("SV_LOCK(swap)", "SV_LOCK(ticket)").replace('"swap"', '"ticket"'),
                     at + "there is a lock ticket already")

    def test_all_mistakes_are_told_at_once(self):
        err = self.change("\t.init = swap_init,\n\t.acquire = swap_acquire,\n", "", "no .init")
        self.assertIn("no .acquire", err)

    def test_a_table_that_depends_on_the_substrate(self):
        self.change("\tsv_u32 taken;\n", "\tsv_u32 taken;\n#ifdef SV_SUBSTRATE_simulated\n"
                    "\tsv_u32 more;\n#endif\n", "its simulated form has other sizes")

    def test_a_function_that_nobody_defines(self):
        self.change("\t(void)cfg;\n\t*s", "\textern void nobody(void);\n\n\tnobody();\n\t*s",
                    "swap.c: error: the lock cannot be loaded: undefined symbol: nobody")

    def test_the_same_lock_twice(self):
        _, err = self.run_program("list", "locks", "--lock", "swap.c", "--lock", "swap.c", status=2)
        self.assertIn("there is a lock swap already", err)

    def test_no_compiler(self):
        _, err = self.run_program("list", "locks", "--lock", "swap.c", status=2,
                                  env={**os.environ, "CC": "no-such-compiler"})
        self.assertIn("swap.c: error: a lock of one's own needs a C compiler, and there is no "
                      "'no-such-compiler'", err)

    def test_a_compiler_of_several_words_and_nothing_is_left_behind(self):
        (self.dir / "scratch").mkdir()
        env = {**os.environ, "CC": "env -- cc", "TMPDIR": str(self.dir / "scratch")}
        self.run_program("list", "locks", "--lock", "swap.c", env=env)
        self.mistake("SV_LOCK(x)\n", "cannot compile")
        self.assertEqual(os.listdir(self.dir / "scratch"), [])


if __name__ == "__main__":
    program.main()
