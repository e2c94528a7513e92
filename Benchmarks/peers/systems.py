"""The systems that compare.py measures: how each is built, set and asked.

A class here is one library. It imports the library when it is made, so that the build is timed
without that; `prepare` sets what the next searches use, and `search` is one call, nothing else.
Settings are numbers, or words like those of `needle --set`: "leaves=20,reorder=80".
"""

import dataclasses
from importlib.metadata import version


def numbers(setting):
    """The numbers of "leaves=20,reorder=80", in order."""
    return [int(part.split("=")[1]) for part in setting.split(",")]


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


class FaissIVFPQ(FaissFlat):
    """IVF with 4-bit fast-scan codes of the residuals, the best re-ranked with their vectors."""

    def build(self, base, threads):
        self.faiss.omp_set_num_threads(threads)
        count, dimension = base.shape
        # Codes stand for pairs of dimensions; an odd dimension gets a zero beside it. A list
        # needs 39 vectors to be trained, or faiss complains.
        even = dimension + dimension % 2
        pad = f"Pad{even}," if even > dimension else ""
        lists = min(2048, max(1, count // 39))
        factory = f"{pad}IVF{lists},PQ{even // 2}x4fsr,RFlat"
        metric = self.faiss.METRIC_INNER_PRODUCT
        self.index = self.faiss.index_factory(dimension, factory, metric)
        self.index.train(base)
        self.index.add(base)

    def prepare(self, setting, threads):
        self.faiss.omp_set_num_threads(threads)
        space = self.faiss.ParameterSpace()
        nprobe, factor = numbers(setting)
        space.set_index_parameter(self.index, "nprobe", nprobe)
        space.set_index_parameter(self.index, "k_factor_rf", factor)


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


class ScaNN:
    """A tree of 2 sqrt(n) leaves, anisotropic 4-bit codes, the best re-ranked exactly."""

    def __init__(self):
        from scann import scann_ops_pybind

        self.library = scann_ops_pybind

    def build(self, base, threads):
        # It starts a thread for each core that it may use, and takes no number.
        leaves = int(2 * len(base) ** 0.5)
        builder = self.library.builder(base, 10, "dot_product")
        builder = builder.tree(leaves, 100, training_sample_size=250_000)
        builder = builder.score_ah(2, anisotropic_quantization_threshold=0.2)
        self.index = builder.reorder(100).build()

    def version(self):
        return version("scann")

    def prepare(self, setting, threads):
        self.leaves, self.reorder = numbers(setting)
        self.threads = threads
        if threads > 1:
            self.index.set_num_threads(threads)

    def search(self, queries, k):
        # Each of its three calls was the fastest for its case.
        if len(queries) == 1:
            return self.index.search(queries[0], k, self.reorder, self.leaves)[0][None]
        if self.threads == 1:
            return self.index.search_batched(queries, k, self.reorder, self.leaves)[0]
        return self.index.search_batched_parallel(queries, k, self.reorder, self.leaves)[0]


class SymphonyQG:
    """A graph whose nodes hold the neighbours' codes. Refuses dimensions such as 50."""

    def __init__(self):
        import rabitqlib

        self.library = rabitqlib

    def build(self, base, threads):
        self.index = self.library.SymqgIndex(base.shape[1], 32, "ip")
        self.index.build(base, 400, threads)

    def version(self):
        return version("rabitqlib")

    def prepare(self, setting, threads):
        self.ef, self.threads = setting, threads

    def search(self, queries, k):
        return self.index.search(queries, k, self.ef, self.threads)[0]


# What is swept. Each list reaches beyond a recall@10 of 0.99 on the sets of the README.
EF = [16, 24, 32, 48, 64, 96, 128, 192, 256, 384]
MARGINS = ["0.75", "1", "1.2", "1.4", "1.6", "1.8", "2", "2.25", "2.5", "3", "3.5", "4", "4.5", "5", "6"]
NPROBE = [1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]
# Eight times k are re-ranked; more where the codes, not the lists, keep recall below 0.99.
NPROBE_AND_FACTOR = [(n, 8) for n in NPROBE] + [(n, 24) for n in (16, 32, 64, 128, 256)]
LEAVES_AND_REORDER = [
    (5, 50), (8, 55), (10, 60), (15, 70), (20, 80), (25, 90), (30, 100), (40, 110), (50, 120),
    (65, 135), (80, 150), (100, 175), (120, 200), (150, 225), (180, 250), (260, 300), (400, 400),
]

# Search settings of Needletail's backends; one that is not listed runs with its defaults.
SETTINGS = {
    "hnsw": [f"efSearch={ef}" for ef in EF],
    "ivf": [f"margin={margin}" for margin in MARGINS],
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
# its settings, and the fastest is the one to beat. As a mark beside the approximate systems, 1,000
# queries are enough of it.
PEERS = {
    "faiss-flat": Peer("faiss IndexFlatIP", [""], FaissFlat),
    "faiss-flat-skylakex": Peer(
        "faiss IndexFlatIP CORETYPE=SkylakeX", [""], FaissFlat, {"OPENBLAS_CORETYPE": "SkylakeX"}
    ),
    "faiss-flat-haswell": Peer(
        "faiss IndexFlatIP CORETYPE=Haswell", [""], FaissFlat, {"OPENBLAS_CORETYPE": "Haswell"}
    ),
    "faiss-flat-1000": Peer("faiss IndexFlatIP", [""], FaissFlat, most_queries=1_000),
    "faiss-hnsw": Peer("faiss HNSW16 efC=200", EF, FaissHNSW),
    "faiss-ivfpq": Peer(
        "faiss IVF2048,PQ(d/2)x4fsr,RFlat",
        [f"nprobe={n},k_factor={f}" for n, f in NPROBE_AND_FACTOR], FaissIVFPQ,
    ),
    "hnswlib": Peer("hnswlib M=16 efC=200", EF, HNSWLib),
    "scann": Peer(
        "ScaNN", [f"leaves={n},reorder={r}" for n, r in LEAVES_AND_REORDER], ScaNN
    ),
    "symqg": Peer("SymphonyQG R=32 ef=400", EF, SymphonyQG),
}

EXACT_PEERS = ["faiss-flat", "faiss-flat-skylakex", "faiss-flat-haswell"]

# What is measured by default: Needletail's specs, and the peers beside them.
KINDS = {
    "flat": (["flat"], EXACT_PEERS),
    "exact": (["flat", "flat:first=int8"], EXACT_PEERS),
    "hnsw": (["hnsw:M=16,efConstruction=200"], ["hnswlib", "faiss-hnsw"]),
    "ivf": (["ivf"], ["scann", "faiss-ivfpq", "symqg", "faiss-flat-1000"]),
}
