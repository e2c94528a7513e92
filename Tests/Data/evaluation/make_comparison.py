"""Makes comparison.json: rankings with their overlap, and differences with their exact p.

    python make_comparison.py      # writes comparison.json beside this file

Everything is computed as plainly as can be, with fractions where that is possible: rank-biased
overlap by equation 32 of Webber, Moffat and Zobel (2010), and by its simpler equation 23 where both
rankings are equally long; p by trying all signs.
"""

import fractions
import itertools
import json
import pathlib
import random

DEPTHS = [1, 3, 10, 20]


def overlap(first, second, depth):
    length = min(depth, max(len(first), len(second)))
    both = set(first[:depth]) & set(second[:depth])
    return len(both) / length if length else 1.0


def rank_biased_overlap(first, second, p):
    short, long = sorted([first, second], key=len)
    if not short:
        return 0.0 if long else 1.0
    x = [0] + [len(set(short[:d]) & set(long[:d])) for d in range(1, len(long) + 1)]
    s, l = len(short), len(long)
    total = sum(x[d] / d * p**d for d in range(1, l + 1))
    total += sum(x[s] * (d - s) / (s * d) * p**d for d in range(s + 1, l + 1))
    value = (1 - p) / p * total + ((x[l] - x[s]) / l + x[s] / s) * p**l
    if s == l:
        simple = x[l] / l * p**l + (1 - p) / p * sum(x[d] / d * p**d for d in range(1, l + 1))
        assert abs(value - simple) < 1e-12
    return value


def exact_p(differences):
    exact = [fractions.Fraction(d).limit_denominator(1000) for d in differences]
    observed = abs(sum(exact))
    signs = list(itertools.product([1, -1], repeat=len(exact)))
    return sum(abs(sum(s * d for s, d in zip(c, exact))) >= observed for c in signs) / len(signs)


def main():
    generator = random.Random(7)
    rankings = []
    for first_length, second_length in [
        (0, 0), (0, 4), (1, 1), (5, 5), (20, 20), (20, 7), (7, 20), (3, 200), (100, 100), (100, 90)
    ]:
        for pool in [1.0, 1.5, 4.0]:
            documents = range(max(int(pool * max(first_length, second_length)), 1))
            first = generator.sample(documents, first_length)
            second = generator.sample(documents, second_length)
            if pool == 1.0 and first_length == second_length:
                second = first[:]
            rankings.append(
                {
                    "first": first,
                    "second": second,
                    "overlap": [overlap(first, second, d) for d in DEPTHS],
                    "rbo": {str(p): rank_biased_overlap(first, second, p) for p in (0.5, 0.9, 0.98)},
                }
            )
    differences = []
    for count in [1, 2, 5, 9, 12]:
        for spread in [0.0, 0.3]:
            values = [generator.choice([-4, -2, -1, 0, 1, 2, 3]) / 8 + spread for _ in range(count)]
            differences.append({"values": values, "p": exact_p(values)})
    result = {"depths": DEPTHS, "rankings": rankings, "differences": differences}
    path = pathlib.Path(__file__).with_name("comparison.json")
    path.write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
