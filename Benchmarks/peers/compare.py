"""Needletail beside other libraries: same vectors, same machine, same minutes.

Every system is built once, with all threads, in a process of its own that stays alive. Then come
the rounds: in each, every system answers all queries in one call per search setting, on
`--threads` threads, in an order that rotates from round to round, so that a noisy minute hits all
of them. A setting counts with the median over the rounds; the best is recorded beside it. Systems
are compared at equal recall@k: queries per second are interpolated (logarithmically) on each
system's Pareto front. Lost comparisons are printed like won ones.

    Benchmarks/peers/run --base base.npy --queries queries.npy --name glove --out records.jsonl
"""

import argparse
import datetime
import json
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import systems

TARGETS = [0.90, 0.95, 0.99]


def serve(connection, make, base, queries, k):
    """A system's process: builds, then answers (setting, threads) with (seconds, ids)."""
    try:
        system = make()
        started = time.perf_counter()
        system.build(base, os.cpu_count())
        connection.send(("built", time.perf_counter() - started, system.version()))
        while (order := connection.recv()) is not None:
            setting, threads = order
            system.prepare(setting, threads)
            system.search(queries[:100], k)
            started = time.perf_counter()
            ids = system.search(queries, k)
            seconds = time.perf_counter() - started
            connection.send((seconds, np.asarray(ids, dtype=np.int64)))
    except Exception as error:
        connection.send(("failed", repr(error), ""))


class Served:
    """A Python library, measured inside a process of its own."""

    def __init__(self, name, settings, make, environment):
        self.name, self.settings = name, settings
        self.make, self.environment = make, environment

    def build(self, arguments, base, queries):
        here, there = multiprocessing.get_context("spawn").Pipe()
        before = dict(os.environ)
        os.environ.update(self.environment)
        self.process = multiprocessing.get_context("spawn").Process(
            target=serve, args=(there, self.make, base, queries, arguments.k), daemon=True
        )
        self.process.start()
        os.environ.clear()
        os.environ.update(before)
        self.connection = here
        status, self.build_s, self.version = here.recv()
        if status == "failed":
            raise RuntimeError(f"{self.name}: {self.build_s}")

    def search(self, setting, threads):
        self.connection.send((setting, threads))
        answer = self.connection.recv()
        if answer[0] == "failed":
            raise RuntimeError(f"{self.name} at {setting}: {answer[1]}")
        return answer


class Needle:
    """Needletail, through its command; the search alone is timed, by the command itself."""

    def __init__(self, command, spec, settings, folder):
        self.name, self.settings = f"needletail {spec}", settings
        self.command, self.spec, self.folder = command, spec, folder

    def run(self, *words):
        return subprocess.run(
            [self.command, *words], check=True, capture_output=True, text=True
        ).stdout

    def build(self, arguments, base, queries):
        self.arguments = arguments
        self.index = os.path.join(self.folder, self.spec.replace(":", "-") + ".needle")
        self.version = self.run("--version").strip()
        report = self.run(
            "index", "build", "--vectors", arguments.base, "--metric", "ip", "--json",
            "--backend", self.spec, "--out", self.index, "--threads", str(os.cpu_count()),
        )
        self.build_s = json.loads(report)["build_s"]

    def search(self, setting, threads):
        out = os.path.join(self.folder, "found.npy")
        words = ["--set", setting] if setting else []
        report = self.run(
            "search", "--index", self.index, "--queries", self.arguments.queries, "--json",
            "--k", str(self.arguments.k), "--threads", str(threads), "--out", out,
            "--format", "ivecs", *words,
        )
        return json.loads(report)["search_s"], np.load(out)


def recall(ids, truth, k):
    hits = sum(len(np.intersect1d(a[:k], b[:k])) for a, b in zip(ids, truth))
    return hits / (len(truth) * k)


def front(points):
    """The (recall, qps) pairs that no other pair beats in both, by rising recall."""
    best, kept = 0.0, []
    for point in sorted(points, key=lambda p: (-p[0], -p[1])):
        if point[1] > best:
            best = point[1]
            kept.append(point)
    return kept[::-1]


def at_recall(points, target):
    """Queries per second at `target`; None where the system never gets there."""
    kept = front(points)
    if not kept or kept[-1][0] < target:
        return None
    if kept[0][0] >= target:
        return kept[0][1]
    for (low, fast), (high, slow) in zip(kept, kept[1:]):
        if low <= target <= high:
            share = 0.0 if high == low else (target - low) / (high - low)
            return float(np.exp(np.log(fast) * (1 - share) + np.log(slow) * share))


def processor():
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor()


def measure(all_systems, arguments, truth):
    samples = {}
    for number in range(arguments.rounds):
        turn = number % len(all_systems)
        for system in all_systems[turn:] + all_systems[:turn]:
            for setting in system.settings:
                seconds, ids = system.search(setting, arguments.threads)
                entry = samples.setdefault((system.name, setting), {"qps": []})
                entry["qps"].append(len(truth) / seconds)
                entry.setdefault("recall", recall(ids, truth, arguments.k))
        print(f"round {number + 1} of {arguments.rounds} done", file=sys.stderr, flush=True)
    return samples


def records(all_systems, samples, arguments, count, dimension, query_count):
    common = dict(
        dataset=arguments.name, count=count, dimension=dimension, queries=query_count,
        metric="ip", k=arguments.k, threads=arguments.threads, rounds=arguments.rounds,
        cpu=processor(), cores=os.cpu_count(),
        date=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
    )
    for system in all_systems:
        for setting in system.settings:
            entry = samples[(system.name, setting)]
            yield dict(
                system=system.name, version=system.version, set=str(setting),
                recall_at_k=round(entry["recall"], 5),
                qps_median=round(statistics.median(entry["qps"]), 1),
                qps_best=round(max(entry["qps"]), 1),
                build_s=round(system.build_s, 2), **common,
            )


def print_ratios(all_systems, samples):
    print(f"\n{'system':44s} {'build s':>8s}" + "".join(f" {t:>11.2f}" for t in TARGETS))
    table = {}
    for system in all_systems:
        points = [
            (samples[(system.name, s)]["recall"], statistics.median(samples[(system.name, s)]["qps"]))
            for s in system.settings
        ]
        table[system.name] = [at_recall(points, target) for target in TARGETS]
        cells = "".join(f" {q:11,.0f}" if q else f" {'-':>11s}" for q in table[system.name])
        print(f"{system.name:44s} {system.build_s:8.1f}{cells}")
    for ours in [s for s in all_systems if isinstance(s, Needle)]:
        for peer in [s for s in all_systems if not isinstance(s, Needle)]:
            cells = ""
            for mine, theirs in zip(table[ours.name], table[peer.name]):
                cells += f" {mine / theirs:10.2f}x" if mine and theirs else f" {'-':>11s}"
            build = f"{peer.build_s / max(ours.build_s, 1e-9):7.2f}x"
            print(f"{ours.name + ' / ' + peer.name:44s} {build}{cells}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--base", required=True, help="f32 .npy [n, d]")
    parser.add_argument("--queries", required=True, help="f32 .npy [m, d]")
    parser.add_argument("--name", required=True, help="the data set's name in the records")
    parser.add_argument("--out", required=True, help="JSON lines, appended to")
    parser.add_argument("--needle", required=True, help="the needle command")
    parser.add_argument("--kind", choices=["flat", "hnsw"], required=True)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()

    base, queries = np.load(arguments.base), np.load(arguments.queries)
    with tempfile.TemporaryDirectory() as folder:
        truth_file = os.path.join(folder, "truth.npy")
        subprocess.run(
            [arguments.needle, "ground-truth", "--vectors", arguments.base, "--metric", "ip",
             "--queries", arguments.queries, "--k", str(arguments.k), "--out", truth_file],
            check=True, capture_output=True,
        )
        truth = np.load(truth_file)
        all_systems = [
            Needle(arguments.needle, spec, settings, folder)
            for spec, settings in systems.OURS[arguments.kind]
        ] + [Served(*peer) for peer in systems.PEERS[arguments.kind]]
        for system in all_systems:
            system.build(arguments, base, queries)
            print(f"{system.name}: built in {system.build_s:.1f} s", file=sys.stderr, flush=True)
        samples = measure(all_systems, arguments, truth)
        print_ratios(all_systems, samples)
        with open(arguments.out, "a") as out:
            for record in records(all_systems, samples, arguments, *base.shape, len(queries)):
                out.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
