"""Disks in combinations that nobody thought of: each runs, keeps the laws that every run checks, and gives the same
results whether operations run ahead or not."""
import json
import random

import program

GUESTS = ("hvm", "hvm", "pvm", "emulated", "nested")
PATHS = ("virtio-blk", "virtio-blk", "vhost-blk", "vhost-user", "user-nvme", "direct-aio", "exitless", "mediated",
         "passthrough", "ahci", "ide")
DEVICES = ("{kind: nvme, model: p4800x}", "{kind: nvme, model: p3700, state: random}", "{kind: nvme, model: sm1715}",
           '{kind: "null"}', "{kind: sata}")
SHARED_DISK = ("virtio-blk", "vhost-blk", "exitless", "ahci", "ide", "host")


def maybe(chance, rng, key, *values):
    return {key: rng.choice(values)} if rng.random() < chance else {}


def ring(rng):
    return {**maybe(.5, rng, "queues", 1, 2, 8), **maybe(.3, rng, "queue-size", 2, 4, 16, 1024),
            **maybe(.3, rng, "ring", "packed"), **maybe(.2, rng, "event-idx", "false"),
            **maybe(.2, rng, "indirect", "false"), **maybe(.2, rng, "in-order", "true")}


def disk(path, rng):
    options = {"device": "ssd", "path": path}
    if path == "host":
        return options
    options |= maybe(.2, rng, "scheduler", "deadline") | maybe(.2, rng, "merge", "0B", "64KiB")
    if path in ("ahci", "ide"):
        return options
    options |= maybe(.2, rng, "poll", "iopoll", "hybrid")
    if path in ("passthrough", "mediated"):
        return options | maybe(.5, rng, "queues", 1, 2)
    options |= ring(rng)
    if path == "virtio-blk":
        options |= maybe(.6, rng, "iothreads", "one", "per-queue") | maybe(.3, rng, "backing", "file")
        options |= maybe(.5, rng, "engine", "threads", "native", "io_uring", "io_uring-sqpoll")
    return options


def workload(polled, rng):
    engine = rng.choice(("sync", "io_uring") if polled else ("sync", "libaio", "io_uring"))
    return {"kind": "fio", "disk": "vda", "engine": engine, "numjobs": rng.choice((1, 2, 5)),
            "iodepth": 1 if engine == "sync" else rng.choice((1, 2, 16, 64)),
            "rw": rng.choice(("read", "write", "randread", "randwrite", "randrw")),
            "bs": rng.choice(("512B", "4KiB", "16KiB", "128KiB", "1MiB")),
            **maybe(.2, rng, "rate", "20000/s"), **maybe(.2, rng, "thinktime", "30us")}


def flow(mapping):
    return "{" + ", ".join(f"{key}: {value}" for key, value in mapping.items()) + "}"


def scenario(rng, seed):
    mode = rng.choice(GUESTS + ("container", "bare"))
    path = "host" if mode in ("container", "bare") else rng.choice(PATHS)
    if path == "exitless":
        mode = "hvm"
    vm = {"mode": mode}
    if path != "host":
        vm |= {"vcpus": rng.choice((1, 2, 4, 8)), "count": rng.choice((1, 2)) if path in SHARED_DISK else 1}
        vm |= maybe(.5, rng, "pin", "one-to-one") | maybe(.3, rng, "guest-halt-poll", "200us")
    if path == "exitless" or mode in ("hvm", "pvm") and rng.random() < .5:
        vm["posted-interrupts"] = "true"
    vda = disk(path, rng)
    vm |= {"disks": flow({"vda": flow(vda)}), "workloads": flow({"io": flow(workload("poll" in vda, rng))})}
    host = {"machine": rng.choice(("xeon-8275cl-2s", "westmere-ex-80", "epyc-7742-2s")),
            "scheduler": rng.choice(("cfs", "eevdf", "credit", "rr", "fifo", "gang")),
            **maybe(.3, rng, "latency-limit", "2us")}
    device = rng.choice(DEVICES if path in SHARED_DISK else DEVICES[:4])
    lines = "".join(f"    {key}: {value}\n" for key, value in vm.items())
    return (f"simsvirt: 1\nhost: {flow(host)}\ndevices: {{ssd: {device}}}\nvms:\n  g:\n{lines}"
            f"run: {{warmup: 1ms, duration: 3ms, replications: 1, seed: {seed}}}\n")


class DiskCombinations(program.Test):
    def results(self, file, ahead):
        out, _ = self.run_program("run", file, "--threads", "1", "--format", "json", "--set", f"run.run-ahead={ahead}")
        result = json.loads(out)
        return result["points"], result["events"]

    def test_they_run_and_run_ahead_changes_nothing(self):
        rng = random.Random(1)
        for seed in range(60):
            text = scenario(rng, seed)
            with self.subTest(scenario=text):
                self.write("disks.yaml", text)
                self.assertEqual(self.results("disks.yaml", "true"), self.results("disks.yaml", "false"))


if __name__ == "__main__":
    program.main()
