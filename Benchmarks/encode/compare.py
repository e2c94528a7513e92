"""Encodes the same texts with needle and with PyTorch and transformers, by turns.

Each system is a process of its own in every round; what counts is the time from the first text to the last
vector, without loading the model. PyTorch sorts the texts by length, pads each batch to its longest text and takes
the batch size that was fastest on a tenth of the texts; needle takes the number of tokens a batch likewise. Their
vectors are compared. Writes a JSON line for each system and round.
"""
import argparse
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

BATCHES = [16, 32, 64, 128, 256]
TOKENS = [1024, 2048, 4096, 8192, 16384]


def texts(path, limit):
    """The texts of a TSV of id, title and text, as needle joins them."""
    found = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if len(found) == limit:
                break
            found.append(" ".join(line.rstrip("\n").split("\t")[1:]))
    return found


def torch_side(options):
    """Runs in a process of its own: encodes, prints seconds, leaves the vectors in a file."""
    import time

    import numpy
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(options.threads)
    tokenizer = AutoTokenizer.from_pretrained(options.model)
    model = AutoModel.from_pretrained(options.model).eval()
    corpus = texts(options.corpus, options.limit)

    @torch.inference_mode()
    def encode(corpus, size):
        ids = tokenizer(corpus, truncation=True, max_length=options.max_length)["input_ids"]
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        vectors = numpy.empty((len(ids), model.config.hidden_size), dtype=numpy.float32)
        for start in range(0, len(ids), size):
            places = order[start : start + size]
            batch = tokenizer.pad({"input_ids": [ids[p] for p in places]}, return_tensors="pt")
            states = model(**batch).last_hidden_state
            mask = batch["attention_mask"].unsqueeze(-1).float()
            means = (states * mask).sum(1) / mask.sum(1)
            vectors[places] = torch.nn.functional.normalize(means, dim=1).numpy()
        return vectors, sum(map(len, ids))

    encode(corpus[:256], options.batch)
    start = time.perf_counter()
    vectors, tokens = encode(corpus, options.batch)
    seconds = time.perf_counter() - start
    numpy.save(options.vectors, vectors)
    print(json.dumps({"seconds": seconds, "tokens": tokens, "torch": torch.__version__}))


def run_torch(options, batch, limit, vectors):
    command = [sys.executable, __file__, "--torch-side", "--batch", str(batch), "--vectors", vectors]
    command += ["--model", options.model, "--corpus", options.corpus, "--limit", str(limit)]
    command += ["--threads", str(options.threads), "--max-length", str(options.max_length)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(lines.splitlines()[-1])


def run_needle(options, library, tokens, limit, folder):
    environment = dict(os.environ)
    if library:
        environment["NEEDLETAIL_CTORCH"] = library
    command = [options.needle, "encode", "--model", options.model, "--corpus", options.corpus, "--json"]
    command += ["--out", folder, "--limit", str(limit), "--threads", str(options.threads)]
    command += ["--batch-tokens", str(tokens), "--passage-max-len", str(options.max_length)]
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return json.loads(run.stdout)


def fastest(measure, choices):
    return min(choices, key=lambda choice: measure(choice)["seconds"])


def parser():
    result = argparse.ArgumentParser(description=__doc__)
    result.add_argument("--model", required=True, help="folder of a BERT that pools by the mean")
    result.add_argument("--corpus", required=True, help="TSV of id, title, text")
    result.add_argument("--limit", type=int, default=20_000, help="texts")
    result.add_argument("--max-length", type=int, default=128, help="tokens of a text")
    result.add_argument("--threads", type=int, default=os.cpu_count())
    result.add_argument("--rounds", type=int, default=3)
    result.add_argument("--out", help="file that the records are added to")
    result.add_argument("--name", default="", help="the corpus's name in the records")
    result.add_argument("--needle", help="the command")
    result.add_argument("--library", help="libCTorch built with the installed PyTorch")
    result.add_argument("--torch-side", action="store_true", help=argparse.SUPPRESS)
    result.add_argument("--batch", type=int, help=argparse.SUPPRESS)
    result.add_argument("--vectors", help=argparse.SUPPRESS)
    return result


def cpu():
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()


def worst_cosine(first, second):
    import numpy

    first, second = numpy.load(first), numpy.load(second)
    return float((first * second).sum(1).min())


def main(options):
    folder = pathlib.Path(tempfile.mkdtemp())
    few, counter = max(1, options.limit // 10), iter(range(1_000_000))

    def needle(library, tokens, limit):
        place = folder / f"needle-{next(counter)}"
        return run_needle(options, library, tokens, limit, str(place)) | {"folder": place}

    def torch(batch, limit):
        return run_torch(options, batch, limit, str(folder / "torch.npy"))

    systems = {
        "torch": (torch, BATCHES),
        "needle, the same torch": (lambda size, limit: needle(options.library, size, limit), TOKENS),
        "needle, Debian's libtorch": (lambda size, limit: needle(None, size, limit), TOKENS),
    }
    sizes = {
        name: fastest(lambda size: measure(size, few), choices)
        for name, (measure, choices) in systems.items()
    }
    rates = {name: [] for name in systems}
    for round_number in range(options.rounds):
        for name, (measure, _) in systems.items():
            found = measure(sizes[name], options.limit)
            rate = options.limit / found["seconds"]
            rates[name].append(rate)
            record = {
                "system": name, "corpus": options.name or options.corpus, "texts": options.limit,
                "tokens": found["tokens"], "seconds": found["seconds"], "texts_per_s": rate,
                "tokens_per_s": found["tokens"] / found["seconds"], "batch": sizes[name],
                "threads": options.threads, "round": round_number, "cpu": cpu(),
                "peak_bytes": found.get("peak_bytes"), "date": datetime.date.today().isoformat(),
            }
            if "folder" in found:
                shard = found["folder"] / "vectors-00000.npy"
                record["worst_cosine"] = worst_cosine(shard, folder / "torch.npy")
            print(f"{name}: {rate:.0f} texts/s at {sizes[name]}", flush=True)
            if options.out:
                with open(options.out, "a") as records:
                    records.write(json.dumps(record) + "\n")
    base = statistics.median(rates["torch"])
    for name, found in rates.items():
        print(f"{name}: {statistics.median(found):.0f} texts/s, {statistics.median(found) / base:.2f}x")


if __name__ == "__main__":
    options = parser().parse_args()
    (torch_side if options.torch_side else main)(options)
