"""What runs a system: a process of its own for a Python library, the command for Needletail."""

import contextlib
import json
import multiprocessing
import os
import subprocess
import time

import numpy as np


def warm_up(batch):
    """Queries that every system answers untimed before each setting: a call, and at least 1,000."""
    return max(batch, 1_000)


class PeerFailed(Exception):
    """A library could not be built or asked; the others go on without it."""


def restrict(cores):
    """Keeps every thread of this process to `cores`, those that a library has started too."""
    for task in os.listdir("/proc/self/task"):
        with contextlib.suppress(ProcessLookupError):  # It has ended since.
            os.sched_setaffinity(int(task), cores)


def build(system, base, threads):
    """Builds on `threads` cores, also where a library cannot be told a number of threads."""
    cores = sorted(os.sched_getaffinity(0))
    restrict(cores[:threads])
    try:
        started = time.perf_counter()
        system.build(base, min(threads, len(cores)))
        return time.perf_counter() - started
    finally:
        restrict(cores)


def ask(system, queries, k, batch):
    """Seconds and answers of all queries in calls of `batch`; the calls alone are timed."""
    calls = [queries[start : start + batch] for start in range(0, len(queries), batch)]
    answers = []
    started = time.perf_counter()
    for call in calls:
        answers.append(system.search(call, k))
    seconds = time.perf_counter() - started
    ids = np.full((len(queries), k), -1, dtype=np.int64)
    for number, answer in enumerate(answers):
        rows = ids[number * batch : number * batch + len(answer)]
        rows[:, : answer.shape[1]] = answer
    return seconds, ids


def empty_call(system, queries, k):
    """Median seconds of a call with no queries: what Python and the wrapper cost at least.

    None where a library refuses such a call.
    """
    try:
        spent = []
        for _ in range(1_000):
            started = time.perf_counter()
            system.search(queries[:0], k)
            spent.append(time.perf_counter() - started)
        return float(np.median(spent))
    except Exception:
        return None


def serve(connection, make, base, queries, k, build_threads):
    """A library's process: builds, then answers (setting, threads, batch, count)."""
    try:
        system = make()
        connection.send(("built", build(system, base, build_threads), system.version()))
        empty_call_s = ()
        while (order := connection.recv()) is not None:
            setting, threads, batch, count = order
            system.prepare(setting, threads)
            ask(system, queries[:warm_up(batch)], k, batch)
            seconds, ids = ask(system, queries[:count], k, batch)
            if empty_call_s == ():
                empty_call_s = empty_call(system, queries, k)
            connection.send((seconds, ids, empty_call_s))
    except Exception as error:
        connection.send(("failed", repr(error), None))


class Served:
    """A Python library, measured inside a process of its own that stays alive."""

    ours = False
    timed = "a Python loop over the calls"

    def __init__(self, peer):
        self.name, self.settings = peer.name, peer.settings
        self.most_queries, self.peer = peer.most_queries, peer
        self.empty_call_s = None

    def build(self, arguments, base, queries):
        spawn = multiprocessing.get_context("spawn")
        self.connection, there = spawn.Pipe()
        before = dict(os.environ)
        os.environ.update(self.peer.environment)
        self.process = spawn.Process(
            target=serve,
            args=(there, self.peer.make, base, queries, arguments.k, arguments.build_threads),
            daemon=True,
        )
        self.process.start()
        os.environ.clear()
        os.environ.update(before)
        there.close()  # So that the end of the process ends the wait for its answer.
        _, self.build_s, self.version = self.answer()

    def answer(self):
        try:
            answer = self.connection.recv()
        except EOFError:
            self.process.join()
            raise PeerFailed(f"its process ended with {self.process.exitcode}") from None
        if answer[0] == "failed":
            raise PeerFailed(answer[1])
        return answer

    def search(self, setting, threads, batch, count):
        self.connection.send((setting, threads, batch, count))
        seconds, ids, self.empty_call_s = self.answer()
        return seconds, ids

    def close(self):
        self.process.kill()


class Needle:
    """Needletail, through its command; the searches alone are timed, by the command itself."""

    ours = True
    timed = "the calls inside the command"
    most_queries = empty_call_s = None

    def __init__(self, command, spec, settings, folder):
        self.name, self.settings = f"needletail {spec}", settings
        self.command, self.spec, self.folder = command, spec, folder

    def run(self, *words):
        done = subprocess.run([self.command, *words], capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"needle {' '.join(words)}\n{done.stderr}")
        return done.stdout

    def build(self, arguments, base, queries):
        self.k, self.queries = arguments.k, queries
        self.index = os.path.join(self.folder, self.spec.replace(":", "-") + ".needle")
        self.version = self.run("--version").strip()
        report = self.run(
            "index", "build", "--vectors", arguments.base, "--metric", "ip", "--json",
            "--backend", self.spec, "--out", self.index, "--threads", str(arguments.build_threads),
        )
        self.build_s = json.loads(report)["build_s"]

    def query_file(self, count):
        """The first `count` queries; the command answers all that it is given."""
        path = os.path.join(self.folder, f"queries-{count}.npy")
        if not os.path.exists(path):
            np.save(path, self.queries[:count])
        return path

    def search(self, setting, threads, batch, count):
        out = os.path.join(self.folder, "found.npy")
        words = ["--set", setting] if setting else []
        report = self.run(
            "search", "--index", self.index, "--queries", self.query_file(count), "--json",
            "--k", str(self.k), "--threads", str(threads), "--batch", str(batch),
            "--warm-up", str(warm_up(batch)), "--in-memory",
            "--out", out, "--format", "ivecs", *words,
        )
        return json.loads(report)["search_s"], np.load(out)

    def close(self):
        os.remove(self.index)
