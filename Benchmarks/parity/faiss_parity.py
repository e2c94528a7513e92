#!/usr/bin/env python3
"""Compare the recall of faiss-ivfpq and faiss-hnsw with that of faiss's own Python package.

Run by hand, with numpy and faiss-cpu (1.15.1 was used) installed:

    needle bench --vectors base.npy --queries queries.npy --metric ip --out out \\
        --backend faiss-ivfpq:nlist=256,m=25 --backend faiss-hnsw:M=16
    python3 Benchmarks/parity/faiss_parity.py --base base.npy --queries queries.npy \\
        --records out/results.jsonl

Every record of the two backends is repeated with the same vectors, metric, construction and search
parameters and seed. One JSON line per record goes to standard output; the exit status is 1 where a
recall differs by more than the tolerance.
"""
import argparse
import json
import sys

import faiss
import numpy as np


def parse(text):
    """Read "name=value,name=value" as whole numbers."""
    return {name: int(value) for name, value in (part.split("=") for part in text.split(",") if part)}


def load(path, metric):
    vectors = np.load(path).astype(np.float32)
    if metric == "cosine":
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors)


def faiss_metric(metric):
    return faiss.METRIC_L2 if metric == "l2" else faiss.METRIC_INNER_PRODUCT


def build_ivfpq(base, metric, parameters, seed):
    dimension = base.shape[1]
    quantizer = faiss.IndexFlat(dimension, metric)
    index = faiss.IndexIVFPQ(
        quantizer, dimension, parameters["nlist"], parameters["m"], parameters["nbits"], metric
    )
    index.by_residual = bool(parameters["by_residual"])
    for clustering in (index.cp, index.pq.cp):
        clustering.seed = seed & 0x7FFFFFFF
        clustering.nredo = parameters["nredo"]
        clustering.max_points_per_centroid = parameters["max_points_per_centroid"]
        clustering.min_points_per_centroid = 1
    index.cp.niter = parameters["niter"]
    index.pq.cp.niter = parameters["pq_niter"]
    index.train(base)
    index.add(base)
    # The quantizer must outlive the index.
    return index, quantizer


def build_hnsw(base, metric, parameters, seed):
    index = faiss.IndexHNSWFlat(base.shape[1], parameters["M"], metric)
    index.hnsw.efConstruction = parameters["efConstruction"]
    index.hnsw.rng = faiss.RandomGenerator(seed & 0x7FFFFFFF)
    index.add(base)
    return index, None


def search_parameters(backend, parameters, k):
    if backend == "faiss-ivfpq":
        return faiss.SearchParametersIVF(
            nprobe=parameters["nprobe"], max_codes=parameters.get("max_codes", 0)
        )
    return faiss.SearchParametersHNSW(efSearch=max(parameters["efSearch"], k))


BUILDERS = {"faiss-ivfpq": build_ivfpq, "faiss-hnsw": build_hnsw}


def recall(found, truth):
    hits = sum(len(np.intersect1d(a, b)) for a, b in zip(found, truth))
    return hits / truth.size


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--base", required=True, help="the indexed vectors, npy")
    arguments.add_argument("--queries", required=True, help="the queries, npy")
    arguments.add_argument("--records", required=True, help="results.jsonl of needle bench")
    arguments.add_argument("--tolerance", type=float, default=0.01)
    options = arguments.parse_args()

    with open(options.records, encoding="utf-8") as file:
        records = [json.loads(line) for line in file if line.strip()]
    records = [record for record in records if record["backend"] in BUILDERS]
    if not records:
        sys.exit(f"{options.records}: no record of {' or '.join(BUILDERS)}; run needle bench first")

    sets, truths, indexes = {}, {}, {}
    worst = 0.0
    for record in records:
        metric, k, seed = record["metric"], record["k"], record["seed"]
        if metric not in sets:
            sets[metric] = load(options.base, metric), load(options.queries, metric)
        base, queries = sets[metric]
        if record["count"] != len(base):
            sys.exit(f"{options.base}: {len(base)} vectors, but the records are of {record['count']}")
        if (metric, k) not in truths:
            flat = faiss.IndexFlat(base.shape[1], faiss_metric(metric))
            flat.add(base)
            truths[metric, k] = flat.search(queries, k)[1]
        backend, _, text = record["spec"].partition(":")
        key = record["spec"], metric, seed
        if key not in indexes:
            indexes[key] = BUILDERS[backend](base, faiss_metric(metric), parse(text), seed)
        index, _ = indexes[key]
        parameters = search_parameters(backend, parse(record["set"]), k)
        measured = recall(index.search(queries, k, params=parameters)[1], truths[metric, k])
        difference = record["recall_at_k"] - measured
        worst = max(worst, abs(difference))
        line = {
            "spec": record["spec"],
            "set": record["set"],
            "metric": metric,
            "k": k,
            "needle_recall": record["recall_at_k"],
            "faiss_recall": round(measured, 5),
            "difference": round(difference, 5),
            "faiss_version": faiss.__version__,
        }
        print(json.dumps(line), flush=True)
    if worst > options.tolerance:
        sys.exit(f"the recall differs by {worst:.4f}, more than {options.tolerance}")


if __name__ == "__main__":
    main()
