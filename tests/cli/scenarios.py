"""Every scenario that comes with simsvirt is without mistakes, and the schema accepts it."""
import json

import program

try:
    import jsonschema
    import yaml
except ImportError:
    yaml = None



class Scenarios(program.Test):
    def setUp(self):
        super().setUp()
        self.files = sorted((program.SOURCE / "scenarios").glob("*.yaml"))
        self.assertNotEqual(self.files, [])

    def test_check_finds_no_mistake(self):
        out, err = self.run_program("check", *map(str, self.files))
        self.assertEqual(err, "")
        self.assertEqual(len(out.splitlines()), len(self.files))

    def test_each_says_its_question_first(self):
        for file in self.files:
            self.assertTrue(file.read_text(encoding="utf-8").startswith("#"), file)

    def test_the_schema_accepts_them(self):
        if yaml is None:
            self.skipTest("needs python3-jsonschema and python3-yaml")
        out, _ = self.run_program("schema")
        schema = json.loads(out)
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for file in self.files:
            errors = list(validator.iter_errors(yaml.safe_load(file.read_text(encoding="utf-8"))))
            self.assertEqual(errors, [], file)

    def test_the_schema_refuses_mistakes(self):
        if yaml is None:
            self.skipTest("needs python3-jsonschema and python3-yaml")
        out, _ = self.run_program("schema")
        validator = jsonschema.Draft202012Validator(json.loads(out))
        good = yaml.safe_load(program.SCENARIO)
        self.assertTrue(validator.is_valid(good))
        for path, value in ((["simsvirt"], None), (["run", "sede"], 1), (["run", "replications"], "many"),
                            (["vms", "host", "workloads", "locks", "lock"], "tiket")):
            bad = yaml.safe_load(program.SCENARIO)
            place = bad
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
            self.assertFalse(validator.is_valid(bad), path)


if __name__ == "__main__":
    program.main()
