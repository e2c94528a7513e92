"""Makes reference values of training: losses, their gradients and optimization steps, by PyTorch.

    python make.py        writes the files beside this one anew; needs torch and transformers

Everything is computed in float64 from the float32 weights of small models, dropout off, so that what differs from
these values is the rounding of the other side: PyTorch itself in float32 comes within 1e-5 of the losses and the
optimization's parameters, relative, and within 1e-6 of the gradients, relative to `norm`. Numbers have nine digits.

`losses.json`: losses of given scores, no model. A list `cases`, each of
    name         for messages
    kind         "contrastive", "margin-mse" or "kl"
    scores       the students' scores: for "contrastive" a row a query, a column for each passage of the batch (query
                 i's positive is column i * n); for the others a row a query, a column for each of its own passages
    teacher      scores of the same shape, for "margin-mse" and "kl"
    temperature, teacher_temperature       divide the scores before the softmax
    reduction    of "kl": "batchmean" (sum over passages, mean over queries) or "mean" (over all elements)
    masked       pairs [row, column] that are left out of the softmax
    loss, row_losses (contrastive only), gradient     the loss and its derivative by the scores

`bert.json`, `t5.json`, `t5-gated.json`: one batch through a model.
    model        its folder, relative to this one
    pooling      "mean" or "decoder"; normalize, head: what follows
    batch        queries: token ids as the model gets them, one list a query
                 passages: likewise, n for each query, positive first, in the order of the queries
                 n, query_keys, passage_keys: equal keys are the same text
                 positives: for each query the keys of all passages known to answer it
                 teacher: a score for each query's own passages
    vectors      queries, passages: a list of numbers a text
    scores       queries x all passages, before any temperature
    losses       a list, each of name, kind, temperature, teacher_temperature, reduction, masked (as above), loss, and
                 gradients: a name of Hugging Face -> [sum, sum of squares, first values, at most 8, row-major]
                 full: the same names -> all values, for a few small tensors
                 norm: the Euclidean norm of all gradients together
    A linear head is named `linear.weight`, as in OpenMatch's `linear.pt`. A tensor that two places share stands once.

`optimization.json`: AdamW on the BERT of `bert.json`.
    learning_rate, betas, epsilon, weight_decay (not for biases and norms: `undecayed` lists them), clip (of the norm of
    all gradients), warmup_steps, total_steps (the schedule's, linear), temperature; loss "contrastive", nothing masked
    batches      like `batch` above; step i takes number i modulo their count
    steps        a list of loss (before the step), gradient_norm (before clipping), learning_rate (of this step)
    losses       the loss of each batch after the last step
    parameters   a name -> [sum, sum of squares, first values] after the last step
    undetermined names whose gradient is 0 but for rounding (a key's bias shifts all scores of a query alike): Adam
                 makes steps of any size up to the learning rate of such noise, so these are not to be compared
"""

import json
import math
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, BertModel, T5Config, T5EncoderModel, T5Model
from transformers import get_linear_schedule_with_warmup

FOLDER = Path(__file__).parent
VOCABULARY, HIDDEN, HEAD = 100, 32, 16
FULL = {
    "bert": ["embeddings.LayerNorm.weight", "encoder.layer.0.attention.self.query.bias",
             "encoder.layer.1.attention.output.LayerNorm.bias", "encoder.layer.1.output.dense.bias"],
    "t5": ["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
           "encoder.final_layer_norm.weight", "decoder.block.1.layer.1.layer_norm.weight",
           "decoder.final_layer_norm.weight"],
    "t5-gated": ["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
                 "encoder.block.1.layer.1.layer_norm.weight", "encoder.final_layer_norm.weight",
                 "linear.weight"],
}


def rounded(value):
    if isinstance(value, torch.Tensor):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [rounded(inner) for inner in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def write(name, value):
    text = json.dumps(rounded(value), separators=(",", ":"))
    # A line for each member of the outermost object, for those who read differences.
    (FOLDER / name).write_text(text.replace(',"losses":', ',\n"losses":') + "\n")


# Losses

def contrastive(scores, temperature=1.0, masked=()):
    """The cross-entropy of each query's own positive among the passages of the batch."""
    logits = scores / temperature
    for row, column in masked:
        logits = logits.index_put((torch.tensor(row), torch.tensor(column)),
                                  torch.tensor(-math.inf, dtype=logits.dtype))
    n = scores.shape[1] // scores.shape[0]
    targets = torch.arange(scores.shape[0]) * n
    return torch.nn.functional.cross_entropy(logits, targets, reduction="none")


def own(scores):
    """The scores of each query's own passages."""
    n = scores.shape[1] // scores.shape[0]
    return torch.stack([scores[row, row * n:(row + 1) * n] for row in range(scores.shape[0])])


def margin_mse(scores, teacher):
    """The squared difference of margins between student and teacher, mean over queries and negatives."""
    margins, wanted = (s[:, :1] - s[:, 1:] for s in (scores, teacher))
    return torch.nn.functional.mse_loss(margins, wanted)


def kl(scores, teacher, temperature, teacher_temperature, reduction):
    """Kullback-Leibler divergence of the student's distribution over a query's passages from the teacher's."""
    student = torch.nn.functional.log_softmax(scores / temperature, dim=1)
    wanted = torch.nn.functional.softmax(teacher / teacher_temperature, dim=1)
    return torch.nn.functional.kl_div(student, wanted, reduction=reduction)


def loss_of(settings, scores, teacher, in_batch=True):
    kind = settings["kind"]
    if kind == "contrastive":
        return contrastive(scores, settings["temperature"], settings.get("masked", [])).mean()
    scores = own(scores) if in_batch else scores
    if kind == "margin-mse":
        return margin_mse(scores, teacher)
    return kl(scores, teacher, settings["temperature"], settings["teacher_temperature"],
              settings["reduction"])


def wanted_losses(masks, temperature):
    known, once = masks
    return [
        {"name": "contrastive", "kind": "contrastive", "temperature": 1.0},
        {"name": f"contrastive, temperature {temperature}", "kind": "contrastive",
         "temperature": temperature},
        {"name": "known positives masked", "kind": "contrastive", "temperature": 1.0,
         "masked": known},
        {"name": f"known positives masked, temperature {temperature}", "kind": "contrastive",
         "temperature": temperature, "masked": known},
        {"name": "known positives and repeated passages masked", "kind": "contrastive",
         "temperature": temperature, "masked": once},
        {"name": "MarginMSE", "kind": "margin-mse"},
        {"name": "KL, mean over all elements", "kind": "kl", "temperature": 1.0,
         "teacher_temperature": 1.0, "reduction": "mean"},
        {"name": "KL, teacher temperature 2", "kind": "kl", "temperature": 1.0,
         "teacher_temperature": 2.0, "reduction": "batchmean"},
        {"name": "KL, temperatures 0.5 and 2", "kind": "kl", "temperature": 0.5,
         "teacher_temperature": 2.0, "reduction": "batchmean"},
    ]


def masks_of(batch):
    """Columns that hold a passage known to answer the row's query, other than its own positive; and these together
    with all but the first column of a passage that stands at several, of which the row's own positive always stays."""
    known, once = [], []
    for row, positives in enumerate(batch["positives"]):
        target, seen = row * batch["n"], set()
        for column, key in enumerate(batch["passage_keys"]):
            if column == target:
                continue
            if key in positives:
                known.append([row, column])
            if key in positives or key in seen:
                once.append([row, column])
            seen.add(key)
    return known, once


def make_losses():
    """Scores by hand, among them those of the notes on OpenMatch."""
    cases = []

    def add(name, scores, settings, teacher=None):
        leaf = torch.tensor(scores, dtype=torch.float64, requires_grad=True)
        target = None if teacher is None else torch.tensor(teacher, dtype=torch.float64)
        loss = loss_of(settings, leaf, target, in_batch=False)
        loss.backward()
        case = {"name": name, **settings, "scores": scores, "loss": loss.item(),
                "gradient": leaf.grad}
        if teacher is not None:
            case["teacher"] = teacher
        if settings["kind"] == "contrastive":
            case["row_losses"] = contrastive(leaf.detach(), settings["temperature"],
                                             settings.get("masked", []))
        cases.append(case)

    # Queries (1, 0) and (0, 1); passages (2, 0), (0, 1), (0, 3), (1, 1).
    products = [[2.0, 0.0, 0.0, 1.0], [0.0, 1.0, 3.0, 1.0]]
    plain = {"kind": "contrastive", "temperature": 1.0}
    add("two queries", products, plain)
    add("two queries, temperature 0.05", products, plain | {"temperature": 0.05})
    add("two queries, one column masked", products, plain | {"masked": [[0, 3]]})
    add("all negatives masked", products, plain | {"masked": [[0, 1], [0, 2], [0, 3]]})
    add("scores that overflow exp", [[900.0, 890.0], [-900.0, 0.0]], plain)
    divergence = {"kind": "kl", "temperature": 1.0, "teacher_temperature": 1.0}
    for reduction in ["batchmean", "mean"]:
        add(f"one list, {reduction}", [[1.0, 2.0, 3.0]], divergence | {"reduction": reduction},
            [[3.0, 1.0, 0.0]])
    add("two lists, temperatures", [[1.0, 2.0, 3.0], [0.5, 0.5, -4.0]],
        {"kind": "kl", "temperature": 0.5, "teacher_temperature": 2.0, "reduction": "batchmean"},
        [[3.0, 1.0, 0.0], [9.0, -9.0, 90.0]])
    add("a teacher that is certain", [[1.0, 2.0, 3.0]], divergence | {"reduction": "batchmean"},
        [[3000.0, 1.0, 0.0]])
    add("margins", [[3.0, 1.0, 2.5], [0.0, 4.0, -1.0]], {"kind": "margin-mse"},
        [[5.0, 4.0, 1.0], [10.0, 9.0, 12.0]])

    by_name = {case["name"]: case for case in cases}
    assert abs(by_name["two queries"]["loss"] - 0.3858950) < 1e-7
    assert abs(by_name["one list, batchmean"]["loss"] - 1.6851240) < 1e-7
    assert abs(by_name["one list, mean"]["loss"] - 0.5617080) < 1e-7
    write("losses.json", {"cases": cases})


# Batches

def make_batch(seed, query_lengths, passages, n, positives):
    """`passages` gives a key and a length at each place; equal keys get equal tokens."""
    generator = torch.Generator().manual_seed(seed)

    def tokens(length):
        return torch.randint(5, VOCABULARY, (length,), generator=generator).tolist()

    texts = {}
    for key, length in passages:
        texts.setdefault(key, tokens(length))
    queries = [tokens(length) for length in query_lengths]
    teacher = torch.randn(len(queries), n, generator=generator, dtype=torch.float64) * 2
    teacher[:, 0] += 3
    return {
        "n": n, "queries": queries, "passages": [texts[key] for key, _ in passages],
        "query_keys": [f"q{number}" for number in range(len(queries))],
        "passage_keys": [key for key, _ in passages], "positives": positives,
        "teacher": [[round(score, 3) for score in row] for row in teacher.tolist()],
    }


def first_batch():
    """a is query 0's positive and query 1's negative; c, query 1's positive, is known to answer query 2 as well."""
    passages = [("a", 9), ("b", 5), ("c", 12), ("a", 9), ("d", 6), ("e", 3)]
    return make_batch(11, [4, 7, 3], passages, 2, [["a"], ["c"], ["d", "c"]])


def second_batch():
    passages = [("f", 4), ("g", 14), ("h", 7), ("i", 7), ("j", 2), ("k", 10), ("l", 5), ("m", 8)]
    return make_batch(12, [5, 2, 9, 6], passages, 2, [["f"], ["h"], ["j"], ["l"]])


# Models

def padded(texts):
    longest = max(map(len, texts))
    ids = torch.tensor([text + [0] * (longest - len(text)) for text in texts])
    return ids, (torch.arange(longest) < torch.tensor([[len(text)] for text in texts])).long()


class Encoder(torch.nn.Module):
    """A transformer, how its states become a vector, and a linear head where there is one."""

    def __init__(self, body, pooling, head=None, normalize=False):
        super().__init__()
        self.body, self.pooling, self.linear, self.normalize = body, pooling, head, normalize
        self.double().eval()

    def forward(self, texts):
        ids, mask = padded(texts)
        if self.pooling == "decoder":
            start = torch.zeros(len(texts), 1, dtype=torch.long)
            vectors = self.body(input_ids=ids, attention_mask=mask,
                                decoder_input_ids=start).last_hidden_state[:, 0]
        else:
            states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
            weights = mask.unsqueeze(-1).to(states.dtype)
            vectors = (states * weights).sum(1) / weights.sum(1)
        if self.linear is not None:
            vectors = self.linear(vectors)
        return torch.nn.functional.normalize(vectors, dim=1) if self.normalize else vectors

    def named(self):
        """Parameters under their names in files."""
        for name, parameter in self.named_parameters():
            yield name.removeprefix("body."), parameter

    def scores(self, batch):
        return self(batch["queries"]) @ self(batch["passages"]).T


def summary(tensor):
    values = tensor.flatten()
    return [values.sum().item(), (values * values).sum().item(), values[:8].tolist()]


def gradients_of(encoder):
    return {name: torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
            for name, parameter in encoder.named()}


def norm_of(tensors):
    return math.sqrt(sum((tensor * tensor).sum().item() for tensor in tensors))


def make_model_reference(name, folder, encoder, batch):
    teacher = torch.tensor(batch["teacher"], dtype=torch.float64)
    # Products of vectors that are not normalized are some 20 times larger: divided by little, the largest of them
    # would be all there is, and masks would change nothing.
    temperature = 0.05 if encoder.normalize else 4.0
    losses = []
    for settings in wanted_losses(masks_of(batch), temperature):
        encoder.zero_grad()
        loss = loss_of(settings, encoder.scores(batch), teacher)
        loss.backward()
        gradients = gradients_of(encoder)
        losses.append(settings | {
            "loss": loss.item(), "norm": norm_of(gradients.values()),
            "gradients": {key: summary(gradient) for key, gradient in gradients.items()},
            "full": {key: gradients[key].flatten() for key in FULL[name]},
        })
    with torch.no_grad():
        vectors = {side: encoder(batch[side]) for side in ["queries", "passages"]}
        scores = encoder.scores(batch)
    write(f"{name}.json", {
        "model": folder, "pooling": encoder.pooling, "normalize": encoder.normalize,
        "head": encoder.linear is not None, "batch": batch, "vectors": vectors, "scores": scores,
        "losses": losses,
    })


def bert():
    model = BertModel.from_pretrained(FOLDER / "../models/bert", add_pooling_layer=False)
    return Encoder(model, "mean", normalize=True)


def t5():
    model = T5Model.from_pretrained(FOLDER / "../models/t5")
    return Encoder(model, "decoder")


def make_gated_model():
    """An encoder-only gated T5 with a linear head, as OpenMatch writes it."""
    folder = FOLDER / "t5-gated-head"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    source = FOLDER / "../models/t5-gated"
    config = AutoConfig.from_pretrained(source)
    config.tie_word_embeddings = True
    model = T5EncoderModel(config)
    weights = load_file(source / "model.safetensors")
    state = {name: tensor for name, tensor in weights.items()
             if name.startswith("encoder.") or name == "shared.weight"}
    model.load_state_dict(state, strict=False)
    model.save_pretrained(folder)
    head = torch.nn.Linear(HIDDEN, HEAD, bias=False)
    with torch.no_grad():
        generator = torch.Generator().manual_seed(13)
        head.weight.copy_(0.25 * torch.randn(HEAD, HIDDEN, generator=generator))
    torch.save({"linear.weight": head.weight.detach()}, folder / "linear.pt")
    for name, value in {
        "head_config.json": {"input_dim": HIDDEN, "output_dim": HEAD},
        "openmatch_config.json": {
            "tied": True, "pooling": "mean", "linear_head": True, "normalize": False,
            "plm_backbone": {"type": "T5EncoderModel", "feature": "last_hidden_state"}},
    }.items():
        (folder / name).write_text(json.dumps(value) + "\n")
    return Encoder(model, "mean", head)


# Optimization

def make_optimization():
    encoder = bert()
    batches = [first_batch(), second_batch()]
    rate, decay, clip, warmup, total, temperature = 1e-3, 0.01, 1.0, 2, 5, 0.05
    named = list(encoder.named())
    undecayed = [name for name, _ in named if name.endswith("bias") or "LayerNorm" in name]
    optimizer = torch.optim.AdamW([
        {"params": [p for name, p in named if name not in undecayed], "weight_decay": decay},
        {"params": [p for name, p in named if name in undecayed], "weight_decay": 0.0},
    ], lr=rate, betas=(0.9, 0.999), eps=1e-8)
    schedule = get_linear_schedule_with_warmup(optimizer, warmup, total)

    def loss_on(batch):
        return contrastive(encoder.scores(batch), temperature).mean()

    steps = []
    for number in range(total):
        optimizer.zero_grad()
        loss = loss_on(batches[number % len(batches)])
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(encoder.parameters(), clip).item()
        steps.append({"loss": loss.item(), "gradient_norm": norm,
                      "learning_rate": schedule.get_last_lr()[0]})
        optimizer.step()
        schedule.step()
    with torch.no_grad():
        after = [loss_on(batch).item() for batch in batches]
    write("optimization.json", {
        "model": "../models/bert", "learning_rate": rate, "betas": [0.9, 0.999], "epsilon": 1e-8,
        "weight_decay": decay, "undecayed": undecayed, "clip": clip, "warmup_steps": warmup,
        "total_steps": total, "temperature": temperature, "batches": batches, "steps": steps,
        "losses": after, "parameters": {name: summary(p.detach()) for name, p in named},
        "undetermined": [name for name, _ in named if name.endswith("self.key.bias")],
    })


if __name__ == "__main__":
    torch.set_num_threads(1)
    make_losses()
    make_model_reference("bert", "../models/bert", bert(), first_batch())
    make_model_reference("t5", "../models/t5", t5(), first_batch())
    make_model_reference("t5-gated", "t5-gated-head", make_gated_model(), first_batch())
    make_optimization()
