"""The CSV: one row for each point and metric, the same numbers as the JSON."""
import csv
import io
import json

import program


class CsvFormat(program.Test):
    def test_it_has_the_numbers_of_the_json(self):
        text, _ = self.run_program("run", "--format", "csv", "toy.yaml")
        objects, _ = self.run_program("run", "--format", "json", "toy.yaml")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        self.assertEqual(text.split("\r\n", 1)[0],
                         f"{program.LOCK},{program.THREADS},metric,unit,mean,ci95,n")
        expected = [
            (str(point["params"][program.LOCK]), str(point["params"][program.THREADS]), name, metric)
            for point in json.loads(objects)["points"] for name, metric in point["metrics"].items()
        ]
        self.assertEqual(len(rows), len(expected))
        for row, (lock, threads, name, metric) in zip(rows, expected):
            self.assertEqual((row[program.LOCK], row[program.THREADS], row["metric"]), (lock, threads, name))
            self.assertEqual(row["unit"], metric["unit"])
            self.assertEqual(int(row["n"]), metric["n"])
            for column in "mean", "ci95":
                value = float(row[column]) if row[column] else None
                self.assertEqual(value, metric[column])


if __name__ == "__main__":
    program.main()
