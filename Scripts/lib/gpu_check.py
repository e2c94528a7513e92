"""The checks of Scripts/gpu-check, run where the GPU is. Prints what it does; a failed check ends it with code 1
after the others have run. Records go to OUT/gpu.jsonl, one line each."""

import argparse
import filecmp
import json
import os
import subprocess
import sys
import time

import numpy
import torch

BLOCK = 65536


class Checks:
    """Runs needle, writes records, counts failures."""

    def __init__(self, options):
        self.options = options
        self.failed = []
        self.records = open(os.path.join(options.out, "gpu.jsonl"), "w")
        cuda = torch.cuda.is_available()
        self.common = {
            "commit": options.commit,
            "date": time.strftime("%Y-%m-%d"),
            "device": torch.cuda.get_device_name(0) if cuda else "cpu",
            "torch": torch.__version__,
            "threads": options.threads,
        }

    def path(self, name):
        return os.path.join(self.options.out, name)

    def needle(self, *arguments):
        """Runs a command of needle; its JSON report where it gives one."""
        # Before what is there already, which may be CUDA's.
        folders = [os.environ.get(name, "") for name in ("NEEDLETAIL_LIB", "LD_LIBRARY_PATH")]
        environment = dict(os.environ, LD_LIBRARY_PATH=":".join(filter(None, folders)))
        words = [str(word) for word in arguments]
        print("+ needle", " ".join(words), flush=True)
        done = subprocess.run(
            [self.options.needle, *words], capture_output=True, text=True, env=environment
        )
        sys.stderr.write(done.stderr)
        if done.returncode != 0:
            raise RuntimeError(f"needle {words[0]} ended with {done.returncode}: {done.stderr}")
        return json.loads(done.stdout) if "--json" in words else None

    def record(self, what, **figures):
        line = {"what": what, **figures, **self.common}
        self.records.write(json.dumps(line) + "\n")
        self.records.flush()
        print("  ", what, json.dumps(figures), flush=True)

    def expect(self, holds, what):
        print("   ok:" if holds else "   FAILED:", what, flush=True)
        if not holds:
            self.failed.append(what)

    def section(self, name, body):
        """Runs one part; what it throws fails it, and the next ones run."""
        print(f"\n==> {name}", flush=True)
        try:
            body()
        except Exception as error:
            self.expect(False, f"{name}: {error}")


def make_vectors(checks):
    """Unit vectors around 1,000 centers, and queries around the same."""
    options = checks.options
    random = numpy.random.default_rng(1)
    centers = random.standard_normal((1000, options.dimension), dtype=numpy.float32)
    for name, count in (("base.npy", options.count), ("queries.npy", options.queries)):
        rows = numpy.lib.format.open_memmap(
            checks.path(name), "w+", numpy.float32, (count, options.dimension)
        )
        for start in range(0, count, BLOCK):
            size = min(BLOCK, count - start)
            block = centers[random.integers(0, 1000, size)]
            block = block + random.standard_normal(block.shape, dtype=numpy.float32)
            rows[start : start + size] = block / numpy.linalg.norm(block, axis=1, keepdims=True)
        rows.flush()


def same_answers(checks):
    """The device's answers are those of the host, bit for bit, also where rows come in parts."""
    options = checks.options
    few = checks.path("few.npy")
    numpy.save(few, numpy.load(checks.path("queries.npy"), mmap_mode="r")[:512])
    for metric in ("ip", "cosine", "l2"):
        for k in (10, 100):
            for name, more in (
                ("host", ["--device", "cpu"]),
                ("device", ["--device", options.device]),
                ("parts", ["--device", options.device, "--gpu-memory", "512M"]),
            ):
                if name == "parts" and options.device == "cpu":
                    continue
                checks.needle(
                    "ground-truth", "--vectors", checks.path("base.npy"), "--queries", few, "--k", k,
                    "--metric", metric, "--threads", options.threads, "--out",
                    checks.path(f"{name}.ivecs"), "--distances", checks.path(f"{name}.fvecs"), *more,
                )
                same = all(
                    filecmp.cmp(checks.path(f"host.{kind}"), checks.path(f"{name}.{kind}"), False)
                    for kind in ("ivecs", "fvecs")
                )
                checks.expect(same, f"{metric}, k {k}: the answers of {name} are those of the host")


def timed(body, synchronize, rounds=5):
    """The median of some rounds after one that does not count, in seconds."""
    seconds = []
    for _ in range(rounds + 1):
        synchronize()
        start = time.perf_counter()
        body()
        synchronize()
        seconds.append(time.perf_counter() - start)
    return sorted(seconds[1:])[rounds // 2]


def exact_search(checks):
    """Queries a second of needle, of PyTorch's product and top-k, and of cuVS."""
    options = checks.options
    report = checks.needle(
        "search", "--vectors", checks.path("base.npy"), "--queries", checks.path("queries.npy"),
        "--k", 10, "--batch", options.queries, "--warm-up", options.queries, "--device",
        options.device, "--threads", options.threads, "--out", checks.path("found.ivecs"), "--json",
    )
    rate = report["queries"] / report["search_s"]
    counts = {name: report[name] for name in report if name.endswith("_queries")}
    checks.record("needle search, exact", queries_per_s=rate, **counts)

    device = torch.device(options.device)
    synchronize = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    base = torch.from_numpy(numpy.load(checks.path("base.npy"))).to(device)
    queries = torch.from_numpy(numpy.load(checks.path("queries.npy"))).to(device)
    kinds = ["float32", "bfloat16"] + (["float16"] if device.type == "cuda" else [])
    for kind in kinds:
        dtype = getattr(torch, kind)
        rows, asked = base.to(dtype), queries.to(dtype)

        def products(select):
            for start in range(0, asked.shape[0], 1024):
                scores = asked[start : start + 1024] @ rows.T
                if select:
                    scores.topk(10)

        for select in (False, True):
            seconds = timed(lambda: products(select), synchronize)
            name = "product and top-k" if select else "product"
            figure = asked.shape[0] / seconds
            checks.record(f"PyTorch {kind}, {name}", queries_per_s=figure)
            if select and kind == "float32":
                checks.expect(rate >= figure, "needle is no slower than PyTorch in float32")
        del rows, asked
    try:
        from cuvs.neighbors import brute_force
    except ImportError:
        print("   cuVS is not installed: pip install cuvs-cu13", flush=True)
        return
    index = brute_force.build(base, metric="inner_product")
    seconds = timed(lambda: brute_force.search(index, queries, 10), synchronize)
    checks.record("cuVS brute force", queries_per_s=queries.shape[0] / seconds)


def cuvs_indexes(checks):
    """The backends of cuVS through needle: seconds, recall and rates."""
    options = checks.options
    try:
        import libcuvs
    except ImportError:
        print("   libcuvs is not installed: pip install libcuvs-cu13", flush=True)
        return
    folder = os.path.dirname(libcuvs.__file__)
    os.environ["NEEDLETAIL_CUVS"] = os.path.join(folder, "lib64", "libcuvs_c.so")
    truth = rows_of(checks.path("found.ivecs"))
    for backend, settings in (
        ("cuvs-flat", [""]),
        ("cuvs-cagra", ["itopk_size=32", "itopk_size=64", "itopk_size=128"]),
        ("cuvs-ivfpq", ["n_probes=20", "n_probes=100"]),
    ):
        index = checks.path(f"{backend}.needle")
        built = checks.needle(
            "index", "build", "--vectors", checks.path("base.npy"), "--metric", "ip",
            "--backend", backend,
            "--threads", options.threads, "--out", index, "--json",
        )
        for setting in settings:
            report = checks.needle(
                "search", "--index", index, "--queries", checks.path("queries.npy"), "--k", 10,
                "--batch", options.queries, "--warm-up", options.queries, "--threads",
                options.threads, "--out", checks.path("cuvs.ivecs"), "--json",
                *(["--set", setting] if setting else []),
            )
            found = rows_of(checks.path("cuvs.ivecs"))
            shared = sum(len(set(a) & set(b)) for a, b in zip(found, truth))
            recall = shared / truth.size
            checks.record(
                f"needle {backend}", setting=setting, build_s=built["build_s"], recall=recall,
                queries_per_s=report["queries"] / report["search_s"],
            )
            if backend == "cuvs-flat":
                checks.expect(recall > 0.9999, "cuvs-flat finds what flat does")
        if backend == "cuvs-cagra":
            converted(checks, index, built["build_s"])
        os.remove(index)


def recall_of(checks, index, *more):
    """Searches an index; its report, and the share of the true neighbors that it found."""
    out = checks.path("approximate.ivecs")
    report = checks.needle(
        "search", "--index", index, "--queries", checks.path("queries.npy"), "--k", 10, "--threads",
        checks.options.threads, "--out", out, "--json", *more,
    )
    truth = rows_of(checks.path("found.ivecs"))
    hits = sum(len(numpy.intersect1d(a, b)) for a, b in zip(rows_of(out), truth))
    return report, hits / truth.size


def converted(checks, cagra, graph_seconds):
    """The graph of cuVS made one of hnsw: seconds, and recall as `building` has it."""
    index = checks.path("converted.needle")
    report = checks.needle(
        "index", "convert", cagra, "--threads", checks.options.threads, "--out", index, "--json",
    )
    _, recall = recall_of(checks, index, "--set", "efSearch=64")
    checks.record(
        "hnsw converted from cuvs-cagra", graph_s=graph_seconds, convert_s=report["build_s"],
        phases=report["phases"], recall=recall, efSearch=64,
    )
    os.remove(index)


def faiss_indexes(checks):
    """Indexes of faiss on the GPU, where needle was built over a faiss with GPUs."""
    options = checks.options
    if options.device == "cpu":
        return
    for backend, setting in (("faiss-flat", []), ("faiss-ivfpq", ["--set", "nprobe=64"])):
        index = checks.path(f"{backend}.needle")
        build = [
            "index", "build", "--vectors", checks.path("base.npy"), "--metric", "ip", "--backend",
            backend, "--threads", options.threads, "--out", index, "--json",
        ]
        seconds = {"cpu": checks.needle(*build)["build_s"]}
        _, least = recall_of(checks, index, *setting)
        device = ["--index-device", options.device]
        try:
            recall_of(checks, index, *setting, *device)
        except RuntimeError as error:
            if "FaissGPU" not in str(error):
                raise
            print("   this needle was built over a faiss without GPUs", flush=True)
            return
        for more in ([], ["--gpu-float16"]):
            report, recall = recall_of(
                checks, index, *setting, *device, *more, "--batch", options.queries, "--warm-up",
                options.queries,
            )
            checks.record(
                f"needle {backend} on the GPU", half=bool(more), recall=recall,
                queries_per_s=report["queries"] / report["search_s"],
            )
            if not more:
                checks.expect(recall >= least - 0.002, f"{backend}: recall no less than on the host")
        if backend == "faiss-ivfpq":
            seconds[options.device] = checks.needle(*build, "--device", options.device)["build_s"]
            _, recall = recall_of(checks, index, *setting)
            checks.record("faiss-ivfpq built", seconds=seconds, recall=recall, recall_of_host=least)
            checks.expect(recall >= least - 0.01, "faiss-ivfpq built on the GPU is as good")
        os.remove(index)


def rows_of(path):
    """The rows of an .ivecs file."""
    values = numpy.fromfile(path, dtype=numpy.int32)
    return values.reshape(-1, values[0] + 1)[:, 1:]


def building(checks):
    """hnsw with neighbors of the device: seconds, and recall beside that of the usual build."""
    options = checks.options
    recalls = {}
    for name in dict.fromkeys(["cpu", options.device]):
        index = checks.path(f"hnsw-{name.replace(':', '')}.needle")
        build = [
            "index", "build", "--vectors", checks.path("base.npy"), "--metric", "ip", "--backend",
            "hnsw", "--threads", options.threads, "--json", "--device", name, "--out",
        ]
        report = checks.needle(*build, index)
        _, recalls[name] = recall_of(checks, index, "--set", "efSearch=64")
        checks.record(
            f"hnsw built with --device {name}", seconds=report["build_s"], phases=report["phases"],
            recall=recalls[name], efSearch=64,
        )
        if name != "cpu":
            checks.needle(*build, index + ".2")
            checks.expect(filecmp.cmp(index, index + ".2", False), "a second build writes the same bytes")
    least = recalls["cpu"] - 0.002
    checks.expect(min(recalls.values()) >= least, f"recall no less than without a GPU: {recalls}")


def encoding(checks):
    """Texts in float32 and half precision: rates, and how near the vectors are."""
    options = checks.options
    vectors = {}
    kinds = ["f32", "f16", "bf16"] if options.device != "cpu" else ["f32"]
    for kind in kinds:
        out = checks.path(f"texts-{kind}")
        start = time.perf_counter()
        checks.needle(
            "encode", "--model", options.model, "--corpus", options.corpus, "--device", options.device,
            "--compute-dtype", kind, "--normalize", "--out", out,
        )
        seconds = time.perf_counter() - start
        parts = sorted(name for name in os.listdir(out) if name.endswith(".npy"))
        vectors[kind] = numpy.concatenate([numpy.load(os.path.join(out, name)) for name in parts])
        near = float((vectors[kind] * vectors["f32"]).sum(1).mean())
        checks.record(f"encode, {kind}", texts_per_s=len(vectors[kind]) / seconds, mean_cosine=near)
        checks.expect(near > 0.999, f"{kind}: vectors are those of float32 (mean cosine {near:.6f})")


def training(checks):
    """Some steps of training on the corpus's own first words, in float32 and half precision."""
    options = checks.options
    lines = [line.rstrip("\n").split("\t") for line in open(options.corpus, encoding="utf-8")][:4096]
    passages = [(line[0], " ".join(line[1:])) for line in lines]
    with open(checks.path("queries.tsv"), "w", encoding="utf-8") as queries, open(
        checks.path("qrels.tsv"), "w", encoding="utf-8"
    ) as qrels, open(checks.path("negatives.tsv"), "w", encoding="utf-8") as negatives:
        for place, (name, text) in enumerate(passages):
            queries.write(f"q{place}\t{' '.join(text.split()[:8])}\n")
            qrels.write(f"q{place}\t0\t{name}\t1\n")
            others = [passages[(place + step) % len(passages)][0] for step in (7, 77, 777)]
            negatives.write(f"q{place}\t{','.join(others)}\n")
    checks.needle(
        "prepare", "train", "--negatives", checks.path("negatives.tsv"), "--qrels",
        checks.path("qrels.tsv"), "--queries", checks.path("queries.tsv"), "--corpus", options.corpus,
        "--tokenizer", options.model, "--truncate", 128, "--out", checks.path("records"),
    )
    half = [["--fp16"], ["--bf16"]] if options.device != "cpu" else []
    for more in [[], *half]:
        name = more[0][2:] if more else "f32"
        report = checks.needle(
            "train", "--model", options.model, "--train", checks.path("records"), "--data",
            checks.path("records"), "--batch-size", 64, "--train-n-passages", 2, "--max-steps", 30,
            "--temperature", 0.05, "--device", options.device, "--out", checks.path(f"trained-{name}"),
            "--json", *more,
        )
        checks.record(f"train, {name}", **{k: v for k, v in report.items() if isinstance(v, (int, float))})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("needle", "out", "commit", "device", "model", "corpus"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("count", "queries", "dimension", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    checks = Checks(parser.parse_args())
    checks.section("Making vectors", lambda: make_vectors(checks))
    checks.section("The same answers as without a GPU", lambda: same_answers(checks))
    checks.section("Exact search", lambda: exact_search(checks))
    checks.section("Indexes of cuVS", lambda: cuvs_indexes(checks))
    checks.section("Indexes of faiss", lambda: faiss_indexes(checks))
    checks.section("Building hnsw", lambda: building(checks))
    if checks.options.model and checks.options.corpus:
        checks.section("Encoding", lambda: encoding(checks))
        checks.section("Training", lambda: training(checks))
    else:
        print("\nMODEL and CORPUS are not set: encoding and training are left out")
    if checks.failed:
        sys.exit("\nfailed:\n  " + "\n  ".join(checks.failed))
    print(f"\nAll passed. Records: {checks.path('gpu.jsonl')}")


if __name__ == "__main__":
    main()
