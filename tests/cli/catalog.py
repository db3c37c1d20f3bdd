"""`list`, `show` and `schema`: everything that is listed can be shown."""
import json

import program


class Catalog(program.Test):
    def listed(self, *kind):
        out, _ = self.run_program("list", *kind, "--format", "json")
        return json.loads(out)

    def test_everything_listed_has_help_and_can_be_shown(self):
        kinds = self.listed()
        self.assertIn("locks", [kind["name"] for kind in kinds])
        for kind in kinds:
            things = self.listed(kind["name"])
            self.assertNotEqual(things, [], kind)
            for thing in things:
                with self.subTest(kind=kind["name"], thing=thing["name"]):
                    self.assertNotEqual(thing["help"], "")
                    out, err = self.run_program("show", kind["name"], thing["name"])
                    self.assertIn(thing["name"], out)
                    self.assertEqual(err, "")

    def test_the_table_lists_the_same(self):
        out, _ = self.run_program("list", "locks")
        self.assertEqual([line.split()[0] for line in out.splitlines()],
                         [lock["name"] for lock in self.listed("locks")])

    def test_the_reference_page_names_everything(self):
        page, _ = self.run_program("schema", "--markdown")
        for kind in "locks", "queues", "workloads", "metrics":
            for thing in self.listed(kind):
                self.assertIn(thing["name"], page)
        for word in "simsvirt run", "--replications", "Exit statuses", "load.modified.hop3":
            self.assertIn(word, page)

    def test_lines_do_not_end_in_blanks(self):
        for args in (["list", "locks"], ["show", "lock", "mcs"], ["show", "queue", "vring-split"], ["toy.yaml"], ["--help"], ["run", "--help"]):
            out, _ = self.run_program(*args)
            self.assertEqual([line for line in out.splitlines() if line != line.rstrip()], [])
            self.assertLessEqual(max(map(len, out.splitlines())), 120)


if __name__ == "__main__":
    program.main()
