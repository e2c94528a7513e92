"""Makes a retrieval set of WordNet's database, with nothing but the standard library.

    wordnet.py DATABASE OUT [PASSAGES]

DATABASE is a folder with data.noun, data.verb, data.adj and data.adv. A passage is a sense: its words are
the title, its definition the text. A query is an example sentence of a gloss, and the sense that it is an
example of is relevant: which meaning does the word have here? OUT receives corpus.tsv (id, title, text),
queries.tsv (id, text) and qrels.tsv (query, 0, passage, 1). PASSAGES limits their number, evenly over the
files.
"""
import pathlib
import re
import sys

PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
MOST_QUERIES = 5_000
EXAMPLE = re.compile(r'"([^"]+)"')


def senses(folder):
    """Yields (id, words, definition, examples) for each sense."""
    for part, letter in PARTS.items():
        for line in (folder / f"data.{part}").open(encoding="utf-8"):
            if line.startswith(" "):  # the licence
                continue
            head, gloss = line.rstrip().split(" | ", 1)
            fields = head.split(" ")
            count = int(fields[3], 16)
            words = [word.replace("_", " ") for word in fields[4 : 4 + 2 * count : 2]]
            # An adjective's place in the sentence follows it: "afraid(p)".
            words = [re.sub(r"\([a-z]+\)$", "", word) for word in words]
            definition = EXAMPLE.sub("", gloss).strip(" ;:,")
            yield letter + fields[0], words, definition, EXAMPLE.findall(gloss)


def main():
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    # A few glosses are examples and nothing else.
    found = [sense for sense in senses(folder) if sense[2]]
    most = int(sys.argv[3]) if len(sys.argv) > 3 else len(found)
    if most < len(found):
        found = [found[place * len(found) // most] for place in range(most)]
    examples = [(sense[0], text) for sense in found for text in sense[3] if len(text.split()) > 3]
    every = max(1, len(examples) // MOST_QUERIES)
    queries = examples[::every][:MOST_QUERIES]
    with (out / "corpus.tsv").open("w", encoding="utf-8") as corpus:
        for name, words, definition, _ in found:
            corpus.write(f"{name}\t{', '.join(words)}\t{definition}\n")
    with (out / "queries.tsv").open("w", encoding="utf-8") as texts, (out / "qrels.tsv").open(
        "w", encoding="utf-8"
    ) as qrels:
        for place, (name, text) in enumerate(queries):
            texts.write(f"q{place}\t{text}\n")
            qrels.write(f"q{place}\t0\t{name}\t1\n")
    print(f"{len(found)} passages, {len(queries)} queries")


main()
