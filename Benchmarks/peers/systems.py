"""The systems that compare.py measures: how each is built, set and asked.

A class here is one library. It imports the library when it is made, so that the build is timed
without that; `prepare` sets what the next searches use, and `search` is one call, nothing else.
Settings are numbers, or words like those of `needle --set`: "leaves=20,reorder=80".
"""

import dataclasses
import tempfile
from collections.abc import Callable
from functools import partial
from importlib.metadata import version

import numpy as np


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
    def __init__(self, links):
        super().__init__()
        self.links = links

    def build(self, base, threads):
        self.faiss.omp_set_num_threads(threads)
        metric = self.faiss.METRIC_INNER_PRODUCT
        self.index = self.faiss.IndexHNSWFlat(base.shape[1], self.links, metric)
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
    def __init__(self, links):
        import hnswlib

        self.library, self.links = hnswlib, links

    def build(self, base, threads):
        self.index = self.library.Index("ip", base.shape[1])
        self.index.init_index(len(base), M=self.links, ef_construction=200, random_seed=42)
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


def padded(vectors, multiple):
    """Zeros behind the values, so that the dimension is a multiple; inner products stay."""
    count, dimension = vectors.shape
    if dimension % multiple == 0:
        return vectors
    wide = np.zeros((count, dimension + -dimension % multiple), dtype=np.float32)
    wide[:, :dimension] = vectors
    return wide


class SymphonyQG:
    """A graph whose nodes hold the neighbours' codes. Refuses dimensions such as 50.

    With `multiple=64` vectors get zeros for what is missing: it takes all dimensions from 64.
    """

    def __init__(self, multiple=1):
        import rabitqlib

        self.library, self.multiple = rabitqlib, multiple

    def build(self, base, threads):
        base = padded(base, self.multiple)
        self.index = self.library.SymqgIndex(base.shape[1], 32, "ip")
        self.index.build(base, 400, threads)

    def version(self):
        return version("rabitqlib")

    def prepare(self, setting, threads):
        self.ef, self.threads = setting, threads

    def search(self, queries, k):
        return self.index.search(padded(queries, self.multiple), k, self.ef, self.threads)[0]


class RaBitQHNSW(SymphonyQG):
    """HNSW over RaBitQ codes alone: nothing is re-ranked, so that fewer than 9 bits end below 0.99.

    Codes are relative to 16 centers, and finding those is part of the build.
    """

    def build(self, base, threads):
        base = padded(base, self.multiple)
        count, dimension = base.shape
        centers = self.library.RaBitQKMeans(dimension, 16, num_threads=threads, seed=42)
        centers.train(base)
        self.index = self.library.HnswIndex(dimension, count, 16, 200, 9, "ip", 42)
        self.index.build(base, centers.centroids, centers.assignments, threads)


class SVS:
    """Vamana of degree 64, built in two passes; alpha is below 1 for products, as its manual says."""

    def __init__(self, dtype):
        import svs

        self.library, self.dtype = svs, dtype

    def build(self, base, threads):
        parameters = self.library.VamanaBuildParameters(
            graph_max_degree=64, window_size=200, alpha=0.95
        )
        self.index = self.library.Vamana.build(
            parameters, self.data(base), self.library.DistanceType.MIP, num_threads=threads
        )

    def data(self, base):
        return base.astype(self.dtype, copy=False)

    def version(self):
        return version("scalable-vs")

    def prepare(self, setting, threads):
        self.index.num_threads = threads
        # A window may be narrower than k; the buffer of what is found may not.
        parameters = self.index.search_parameters
        parameters.buffer_config = self.library.SearchBufferConfig(setting, max(setting, 10))
        self.index.search_parameters = parameters

    def search(self, queries, k):
        return self.index.search(queries, k)[0]


class CompressedSVS(SVS):
    """SVS over LVQ codes, or over LeanVec's of fewer dimensions; both refuse processors that are not Intel's.

    A window finds candidates by `primary` bits, which are ranked again by 8 more.
    """

    def __init__(self, primary, share=None):
        super().__init__("float32")
        self.primary, self.share = primary, share

    def data(self, base):
        svs, dimension = self.library, base.shape[1]
        self.folder = tempfile.TemporaryDirectory()
        vectors, file = f"{self.folder.name}/base.fvecs", f"{self.folder.name}/base.svs"
        svs.write_vecs(base, vectors)
        svs.convert_vecs_to_svs(vectors, file, svs.DataType.float32)
        loader = svs.VectorDataLoader(file, svs.DataType.float32, dims=dimension)
        if self.share is None:
            return svs.LVQLoader(loader, primary=self.primary, residual=8 if self.primary == 4 else 0)
        kind = svs.LeanVecKind.lvq4 if self.primary == 4 else svs.LeanVecKind.lvq8
        return svs.LeanVecLoader(loader, round(dimension * self.share), kind, svs.LeanVecKind.lvq8)


class USearch:
    def __init__(self, dtype):
        from usearch.index import Index

        self.make, self.dtype = Index, dtype

    def build(self, base, threads):
        self.index = self.make(
            ndim=base.shape[1], metric="ip", dtype=self.dtype, connectivity=16, expansion_add=200
        )
        self.index.add(np.arange(len(base)), base, threads=threads)

    def version(self):
        return version("usearch")

    def prepare(self, setting, threads):
        self.threads = threads
        self.index.expansion_search = setting

    def search(self, queries, k):
        keys = self.index.search(queries, k, threads=self.threads).keys
        return keys if keys.ndim == 2 else keys[None]  # One query is answered with a row.


# What is swept. Each list reaches beyond a recall@10 of 0.99 on the sets of the README. An
# HNSW takes an ef below k for k, so that it would be measured twice, and the better would count.
EF = [
    10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 128, 160, 192, 256, 320, 384, 512,
]
SYMQG_EF = [ef for ef in EF if 16 <= ef <= 384]
SVS_WINDOW = [4, 6, 8] + [ef for ef in EF if ef <= 384]
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
    make: Callable
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
    "faiss-hnsw": Peer("faiss HNSW16 efC=200", EF, partial(FaissHNSW, 16)),
    "faiss-hnsw32": Peer("faiss HNSW32 efC=200", EF, partial(FaissHNSW, 32)),
    "faiss-ivfpq": Peer(
        "faiss IVF2048,PQ(d/2)x4fsr,RFlat",
        [f"nprobe={n},k_factor={f}" for n, f in NPROBE_AND_FACTOR], FaissIVFPQ,
    ),
    "hnswlib": Peer("hnswlib M=16 efC=200", EF, partial(HNSWLib, 16)),
    "hnswlib32": Peer("hnswlib M=32 efC=200", EF, partial(HNSWLib, 32)),
    "rabitq-hnsw": Peer("RaBitQ HNSW M=16 efC=200 9 bits", EF + [768], RaBitQHNSW),
    "rabitq-hnsw-padded": Peer(
        "RaBitQ HNSW M=16 efC=200 9 bits, padded", EF + [768], partial(RaBitQHNSW, 64)
    ),
    "scann": Peer(
        "ScaNN", [f"leaves={n},reorder={r}" for n, r in LEAVES_AND_REORDER], ScaNN
    ),
    "svs": Peer("SVS Vamana f32 R=64", SVS_WINDOW, partial(SVS, "float32")),
    "svs-f16": Peer("SVS Vamana f16 R=64", SVS_WINDOW, partial(SVS, "float16")),
    "svs-lvq8": Peer("SVS Vamana LVQ8 R=64", SVS_WINDOW, partial(CompressedSVS, 8)),
    "svs-lvq4x8": Peer("SVS Vamana LVQ4x8 R=64", SVS_WINDOW, partial(CompressedSVS, 4)),
    "svs-leanvec4x8": Peer(
        "SVS Vamana LeanVec4x8 d/2 R=64", SVS_WINDOW, partial(CompressedSVS, 4, 0.5)
    ),
    "svs-leanvec8x8": Peer(
        "SVS Vamana LeanVec8x8 d/2 R=64", SVS_WINDOW, partial(CompressedSVS, 8, 0.5)
    ),
    "symqg": Peer("SymphonyQG R=32 ef=400", SYMQG_EF, SymphonyQG),
    "symqg-padded": Peer(
        "SymphonyQG R=32 ef=400, padded", SYMQG_EF, partial(SymphonyQG, 64)
    ),
    "usearch": Peer("usearch f32 M=16 efC=200", EF, partial(USearch, "f32")),
    "usearch-f16": Peer("usearch f16 M=16 efC=200", EF, partial(USearch, "f16")),
}

EXACT_PEERS = ["faiss-flat", "faiss-flat-skylakex", "faiss-flat-haswell"]

# What is measured by default: Needletail's specs, and the peers beside them.
KINDS = {
    "flat": (["flat"], EXACT_PEERS),
    "exact": (["flat", "flat:first=int8"], EXACT_PEERS),
    "hnsw": (["hnsw"], ["hnswlib", "faiss-hnsw"]),
    "graph": (
        ["hnsw", "hnsw:layout=slim"],
        [
            "symqg", "hnswlib", "faiss-hnsw", "usearch", "usearch-f16", "rabitq-hnsw",
            "svs", "svs-f16",
        ],
    ),
    "ivf": (["ivf"], ["scann", "faiss-ivfpq", "symqg", "faiss-flat-1000"]),
}
