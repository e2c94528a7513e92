"""Draws the records of compare.py: recall against speed, and speed against batch size.

    Benchmarks/peers/run plot Benchmarks/records/FILE.jsonl --out FOLDER
"""

import argparse
import json
import os

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

import ratios

RECALL = 0.95
LOWEST = 0.7  # Nobody searches for less, and the rest gets room.


def load(path):
    """The records by (dataset, threads): {(system, batch): [(recall, qps)]}; later lines win."""
    latest = {}
    with open(path) as lines:
        for record in map(json.loads, lines):
            # A record without a batch size answered all its queries in one call.
            batch = record.get("batch", record["queries"])
            group = (record["dataset"], record["threads"])
            latest[(group, record["system"], batch, record["set"])] = record
    groups = {}
    for (group, system, batch, _), record in latest.items():
        pair = (record["recall_at_k"], record["qps_median"])
        groups.setdefault(group, {}).setdefault((system, batch), []).append(pair)
    return groups


def styles(systems):
    """One look per system in all of a data set's plots; ours are thick."""
    colors = plt.get_cmap("tab10").colors
    markers = "osD^vP*X<>h"  # One more than colors, so that no two of many systems look the same.
    return {
        system: dict(
            color=colors[number % len(colors)], marker=markers[number % len(markers)],
            linewidth=2.4 if ratios.is_ours(system) else 1.2, markersize=4, label=system,
        )
        for number, system in enumerate(sorted(systems, key=lambda s: (not ratios.is_ours(s), s)))
    }


def save(axes, title, path):
    axes.set_title(title, fontsize=10)
    axes.set_ylabel("queries per second")
    axes.grid(True, which="both", linewidth=0.3)
    if axes.has_data():
        axes.legend(fontsize=7)
    axes.figure.tight_layout()
    axes.figure.savefig(path, dpi=90)
    plt.close(axes.figure)
    print(path)


def plot_recall(points, looks, title, path):
    axes = plt.subplots(figsize=(6.4, 4.2))[1]
    for system, look in looks.items():
        pairs = ratios.front(points.get(system, []))
        shown = [pair for pair in pairs if pair[0] >= LOWEST]
        if shown:
            axes.plot(*zip(*shown), **look)
    axes.set_yscale("log")
    axes.set_xlabel("recall@k")
    save(axes, title, path)


def plot_batches(group, looks, title, path):
    axes = plt.subplots(figsize=(6.4, 4.2))[1]
    for system, look in looks.items():
        speeds = [
            (batch, ratios.at_recall(pairs, RECALL))
            for (name, batch), pairs in sorted(group.items()) if name == system
        ]
        shown = [pair for pair in speeds if pair[1]]
        if shown:
            axes.plot(*zip(*shown), **look)
    axes.set_xscale("log")
    axes.set_yscale("log")
    batches = sorted({batch for _, batch in group})
    axes.set_xticks(batches, [f"{batch:,}" for batch in batches])
    axes.minorticks_off()
    axes.set_xlabel("queries per call")
    save(axes, title, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("records", help="JSON lines of compare.py")
    parser.add_argument("--out", required=True, help="the folder for the PNG files")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    for (dataset, threads), group in load(arguments.records).items():
        looks = styles({system for system, _ in group})
        suffix = "" if threads == 1 else f"-threads-{threads}"
        words = "one thread" if threads == 1 else f"{threads} threads"
        for batch in sorted({batch for _, batch in group}):
            points = {name: pairs for (name, size), pairs in group.items() if size == batch}
            name = f"{dataset}-batch-{batch}{suffix}.png"
            title = f"{dataset}, queries per call: {batch:,}, {words}"
            plot_recall(points, looks, title, os.path.join(arguments.out, name))
        name = f"{dataset}-batches{suffix}.png"
        title = f"{dataset}, recall@k of {RECALL}, {words}"
        plot_batches(group, looks, title, os.path.join(arguments.out, name))


if __name__ == "__main__":
    main()
