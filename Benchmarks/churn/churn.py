"""What deletions and additions do to an index that changes.

In each round a share of the vectors (30 %) is deleted by chance and added again in random order. Measured are
recall@10 against exact search among the vectors that are there, and queries per second of batches: after the
deletion, after the addition, and at last after a compaction, beside an index that is built anew over the same
vectors in the order that they then have. No search may find what is deleted. Everything goes through the command,
with ids from files, at one search setting.

Writes a JSON line for each state.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile

import numpy as np

K = 10
DEPTH = 100


def cpu():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


class Living:
    """The index, its vectors, and the searches in it."""

    def __init__(self, options, folder):
        self.options, self.folder = options, pathlib.Path(folder)
        self.base = np.load(options.base)
        self.queries = len(np.load(options.queries, mmap_mode="r"))
        self.index = str(self.folder / "living")
        self.truth = self.found(self.needle_search(options.base, "--vectors", "--metric", options.metric, k=DEPTH))

    def needle(self, *arguments):
        done = subprocess.run([self.options.needle, *arguments, "--json"], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"needle {' '.join(arguments)}: {done.stderr}")
        return json.loads(done.stdout)

    def needle_search(self, path, kind, *more, k=K):
        self.out = str(self.folder / "found.ivecs")
        return self.needle(
            "search", kind, path, "--queries", self.options.queries, "--k", str(k), "--out", self.out,
            "--threads", str(self.options.threads), *more)

    def found(self, _report):
        return np.fromfile(self.out, dtype="<i4").reshape(self.queries, -1)[:, 1:]

    def add(self, rows):
        vectors, ids = self.folder / "rows.npy", self.folder / "rows.ids"
        np.save(vectors, self.base[rows])
        np.savetxt(ids, rows, fmt="%d")
        new = [] if os.path.exists(self.index) else [
            "--backend", self.options.backend, "--metric", self.options.metric]
        self.needle("index", "add", self.index, "--vectors", str(vectors), "--ids", str(ids),
                    "--threads", str(self.options.threads), *new)

    def delete(self, rows):
        ids = self.folder / "rows.ids"
        np.savetxt(ids, rows, fmt="%d")
        self.needle("index", "delete", self.index, "--ids", str(ids))

    def measure(self, state, there, path=None):
        """Recall among the vectors that are there, and the rate, best of three."""
        settings = ["--set", self.options.set] if self.options.set else []
        reports = [self.needle_search(path or self.index, "--index", *settings) for _ in range(3)]
        found = self.found(reports[-1])
        if not there[found].all():
            sys.exit(f"{state}: a deleted vector was found")
        hits = whole = 0
        for row, true in zip(found, self.truth):
            true = true[there[true]][:K]
            hits += len(set(row) & set(true))
            whole += len(true)
        segments = len(json.load(open(f"{self.index}/manifest.json"))["segments"])
        return {"state": state, "recall": hits / whole, "queries_per_s": self.queries / min(r["search_s"] for r in reports),
                "count": int(there.sum()), "segments": 1 if path else segments}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--needle", required=True)
    parser.add_argument("--base", required=True, help="vectors, .npy of float32")
    parser.add_argument("--queries", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--backend", default="hnsw")
    parser.add_argument("--metric", default="ip")
    parser.add_argument("--set", help="search parameters")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--share", type=float, default=0.3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    generator = np.random.default_rng(options.seed)
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                            cwd=os.path.dirname(__file__)).stdout.strip()
    with tempfile.TemporaryDirectory() as folder, open(options.out, "a") as out:
        living = Living(options, folder)

        def write(state, there, number, path=None):
            line = {"date": datetime.date.today().isoformat(), "dataset": options.name,
                    "dimension": living.base.shape[1], "queries": living.queries, "k": K,
                    "backend": options.backend, "set": options.set, "threads": options.threads, "round": number,
                    **living.measure(state, there, path), "share": options.share, "cpu": cpu(), "commit": commit}
            out.write(json.dumps(line) + "\n")
            out.flush()
            print(f"round {number:2} {state:10} recall {line['recall']:.4f} "
                  f"{line['queries_per_s']:10.0f} queries/s, {line['segments']} segments", flush=True)

        there = np.ones(len(living.base), bool)
        order = np.arange(len(living.base))
        living.add(order)
        write("fresh", there, 0)
        for number in range(1, options.rounds + 1):
            gone = generator.choice(len(living.base), round(options.share * len(living.base)), replace=False)
            there[gone] = False
            living.delete(gone)
            write("deleted", there, number)
            living.add(gone)
            there[gone] = True
            write("added", there, number)
            order = np.concatenate([order[~np.isin(order, gone)], gone])
        living.needle("index", "compact", living.index, "--threads", str(options.threads))
        write("compacted", there, options.rounds)
        np.save(living.folder / "order.npy", living.base[order])
        np.savetxt(living.folder / "order.ids", order, fmt="%d")
        anew = str(living.folder / "anew.needle")
        living.needle("index", "build", "--vectors", str(living.folder / "order.npy"), "--ids",
                      str(living.folder / "order.ids"), "--metric", options.metric, "--backend", options.backend,
                      "--out", anew, "--threads", str(options.threads))
        write("anew", there, options.rounds, anew)


if __name__ == "__main__":
    main()
