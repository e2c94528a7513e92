"""Makes the seeds of the fuzz targets: small files that each reader can read.

    python3 Tests/Data/fuzz/make_seeds.py .build/release/needle

A folder for each target; in `beside` what stands next to the input while it is read.
"""
import gzip
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile

needle = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
data = os.path.dirname(here)
for name in os.listdir(here):
    if os.path.isdir(os.path.join(here, name)):
        shutil.rmtree(os.path.join(here, name))


def put(path, content):
    path = os.path.join(here, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def copy(source, path):
    with open(source, "rb") as file:
        put(path, file.read())


def run(*arguments):
    done = subprocess.run([needle, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"needle {' '.join(arguments)}: {done.stderr}")


def npy(kind, rows, columns, values):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + values


def floats(count):
    return struct.pack(f"<{count}f", *(((i * 37) % 101) / 50 - 1 for i in range(count)))


# Vectors
put("npy/f32", npy("<f4", 2, 3, floats(6)))
put("npy/f16", npy("<f2", 2, 3, struct.pack("<6e", 1, 2, 3, 4, 5, 6)))
put("npy/i8", npy("|i1", 2, 3, bytes([1, 2, 3, 4, 255, 6])))
put("fvecs/a", b"".join(struct.pack("<i", 3) + floats(3) for _ in range(2)))
put("bvecs/a", struct.pack("<i4B", 4, 1, 2, 3, 4) * 2)
put("ivecs/a", struct.pack("<i3i", 3, 1, 2, 3) * 2)
put("fbin/a", struct.pack("<2I", 2, 3) + floats(6))
put("u8bin/a", struct.pack("<2I", 2, 4) + bytes(range(1, 9)))
put("i8bin/a", struct.pack("<2I", 2, 4) + bytes([255, 1, 2, 3, 4, 5, 6, 7]))
put("ibin/a", struct.pack("<2I6i", 2, 3, 0, 1, 2, 3, 4, 5))
put("ibin/truth", struct.pack("<2I6i", 2, 3, 0, 1, 2, 3, 4, 5) + floats(6))
put("distances/truth", struct.pack("<2I6i", 2, 3, 0, 1, 2, 3, 4, 5) + floats(6))
copy(os.path.join(data, "vectors.hdf5"), "hdf5/train")
put("ids/numbers", "7\n8\n9\n")
put("ids/words", "a\r\nb\nc")

# Lines
put("corpus/plain", "1\ttitle\ttext\n2\t\tmore \u00e9\n")
put("queries/plain", "1\ttext\r\n2\tmore\r\n")
put("corpus-jsonl/plain", '{"id": "1", "title": "a", "text": "b \\u00e9"}\n{"_id": 2, "text": "c"}\n')
put("corpus-gzip/plain", gzip.compress(b"1\ttitle\ttext\n2\ta\tb\n", mtime=0))
put("run-trec/run", "1 Q0 10 1 0.5 tag\n1 Q0 11 2 0.25 tag\n2 Q0 10 1 1e-3 tag\n")
put("run-msmarco/run", "1\t10\t1\n1\t11\t2\n")
put("run-tsv/run", "1\t10\t0.5\n1\t11\t0.25\n")
put("run-jsonl/run", '{"query":"1","ids":["10","11"],"scores":[0.5,0.25]}\n')
put("qrels/trec", "1 0 10 1\n1 0 11 0\n")
put("qrels/tab", "1\t0\t10\t2\n2\t0\t10\t1\n")
put("attributes-jsonl/ids", '{"id": 2, "year": 2001, "lang": "de"}\n{"id": 1, "year": 1999, "lang": "en", "w": 0.5}\n')
put("attributes-jsonl/rows", '{"year": 1, "lang": "de"}\n{"year": null, "lang": "x"}\n{"year": 3}\n')
put("attributes-tsv/ids", "id\tyear\tlang\n3\t2000\tde\n1\t\ten\n")
put("predicate/mixed", "not (year >= 1999 and year < 2001) or year in (7, 8)")
put("predicate/between", "year == 2000")
put("json/mixed", '{"a": [1, -2.5e3, "\\ud83d\\ude00\\n", null, true], "b": {"c": {}}}')
put("records/ids", '{"query": [5, 6], "positives": [[7, 8]], "negatives": [[9], [10, 11]]}\n')

# Models
tensor = json.dumps({"w": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
                     "b": {"dtype": "I64", "shape": [1], "data_offsets": [16, 24]}})
weights = struct.pack("<Q", len(tensor)) + tensor.encode() + floats(4) + struct.pack("<q", 3)
put("safetensors/two", weights)
put("beside/weight-index/one.safetensors", weights)
put("beside/model/model.safetensors", weights)
copy(os.path.join(data, "models/openmatch-tied/linear.pt"), "torch/linear")
put("weight-index/two", '{"metadata": {"total_size": 16}, "weight_map": {"w": "one.safetensors"}}')
words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##a", "cat", "##s", "gentle", "3", ",", "e"]
put("wordpiece/bert", "\n".join(words) + "\n")
put("beside/tokenizer/tokenizer_config.json", '{"pad_token": "[PAD]"}')
put("tokenizer/wordpiece", json.dumps({
    "version": "1.0",
    "added_tokens": [{"id": 1, "content": "[UNK]", "special": True, "single_word": False,
                      "lstrip": False, "rstrip": False, "normalized": False}],
    "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                   "strip_accents": None, "lowercase": True},
    "pre_tokenizer": {"type": "BertPreTokenizer"},
    "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
    "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
    "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
              "max_input_chars_per_word": 100, "vocab": {w: i for i, w in enumerate(words)}}}))
put("tokenizer/unigram", json.dumps({
    "version": "1.0", "added_tokens": [],
    "normalizer": None,
    "pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "add_prefix_space": True},
    "model": {"type": "Unigram", "unk_id": 0,
              "vocab": [["<unk>", 0.0], ["[PAD]", 0.0], ["\u2581", -1.5], ["a", -2.0], ["\u2581cat", -3.25]]}}))
# Byte-level BPE gives every byte a character of its own.
shown = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
alphabet = {b: chr(b) for b in shown}
for byte in range(256):
    alphabet.setdefault(byte, chr(256 + len([b for b in range(byte) if b not in shown])))
vocabulary = {c: i for i, c in enumerate(alphabet[b] for b in range(256))}
vocabulary.update({"ca": 256, "cat": 257, "<unk>": 258, "<s>": 259, "</s>": 260, "<pad>": 261, "<mask>": 262, "[PAD]": 263})
put("tokenizer/bpe", json.dumps({
    "version": "1.0", "added_tokens": [],
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True},
    "model": {"type": "BPE", "unk_token": None, "merges": ["c a", "ca t"],
              "vocab": vocabulary}}))
put("byte-pairs/merges", "#version: 0.2\nc a\nca t\n")
put("beside/byte-pairs/vocab.json", json.dumps(vocabulary, ensure_ascii=False))


def field(number, value):
    if isinstance(value, int):
        return bytes([number << 3, value])
    if isinstance(value, float):
        return bytes([number << 3 | 5]) + struct.pack("<f", value)
    value = value.encode() if isinstance(value, str) else value
    return bytes([number << 3 | 2, len(value)]) + value


pieces = [("<pad>", 0.0, 3), ("</s>", 0.0, 3), ("<unk>", 0.0, 2), ("\u2581", -2.0, 1), ("a", -2.5, 1),
          ("\u2581cat", -3.0, 1), ("e", -3.5, 1)]
put("sentencepiece/unigram",
    b"".join(field(1, field(1, p) + field(2, s) + field(3, k)) for p, s, k in pieces)
    + field(2, field(3, 1)) + field(3, field(1, "identity") + field(3, 1)))
put("model/bert", json.dumps({
    "model_type": "bert", "architectures": ["BertModel"], "hidden_size": 4, "num_attention_heads": 2,
    "num_hidden_layers": 1, "intermediate_size": 8, "vocab_size": 13, "max_position_embeddings": 16,
    "type_vocab_size": 2, "layer_norm_eps": 1e-12, "hidden_act": "gelu", "pad_token_id": 0}))
put("beside/model/vocab.txt", "\n".join(words) + "\n")

# What needle itself writes
with tempfile.TemporaryDirectory() as work:
    def at(name):
        return os.path.join(work, name)

    for name, count in [("base", 40), ("many", 606)]:
        with open(at(name + ".npy"), "wb") as file:
            file.write(npy("<f4", count, 8, floats(count * 8)))
    with open(at("attributes.tsv"), "w") as file:
        file.write("year\tlang\n" + "".join(f"{2000 + i}\t{'de' if i % 3 else 'en'}\n" for i in range(40)))
    with open(at("ids.txt"), "w") as file:
        file.write("".join(f"w{i}\n" for i in range(40)))
    for backend, name, extra in [
        ("flat", "flat/f32", ["--attributes", at("attributes.tsv")]), ("flat", "flat/words", ["--ids", at("ids.txt")]),
        ("flat:first=int8", "flat/int8", []), ("ivf", "ivf/plain", []),
        ("hnsw:M=4", "hnsw/plain", []), ("hnsw:M=4,layout=fat", "hnsw/fat", []),
    ]:
        run("index", "build", "--vectors", at("base.npy"), "--backend", backend, "--metric", "cosine", *extra,
            "--out", at("a.needle"))
        copy(at("a.needle"), name)
    run("index", "build", "--vectors", at("many.npy"), "--backend", "flat", "--metric", "ip", "--compress",
        "--out", at("a.needle"))
    copy(at("a.needle"), "flat/packed")
    run("index", "add", at("living"), "--vectors", at("base.npy"), "--backend", "flat", "--metric", "cosine")
    with open(at("gone.txt"), "w") as file:
        file.write("3\n17\n")
    run("index", "delete", at("living"), "--ids", at("gone.txt"))
    for name in os.listdir(at("living")):
        if name == "manifest.json":
            copy(at("living/" + name), "segments/two")
        elif ".deleted-" in name:
            copy(at("living/" + name), "deleted-rows/two")
        if name != "lock":
            copy(at("living/" + name), "beside/segments/" + name)
    with open(at("texts.tsv"), "w") as file:
        file.write("1\ta\tcat\n2\t\tgentle cats\n")
    with open(at("queries.tsv"), "w") as file:
        file.write("1\tcat\n2\tcats\n")
    os.mkdir(at("model"))
    shutil.copy(os.path.join(here, "wordpiece/bert"), at("model/vocab.txt"))
    with open(at("negatives.tsv"), "w") as file:
        file.write("1\t2\n")
    with open(at("qrels.tsv"), "w") as file:
        file.write("1 0 1 1\n")
    run("prepare", "train", "--negatives", at("negatives.tsv"), "--qrels", at("qrels.tsv"), "--queries",
        at("queries.tsv"), "--corpus", at("texts.tsv"), "--tokenizer", at("model"), "--doc-template",
        "<title> <text>", "--query-template", "<text>", "--n-sample", "1", "--out", at("records"))
    copy(at("records/passages.tokens"), "tokens/passages")
    shutil.copytree(os.path.join(data, "models/bert"), at("bert"))
    with open(at("bert/vocab.txt"), "w") as file:
        file.write("\n".join(words) + "\n")
    run("encode", "--model", at("bert"), "--corpus", at("texts.tsv"), "--doc-template", "<title> <text>",
        "--out", at("encoded"))
    copy(at("encoded/manifest.json"), "vector-folder/encoded")
    for name in os.listdir(at("encoded")):
        copy(at("encoded/" + name), "beside/vector-folder/" + name)
