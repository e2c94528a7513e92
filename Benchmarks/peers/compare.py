"""Needletail beside other libraries: same vectors, same machine, same minutes.

Every system is built once, on `--build-threads` cores, the libraries in processes of their own
that stay alive. Then come the rounds: in each, for each batch size, every system answers the
queries on `--threads` threads with every search setting, in an order that rotates, so that a noisy
minute hits all of them. A setting counts with the median over the rounds; the best is recorded
beside it. Systems are compared at equal recall@k: queries per second are interpolated
(logarithmically) on each system's Pareto front. Lost comparisons are printed like won ones.

`--batch 1,16` makes calls of one query and of 16; without it all queries go into one call. For a
Python library a loop over its calls is timed, so that small batches include what Python costs a
call: the records hold the time of a call without queries where a library allows one. Needletail
times its calls itself, in a new process for each setting. Every system answers one call, and at
least 1,000 queries, untimed before each setting.

    Benchmarks/peers/run --kind ivf --base base.npy --queries queries.npy --name glove \\
      --batch 1,16,100,1000,5000 --queries-limit 2000 --out records.jsonl
"""

import argparse
import datetime
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile

import numpy as np

import ratios
import systems
from runners import Needle, PeerFailed, Served


def say(text):
    print(text, file=sys.stderr, flush=True)


def recall(ids, truth, k):
    hits = sum(len(np.intersect1d(a[:k], b[:k])) for a, b in zip(ids, truth))
    return hits / (len(truth) * k)


def query_count(system, batch, total, limit):
    """How many queries a system gets: small batches may get fewer, and a slow system does."""
    count = min(total, limit) if limit and batch <= limit else total
    return min(count, system.most_queries or count)


def measure(running, arguments, truth):
    """What each system did: {(system, setting, batch): {count, recall, qps of each round}}."""
    samples = {}
    turn = 0
    for number in range(arguments.rounds):
        for batch in arguments.batch:
            if not running:
                return samples
            shift = turn % len(running)
            turn += 1
            for system in running[shift:] + running[:shift]:
                try:
                    sample(system, batch, arguments, truth, samples)
                except PeerFailed as error:
                    say(f"{system.name}: left out from here on, {error}")
                    running.remove(system)
            say(f"round {number + 1} of {arguments.rounds}, queries per call: {batch:,}: done")
    return samples


def sample(system, batch, arguments, truth, samples):
    count = query_count(system, batch, len(truth), arguments.queries_limit)
    for setting in system.settings:
        seconds, ids = system.search(setting, arguments.threads, batch, count)
        key = (system, setting, batch)
        if key not in samples:
            found = recall(ids, truth[:count], arguments.k)
            samples[key] = dict(count=count, recall=found, qps=[])
        samples[key]["qps"].append(count / seconds)


def processor():
    with open("/proc/cpuinfo") as lines:
        for line in lines:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor()


def records(all_systems, samples, arguments, count, dimension):
    """A line per batch size, system and setting."""
    common = dict(
        dataset=arguments.name, count=count, dimension=dimension,
        metric="ip", k=arguments.k, threads=arguments.threads,
        build_threads=arguments.build_threads,
        cpu=processor(), cores=os.cpu_count(),
        date=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
    )
    places = itertools.product(arguments.batch, all_systems)
    keys = [(system, setting, batch) for batch, system in places for setting in system.settings]
    for key in filter(samples.__contains__, keys):
        (system, setting, batch), entry = key, samples[key]
        empty = system.empty_call_s
        yield dict(
            system=system.name, version=system.version, set=str(setting), batch=batch,
            recall_at_k=round(entry["recall"], 5),
            qps_median=round(statistics.median(entry["qps"]), 1),
            qps_best=round(max(entry["qps"]), 1),
            build_s=round(system.build_s, 2), queries=entry["count"],
            rounds=len(entry["qps"]), timed=system.timed,
            empty_call_us=None if empty is None else round(empty * 1e6, 2), **common,
        )


def parts(text, separator):
    return [part for part in text.split(separator) if part]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--base", required=True, help="f32 .npy [n, d]")
    parser.add_argument("--queries", required=True, help="f32 .npy [m, d]")
    parser.add_argument("--name", required=True, help="the data set's name in the records")
    parser.add_argument("--out", required=True, help="JSON lines, appended to")
    parser.add_argument("--needle", required=True, help="the needle command")
    parser.add_argument("--kind", choices=systems.KINDS, required=True)
    parser.add_argument("--ours", help="Needletail's specs instead of the kind's: spec;spec")
    parser.add_argument("--peers", help=f"others than the kind's: {','.join(systems.PEERS)}")
    parser.add_argument("--batch", help="queries per call: 1,16,100 (default: all in one call)")
    parser.add_argument(
        "--queries-limit", type=int, metavar="N",
        help="batches of up to N queries get the first N queries, larger ones all",
    )
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1, help="threads of a search")
    parser.add_argument("--build-threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    ours, peers = systems.KINDS[arguments.kind]
    arguments.ours = ours if arguments.ours is None else parts(arguments.ours, ";")
    arguments.peers = peers if arguments.peers is None else parts(arguments.peers, ",")
    for name in arguments.peers:
        if name not in systems.PEERS:
            parser.error(f"there is no peer '{name}'; there are {', '.join(systems.PEERS)}")
    return arguments


def true_neighbors(arguments, folder):
    out = os.path.join(folder, "truth.npy")
    subprocess.run(
        [arguments.needle, "ground-truth", "--vectors", arguments.base, "--metric", "ip",
         "--queries", arguments.queries, "--k", str(arguments.k), "--out", out],
        check=True, stdout=subprocess.DEVNULL,
    )
    return np.load(out)


def start(all_systems, arguments, base, queries):
    """Builds one system after another, and leaves out the peers that cannot be built."""
    running = []
    for system in all_systems:
        try:
            system.build(arguments, base, queries)
        except PeerFailed as error:
            say(f"{system.name}: left out, {error}")
            continue
        say(f"{system.name}: built in {system.build_s:.1f} s")
        running.append(system)
    return running


def main():
    arguments = parse()
    base, queries = np.load(arguments.base), np.load(arguments.queries)
    sizes = [int(size) for size in (arguments.batch or str(len(queries))).split(",")]
    arguments.batch = sorted({min(size, len(queries)) for size in sizes})
    with tempfile.TemporaryDirectory() as folder:
        truth = true_neighbors(arguments, folder)
        ours = [Needle(arguments.needle, s, systems.settings(s), folder) for s in arguments.ours]
        peers = [Served(systems.PEERS[name]) for name in arguments.peers]
        running = start(ours + peers, arguments, base, queries)
        samples = measure(list(running), arguments, truth)
        for system in running:
            system.close()
    rows = list(records(running, samples, arguments, *base.shape))
    with open(arguments.out, "a") as out:
        for row in rows:
            out.write(json.dumps(row) + "\n")
    ratios.show(rows)


if __name__ == "__main__":
    main()
