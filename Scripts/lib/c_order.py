"""Turns a .npy matrix of float32 in Fortran order into C order, with nothing but the standard library.

    c_order.py FROM TO
"""
import array
import ast
import sys

MAGIC = b"\x93NUMPY\x01\x00"

with open(sys.argv[1], "rb") as source:
    magic = source.read(len(MAGIC))
    length = int.from_bytes(source.read(2), "little")
    header = ast.literal_eval(source.read(length).decode("latin1"))
    values = array.array("f")
    values.frombytes(source.read())

if magic != MAGIC or header["descr"] != "<f4" or len(header["shape"]) != 2:
    sys.exit(f"{sys.argv[1]} is no .npy matrix of float32")
rows, columns = header["shape"]
if header["fortran_order"]:
    turned = array.array("f", bytes(4 * rows * columns))
    for column in range(columns):
        turned[column::columns] = values[column * rows : (column + 1) * rows]
    values = turned

text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
text += " " * (128 - len(MAGIC) - 2 - len(text) - 1) + "\n"
with open(sys.argv[2], "wb") as target:
    target.write(MAGIC + (118).to_bytes(2, "little") + text.encode("latin1"))
    target.write(values.tobytes())
