"""Trains on the same token lists with needle and with a plain loop of PyTorch (plain_loop.py), by turns.

Each system is a process of its own in every round. What counts are the steps after the first few, from reading the
batch to the updated weights, without loading and saving. Both see the same records, in orders of their own: rates
are of tokens, which padding does not count among. Losses of the same steps are compared, so that no side trains on
less. Writes a JSON line for each system and round.
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

# Losses are noisy, of other batches and with other dropout; what does another task differs by more.
LOSS_TOLERANCE = 0.25


def run(command, library=None):
    """Runs a system; its standard output and the most memory it had."""
    environment = dict(os.environ)
    if library:
        environment["NEEDLETAIL_CTORCH"] = library
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"exit code {process.returncode}: {' '.join(command)}")
        output.seek(0)
        return output.read(), usage.ru_maxrss * 1024


def shared_arguments(options):
    return [
        "--model", options.model, "--temperature", str(options.temperature),
        "--batch-size", str(options.batch_size), "--query-max-len", str(options.query_max_len),
        "--passage-max-len", str(options.passage_max_len), "--threads", str(options.threads),
        "--learning-rate", str(options.learning_rate), "--device", options.device,
    ]


def measured(steps, options):
    """What counts of a training: a step is seconds, tokens and loss."""
    steps = steps[options.warmup:]
    seconds = sum(step["seconds"] for step in steps)
    return {
        "seconds": seconds,
        "seconds_per_step": statistics.median(step["seconds"] for step in steps),
        "tokens_per_s": sum(step["tokens"] for step in steps) / seconds,
        "queries_per_s": options.batch_size * len(steps) / seconds,
        "loss": statistics.mean(step["loss"] for step in steps),
    }


def run_torch(options, _):
    command = [sys.executable, str(pathlib.Path(__file__).with_name("plain_loop.py"))]
    command += shared_arguments(options) + ["--data", options.data, "--precision", options.precision]
    command += ["--steps", str(options.steps), "--n-passages", str(options.n_passages)]
    output, peak = run(command)
    found = json.loads(output.splitlines()[-1])
    return measured(found["steps"], options) | {"peak_bytes": peak, "torch": found["torch"]}


def run_needle(options, library):
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/model"
        command = [options.needle, "train", "--train", options.data, "--out", out, "--json"]
        command += shared_arguments(options) + ["--train-n-passages", str(options.n_passages)]
        command += ["--max-steps", str(options.steps), "--logging-steps", "1"]
        command += ["--weight-decay", "0.01", "--compute-dtype", options.precision]
        _, peak = run(command, library)
        log = pathlib.Path(out, "log.jsonl").read_text().splitlines()
    entries = [entry for entry in map(json.loads, log) if "loss" in entry]
    if [entry["step"] for entry in entries] != list(range(1, options.steps + 1)):
        sys.exit(f"{options.needle}: the log should have each of {options.steps} steps")
    steps = []
    for before, entry in zip([None] + entries, entries):
        seconds = entry["seconds"] - (before["seconds"] if before else 0)
        steps.append({"seconds": seconds, "tokens": entry["tokens_per_second"] * seconds,
                      "loss": entry["loss"]})
    return measured(steps, options) | {"peak_bytes": peak}


def parser():
    result = argparse.ArgumentParser(description=__doc__)
    result.add_argument("--model", required=True, help="folder of a BERT with mean pooling, normalized")
    result.add_argument("--data", required=True, help="JSONL of query, positives and negatives, tokens")
    result.add_argument("--steps", type=int, default=18)
    result.add_argument("--warmup", type=int, default=3, help="first steps that do not count")
    result.add_argument("--batch-size", type=int, default=64, help="queries")
    result.add_argument("--n-passages", type=int, default=4, help="for each query")
    result.add_argument("--query-max-len", type=int, default=64, help="tokens, with special ones")
    result.add_argument("--passage-max-len", type=int, default=128)
    result.add_argument("--temperature", type=float, default=0.05)
    result.add_argument("--learning-rate", type=float, default=3e-5)
    result.add_argument("--threads", type=int, default=os.cpu_count())
    result.add_argument("--device", default="cpu", help="cpu or cuda:0")
    result.add_argument("--precision", choices=["f32", "f16", "bf16"], default="f32")
    result.add_argument("--rounds", type=int, default=3)
    result.add_argument("--out", help="file that the records are added to")
    result.add_argument("--name", default="", help="the data's name in the records")
    result.add_argument("--needle", help="the command; without it only the plain loop runs")
    result.add_argument("--library", help="libCTorch built with the installed PyTorch")
    return result


def processor(options):
    if options.device.startswith("cuda"):
        command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    for line in open("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()


def systems(options):
    result = {"torch": (run_torch, None)}
    if options.needle and options.library:
        result["needle, the same torch"] = (run_needle, options.library)
    # Debian's libtorch knows no GPU.
    if options.needle and options.device == "cpu":
        result["needle, Debian's libtorch"] = (run_needle, None)
    return result


def main(options):
    found = {name: [] for name in systems(options)}
    for number in range(options.rounds):
        for name, (train, library) in systems(options).items():
            result = train(options, library)
            found[name].append(result)
            record = {
                "system": name, "data": options.name or options.data, "round": number, **result,
                "steps": options.steps - options.warmup, "batch_size": options.batch_size,
                "n_passages": options.n_passages, "query_max_len": options.query_max_len,
                "passage_max_len": options.passage_max_len, "precision": options.precision,
                "threads": options.threads, "processor": processor(options),
                "date": datetime.date.today().isoformat(),
            }
            print(f"{name}: {result['tokens_per_s']:.0f} tokens/s, "
                  f"{result['seconds_per_step']:.3f} s/step, loss {result['loss']:.4f}", flush=True)
            if options.out:
                with open(options.out, "a") as records:
                    records.write(json.dumps(record) + "\n")
    rates = {name: statistics.median(result["tokens_per_s"] for result in results)
             for name, results in found.items()}
    for name, rate in rates.items():
        print(f"{name}: {rate:.0f} tokens/s, {rate / rates['torch']:.2f}x")
    losses = {name: statistics.mean(result["loss"] for result in results)
              for name, results in found.items()}
    for name, loss in losses.items():
        if abs(loss - losses["torch"]) > LOSS_TOLERANCE * losses["torch"]:
            sys.exit(f"{name}: a loss of {loss:.4f} beside {losses['torch']:.4f}: not the same training")


if __name__ == "__main__":
    main(parser().parse_args())
