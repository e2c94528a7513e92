#!/usr/bin/env python3
"""Makes openmatch.jsonl beside this script: the records that OpenMatch's build_train makes of the
other files here, each query having one negative, so that no draw is needed.

Needs `pip install transformers`. Made with transformers 5.24.0. Run it in this folder.
"""

import json

from transformers import BertTokenizerFast

tokenizer = BertTokenizerFast.from_pretrained("../tokenizers/wordpiece")


def rows(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return [line.rstrip("\n").split("\t") for line in file]


def tokens(text, length):
    return tokenizer.encode(text, add_special_tokens=False, max_length=length, truncation=True)


queries = {qid: tokens(text, 6) for qid, text in rows("queries.tsv")}
passages = {pid: tokens(title + "[SEP]" + text, 12) for pid, title, text in rows("corpus.tsv")}
positives = {}
for qid, _, pid, _ in rows("qrels.tsv"):
    positives.setdefault(qid, []).append(passages[pid])
with open("openmatch.jsonl", "w", encoding="utf-8") as out:
    for qid, pids in rows("negatives.tsv"):
        record = {
            "query": queries[qid],
            "positives": positives[qid],
            "negatives": [passages[pid] for pid in pids.split(",")],
        }
        out.write(json.dumps(record) + "\n")
