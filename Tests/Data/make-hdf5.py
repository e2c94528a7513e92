"""Makes vectors.hdf5, a file as ann-benchmarks has it and with every oddity the tests need.

Run in this folder, with h5py installed: python3 make-hdf5.py
Value [i, j] of a numeric dataset is i + j / 4, unless said otherwise.
"""
import h5py
import numpy as np


def grid(rows, columns, dtype):
    i, j = np.indices((rows, columns))
    return (i + j / 4).astype(dtype)


with h5py.File("vectors.hdf5", "w", libver=("earliest", "v108"), track_order=False) as f:
    # As ann-benchmarks writes them.
    f.create_dataset("train", data=grid(7, 4, "<f4"))
    f.create_dataset("test", data=grid(3, 4, "<f4"))
    f.create_dataset("neighbors", data=np.array([[0, 1], [6, 2], [3, 4]], "<i4"))
    f.create_dataset("distances", data=grid(3, 2, "<f4"))
    # Other elements and layouts.
    f.create_dataset("f64", data=grid(7, 4, "<f8"))
    f.create_dataset("f16", data=grid(7, 4, "<f2"))
    f.create_dataset("f32be", data=grid(7, 4, ">f4"))
    f.create_dataset("i8", data=-np.indices((7, 4))[0].astype("i1"))
    f.create_dataset("u8", data=grid(7, 4, "u1") + np.uint8(200))
    f.create_dataset("i64", data=np.indices((7, 4))[0].astype("<i8") << 33)
    f.create_dataset("chunked", data=grid(7, 4, "<f4"), chunks=(2, 3), compression="gzip")
    f.create_dataset("group/inner", data=grid(7, 4, "<f4"))
    # What cannot be read as vectors.
    f.create_dataset("rank1", data=np.zeros(5, "<f4"))
    f.create_dataset("rank3", data=np.zeros((2, 2, 2), "<f4"))
    f.create_dataset("scalar", data=np.float32(1))
    f.create_dataset("strings", data=np.array([[b"a", b"b"]]))
    f.create_dataset("compound", data=np.zeros((2, 2), [("x", "<f4"), ("y", "<f4")]))
    f.create_dataset("nowidth", shape=(5, 0), dtype="<f4")
    f.create_dataset("norows", shape=(0, 4), dtype="<f4", maxshape=(None, 4))
    f.create_dataset("huge", shape=(1 << 40, 1 << 10), dtype="<f4", chunks=(1, 1024))
    f.create_dataset("unwritten", shape=(7, 4), dtype="<f4")
    f["elsewhere"] = h5py.ExternalLink("other.hdf5", "train")
    f.create_dataset("outside", shape=(7, 4), dtype="<f4", external=[("raw.bin", 0, 112)])
    f["alias"] = h5py.SoftLink("/train")
