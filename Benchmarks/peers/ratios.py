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


def speeds_and_builds(records, batch):
    """({system: queries per second at each target}, {system: build seconds}) of a batch size."""
    points, build_s = {}, {}
    for record in records:
        if record["batch"] == batch:
            pair = (record["recall_at_k"], record["qps_median"])
            points.setdefault(record["system"], []).append(pair)
            build_s[record["system"]] = record["build_s"]
    speeds = {
        name: [at_recall(pairs, target) for target in TARGETS] for name, pairs in points.items()
    }
    return speeds, build_s


def show(records):
    """Prints, for each batch size, the speeds, our ratios to each peer, and who was first.

    Where one thread answered single queries and larger calls, our single queries once more, beside
    the better of both of each peer: a graph answers the queries of a call one after the other, so
    that its large calls are its single queries without what Python costs a call.
    """
    batches = sorted({record["batch"] for record in records})
    for batch in batches:
        show_speeds(f"queries per call: {batch:,}", *speeds_and_builds(records, batch))
    if len(batches) > 1 and batches[0] == 1 and records[0]["threads"] == 1:
        single, build_s = speeds_and_builds(records, 1)
        whole, _ = speeds_and_builds(records, batches[-1])
        for name in whole.keys() & single.keys():
            if not is_ours(name):
                single[name] = better(single[name], whole[name])
        title = f"queries per call: 1, peers at the better of 1 and {batches[-1]:,}"
        show_speeds(title, single, build_s)


def better(row, other):
    """At each target the higher speed, None where neither gets there."""
    return [max((qps for qps in pair if qps), default=None) for pair in zip(row, other)]


def show_speeds(title, speeds, build_s):
    ours = [name for name in speeds if is_ours(name)]
    peers = [name for name in speeds if not is_ours(name)]
    width = sum(max(map(len, names), default=9) for names in (ours, peers)) + 4
    width = max(width, len(title))
    heads = "".join(f" {target:>11.2f}" for target in TARGETS)
    print(f"\n{title:{width}s} {'build s':>9s}{heads}")
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
