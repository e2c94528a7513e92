"""Systems compared at equal recall: queries per second, interpolated on their Pareto fronts."""

import itertools
import math

TARGETS = [0.90, 0.95, 0.99]


def front(points):
    """The (recall, qps) pairs that no other pair beats in both, by rising recall."""
    best, kept = 0.0, []
    for point in sorted(points, key=lambda p: (-p[0], -p[1])):
        if point[1] > best:
            best = point[1]
            kept.append(point)
    return kept[::-1]


def at_recall(points, target):
    """Queries per second at `target`; None where the system never gets there."""
    kept = front(points)
    if not kept or kept[-1][0] < target:
        return None
    if kept[0][0] >= target:
        return kept[0][1]
    for (low, fast), (high, slow) in zip(kept, kept[1:]):
        if low <= target <= high:
            share = 0.0 if high == low else (target - low) / (high - low)
            return math.exp(math.log(fast) * (1 - share) + math.log(slow) * share)


def is_ours(name):
    return name.startswith("needletail ")


def show(records):
    """Prints, for each batch size, the speeds, our ratios to each peer, and who was first."""
    for batch in sorted({record["batch"] for record in records}):
        points, build_s = {}, {}
        for record in records:
            if record["batch"] == batch:
                pair = (record["recall_at_k"], record["qps_median"])
                points.setdefault(record["system"], []).append(pair)
                build_s[record["system"]] = record["build_s"]
        speeds = {
            name: [at_recall(pairs, target) for target in TARGETS] for name, pairs in points.items()
        }
        show_batch(batch, speeds, build_s)


def show_batch(batch, speeds, build_s):
    ours = [name for name in speeds if is_ours(name)]
    peers = [name for name in speeds if not is_ours(name)]
    width = sum(max(map(len, names), default=9) for names in (ours, peers)) + 4
    heads = "".join(f" {target:>11.2f}" for target in TARGETS)
    print(f"\n{f'queries per call: {batch:,}':{width}s} {'build s':>9s}{heads}")
    for name, row in speeds.items():
        cells = "".join(f" {qps:11,.0f}" if qps else f" {'-':>11s}" for qps in row)
        print(f"{name:{width}s} {build_s[name]:9.1f}{cells}")
    for mine, peer in itertools.product(ours, peers):
        cells = "".join(
            f" {a / b:10.2f}x" if a and b else f" {'-':>11s}"
            for a, b in zip(speeds[mine], speeds[peer])
        )
        # Hundredths of a second are recorded: an exact index, which is a copy, takes none.
        measured = min(build_s[mine], build_s[peer]) >= 0.1
        build = f"{build_s[peer] / build_s[mine]:8.2f}x" if measured else f"{'-':>9s}"
        print(f"{mine + ' / ' + peer:{width}s} {build}{cells}")
    for number, target in enumerate(TARGETS):
        print(f"recall {target:.2f}: {verdict({n: row[number] for n, row in speeds.items()})}")


def verdict(speeds):
    """Who is first, and by how much: ours before the best peer, or a peer before our best."""
    there = sorted(((qps, name) for name, qps in speeds.items() if qps), reverse=True)
    if not there:
        return "reached by no system"
    best, winner = there[0]
    others = [entry for entry in there if is_ours(entry[1]) != is_ours(winner)]
    word = "won" if is_ours(winner) else "lost"
    if not others:
        rest = "no peer gets" if is_ours(winner) else "Needletail does not get"
        return f"{word}: {winner} is first, {rest} there"
    return f"{word}: {winner} is first, {best / others[0][0]:.2f}x of {others[0][1]}"
