"""Trains a retriever as one would with PyTorch and transformers, for compare.py: a loop with nothing in it.

Batches are read from token lists (OpenMatch's JSONL), texts get [CLS] and [SEP] and are padded to the longest of their
side of the batch; queries and passages are encoded by one BERT each with mean pooling and normalization; the loss is
the cross-entropy of each query's positive among all passages of the batch. Dropout is on, the optimizer AdamW with
linear warm-up and decay and clipping. Prints one JSON object: seconds and tokens of each step, without loading.
"""

import argparse
import contextlib
import json
import random
import time

import torch
from transformers import AutoModel, AutoTokenizer, get_linear_schedule_with_warmup


def read_records(path, limit):
    records = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if len(records) == limit:
                break
            records.append(json.loads(line))
    return records


class Collator:
    """Makes tensors of texts; the same record gives other negatives each time, as in training."""

    def __init__(self, options):
        tokenizer = AutoTokenizer.from_pretrained(options.model)
        self.first, self.last = tokenizer.cls_token_id, tokenizer.sep_token_id
        self.pad = tokenizer.pad_token_id
        self.options, self.random = options, random.Random(42)

    def passages(self, record):
        wanted = self.options.n_passages - 1
        negatives = record["negatives"]
        drawn = self.random.sample(negatives, wanted) if len(negatives) >= wanted else \
            self.random.choices(negatives, k=wanted)
        return [self.random.choice(record["positives"])] + drawn

    def padded(self, texts, longest):
        rows = [[self.first] + text[: longest - 2] + [self.last] for text in texts]
        width = max(map(len, rows))
        ids = torch.tensor([row + [self.pad] * (width - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        return ids.to(self.options.device), mask.to(self.options.device), sum(map(len, rows))

    def batch(self, records):
        queries = self.padded([record["query"] for record in records], self.options.query_max_len)
        texts = [text for record in records for text in self.passages(record)]
        return queries, self.padded(texts, self.options.passage_max_len)


def encode(model, ids, mask):
    states = model(input_ids=ids, attention_mask=mask).last_hidden_state
    weights = mask.unsqueeze(-1).to(states.dtype)
    means = (states * weights).sum(1) / weights.sum(1)
    return torch.nn.functional.normalize(means.float(), dim=1)


def optimizer_of(model, options):
    def is_exempt(name):
        return name.endswith("bias") or "LayerNorm" in name

    groups = [
        {"params": [p for name, p in model.named_parameters() if not is_exempt(name)],
         "weight_decay": 0.01},
        {"params": [p for name, p in model.named_parameters() if is_exempt(name)],
         "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=options.learning_rate)
    return optimizer, get_linear_schedule_with_warmup(optimizer, options.steps // 10, options.steps)


def train(options):
    torch.manual_seed(42)
    torch.set_num_threads(options.threads)
    records = read_records(options.data, options.batch_size * options.steps)
    random.Random(42).shuffle(records)
    collator = Collator(options)
    model = AutoModel.from_pretrained(options.model, add_pooling_layer=False).float()
    model.to(options.device).train()
    optimizer, schedule = optimizer_of(model, options)
    kind = torch.device(options.device).type
    half = {"f16": torch.float16, "bf16": torch.bfloat16}.get(options.precision)
    scaler = torch.amp.GradScaler(kind, enabled=options.precision == "f16")
    targets = torch.arange(options.batch_size, device=options.device) * options.n_passages

    steps = []
    for number in range(options.steps):
        start = time.perf_counter()
        begin = number * options.batch_size % len(records)
        chosen = (records[begin:] + records)[: options.batch_size]
        queries, passages = collator.batch(chosen)
        with torch.autocast(kind, half) if half else contextlib.nullcontext():
            scores = encode(model, *queries[:2]) @ encode(model, *passages[:2]).T
        loss = torch.nn.functional.cross_entropy(scores.float() / options.temperature, targets)
        optimizer.zero_grad()
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
        schedule.step()
        value = loss.item()
        if kind == "cuda":
            torch.cuda.synchronize()
        steps.append({"seconds": time.perf_counter() - start, "tokens": queries[2] + passages[2],
                      "loss": value})
    print(json.dumps({"steps": steps, "torch": torch.__version__}))


def parser():
    result = argparse.ArgumentParser(description=__doc__)
    result.add_argument("--model", required=True)
    result.add_argument("--data", required=True)
    result.add_argument("--steps", type=int, required=True)
    result.add_argument("--batch-size", type=int, required=True)
    result.add_argument("--n-passages", type=int, required=True)
    result.add_argument("--query-max-len", type=int, required=True)
    result.add_argument("--passage-max-len", type=int, required=True)
    result.add_argument("--temperature", type=float, required=True)
    result.add_argument("--learning-rate", type=float, required=True)
    result.add_argument("--threads", type=int, required=True)
    result.add_argument("--device", required=True)
    result.add_argument("--precision", choices=["f32", "f16", "bf16"], required=True)
    return result


if __name__ == "__main__":
    train(parser().parse_args())
