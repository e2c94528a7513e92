"""The systems that compare.py measures: how each is built, set and asked.

A class here is one library. It imports the library when it is made, so that the build is timed
without that; `prepare` sets what the next searches use, and `search` is one call, nothing else.
"""

import dataclasses
from importlib.metadata import version


class FaissFlat:
    def __init__(self):
        import faiss

        self.faiss = faiss

    def build(self, base, threads):
        self.faiss.omp_set_num_threads(threads)
        self.index = self.faiss.IndexFlatIP(base.shape[1])
        self.index.add(base)

    def version(self):
        return self.faiss.__version__

    def prepare(self, setting, threads):
        self.faiss.omp_set_num_threads(threads)

    def search(self, queries, k):
        return self.index.search(queries, k)[1]


class FaissHNSW(FaissFlat):
    def build(self, base, threads):
        self.faiss.omp_set_num_threads(threads)
        metric = self.faiss.METRIC_INNER_PRODUCT
        self.index = self.faiss.IndexHNSWFlat(base.shape[1], 16, metric)
        self.index.hnsw.efConstruction = 200
        self.index.add(base)

    def prepare(self, setting, threads):
        self.faiss.omp_set_num_threads(threads)
        self.index.hnsw.efSearch = setting


class HNSWLib:
    def __init__(self):
        import hnswlib

        self.library = hnswlib

    def build(self, base, threads):
        self.index = self.library.Index("ip", base.shape[1])
        self.index.init_index(len(base), M=16, ef_construction=200, random_seed=42)
        self.index.add_items(base, num_threads=threads)

    def version(self):
        return version("hnswlib")

    def prepare(self, setting, threads):
        self.threads = threads
        self.index.set_ef(setting)

    def search(self, queries, k):
        return self.index.knn_query(queries, k, num_threads=self.threads)[0]


# What is swept. Each list reaches beyond a recall@10 of 0.99 on the sets of the README.
EF = [16, 24, 32, 48, 64, 96, 128, 192, 256, 384]
# Search settings of Needletail's backends; one that is not listed runs with its defaults.
SETTINGS = {
    "hnsw": [f"efSearch={ef}" for ef in EF],
}


def settings(spec):
    """The search settings of a spec such as "hnsw:M=16"."""
    return SETTINGS.get(spec.split(":")[0], [""])


@dataclasses.dataclass
class Peer:
    name: str
    settings: list
    make: type
    environment: dict = dataclasses.field(default_factory=dict)
    most_queries: int | None = None


# faiss's exact search depends on the kernels that OpenBLAS picks, so it can run with several of
# its settings, and the fastest is the one to beat.
PEERS = {
    "faiss-flat": Peer("faiss IndexFlatIP", [""], FaissFlat),
    "faiss-flat-skylakex": Peer(
        "faiss IndexFlatIP CORETYPE=SkylakeX", [""], FaissFlat, {"OPENBLAS_CORETYPE": "SkylakeX"}
    ),
    "faiss-flat-haswell": Peer(
        "faiss IndexFlatIP CORETYPE=Haswell", [""], FaissFlat, {"OPENBLAS_CORETYPE": "Haswell"}
    ),
    "faiss-hnsw": Peer("faiss HNSW16 efC=200", EF, FaissHNSW),
    "hnswlib": Peer("hnswlib M=16 efC=200", EF, HNSWLib),
}

EXACT_PEERS = ["faiss-flat", "faiss-flat-skylakex", "faiss-flat-haswell"]

# What is measured by default: Needletail's specs, and the peers beside them.
KINDS = {
    "flat": (["flat"], EXACT_PEERS),
    "hnsw": (["hnsw:M=16,efConstruction=200"], ["hnswlib", "faiss-hnsw"]),
}
