"""The systems that compare.py measures: how each is built, set and asked."""

EF = [16, 24, 32, 48, 64, 96, 128, 192, 256, 384]


class FaissFlat:
    def build(self, base, threads):
        import faiss

        self.faiss = faiss
        faiss.omp_set_num_threads(threads)
        self.index = faiss.IndexFlatIP(base.shape[1])
        self.index.add(base)

    def version(self):
        return self.faiss.__version__

    def prepare(self, setting, threads):
        self.faiss.omp_set_num_threads(threads)

    def search(self, queries, k):
        return self.index.search(queries, k)[1]


class FaissHNSW:
    def build(self, base, threads):
        import faiss

        self.faiss = faiss
        faiss.omp_set_num_threads(threads)
        self.index = faiss.IndexHNSWFlat(base.shape[1], 16, faiss.METRIC_INNER_PRODUCT)
        self.index.hnsw.efConstruction = 200
        self.index.add(base)

    def version(self):
        return self.faiss.__version__

    def prepare(self, setting, threads):
        self.faiss.omp_set_num_threads(threads)
        self.index.hnsw.efSearch = setting

    def search(self, queries, k):
        return self.index.search(queries, k)[1]


class HNSWLib:
    def build(self, base, threads):
        import hnswlib

        self.index = hnswlib.Index("ip", base.shape[1])
        self.index.init_index(len(base), M=16, ef_construction=200, random_seed=42)
        self.index.add_items(base, num_threads=threads)

    def version(self):
        from importlib.metadata import version

        return version("hnswlib")

    def prepare(self, setting, threads):
        self.threads = threads
        self.index.set_ef(setting)

    def search(self, queries, k):
        return self.index.knn_query(queries, k, num_threads=self.threads)[0]


OURS = {
    "flat": [("flat", [""])],
    "hnsw": [("hnsw:M=16,efConstruction=200", [f"efSearch={ef}" for ef in EF])],
}

# name, settings, class, environment. faiss's exact search depends on the kernels that OpenBLAS
# picks, so it runs with several of its settings, and the fastest is the one to beat.
PEERS = {
    "flat": [
        ("faiss IndexFlatIP", [""], FaissFlat, {}),
        ("faiss IndexFlatIP CORETYPE=SkylakeX", [""], FaissFlat, {"OPENBLAS_CORETYPE": "SkylakeX"}),
        ("faiss IndexFlatIP CORETYPE=Haswell", [""], FaissFlat, {"OPENBLAS_CORETYPE": "Haswell"}),
    ],
    "hnsw": [
        ("hnswlib M=16 efC=200", EF, HNSWLib, {}),
        ("faiss HNSW16 efC=200", EF, FaissHNSW, {}),
    ],
}
