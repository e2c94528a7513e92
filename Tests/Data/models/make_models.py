"""Makes small models with random weights, and the vectors that Hugging Face computes with them.

    python make_models.py        writes the folders beside this file anew

Every folder holds a model as users have it on disk and `expected.json`: token ids of texts of
different lengths, and per representation the vectors of `transformers` in float32.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import (
    BertConfig, BertForMaskedLM, BertModel, DistilBertConfig, DistilBertModel, RobertaConfig,
    RobertaForMaskedLM, T5Config, T5EncoderModel, T5ForConditionalGeneration,
)

FOLDER = Path(__file__).parent
HIDDEN, HEADS, LAYERS, INNER, VOCABULARY, POSITIONS = 32, 4, 2, 48, 100, 40
LENGTHS = [7, 3, 12, 7, 1, 30, 12, 3]


def fresh(name):
    folder = FOLDER / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def write_json(path, value):
    path.write_text(json.dumps(value, indent=None) + "\n")


def token_ids():
    generator = torch.Generator().manual_seed(7)
    return [torch.randint(5, VOCABULARY, (n,), generator=generator).tolist() for n in LENGTHS]


def padded(texts, pad):
    longest = max(map(len, texts))
    ids = torch.tensor([text + [pad] * (longest - len(text)) for text in texts])
    mask = torch.tensor([[1] * len(text) + [0] * (longest - len(text)) for text in texts])
    return ids, mask


def randomize(model, seed):
    """Weights large enough that attention is far from uniform and activations are not linear."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            is_norm = "norm" in name.lower() and name.endswith("weight")
            parameter.copy_(1 + 0.2 * noise if is_norm else 0.25 * noise)
    return model.eval()


def pooled(hidden, mask):
    weights = mask.unsqueeze(-1).float()
    last = mask.sum(1) - 1
    return {
        "first": hidden[:, 0],
        "mean": (hidden * weights).sum(1) / weights.sum(1),
        "last": hidden[torch.arange(len(hidden)), last],
    }


@torch.no_grad()
def representations(model, texts, pad=0, decoder=False):
    ids, mask = padded(texts, pad)
    if decoder:
        start = torch.zeros(len(texts), 1, dtype=torch.long)
        body = getattr(model, "base_model", model)
        states = model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        step = model.decoder(
            input_ids=start, encoder_hidden_states=states, encoder_attention_mask=mask)
        return pooled(states, mask) | {"decoder": step.last_hidden_state[:, 0]}
    return pooled(model(input_ids=ids, attention_mask=mask).last_hidden_state, mask)


def write_expected(folder, texts, vectors):
    rounded = {name: [[float(f"{x:.9g}") for x in row] for row in matrix.tolist()]
               for name, matrix in vectors.items()}
    write_json(folder / "expected.json", {"ids": texts, "vectors": rounded})


def bert_config(**changes):
    return BertConfig(
        vocab_size=VOCABULARY, hidden_size=HIDDEN, num_hidden_layers=LAYERS,
        num_attention_heads=HEADS, intermediate_size=INNER, max_position_embeddings=POSITIONS,
        **changes)


def t5_config(**changes):
    # Heads of 6 make the inner dimension 24, so that it cannot be taken for the hidden one.
    return T5Config(
        vocab_size=VOCABULARY, d_model=HIDDEN, d_kv=6, d_ff=INNER, num_layers=LAYERS,
        num_decoder_layers=LAYERS, num_heads=HEADS, relative_attention_num_buckets=8,
        relative_attention_max_distance=20, decoder_start_token_id=0, **changes)


def make_bert(texts):
    folder = fresh("bert")
    model = randomize(BertModel(bert_config(), add_pooling_layer=False), 1)
    model.save_pretrained(folder)
    write_expected(folder, texts, representations(model, texts))


def make_bert_old(texts):
    """A checkpoint of the first years: file before zip, `gamma` and `beta`, `bert.` before names."""
    folder = fresh("bert-old")
    model = randomize(BertForMaskedLM(bert_config(hidden_act="relu")), 2)
    model.config.save_pretrained(folder)
    state = {}
    for name, tensor in model.state_dict().items():
        old = name.replace("LayerNorm.weight", "LayerNorm.gamma")
        state[old.replace("LayerNorm.bias", "LayerNorm.beta")] = tensor
    torch.save(state, folder / "pytorch_model.bin", _use_new_zipfile_serialization=False)
    write_expected(folder, texts, representations(model.bert, texts))


def make_roberta(texts):
    folder = fresh("roberta")
    config = RobertaConfig(
        vocab_size=VOCABULARY, hidden_size=HIDDEN, num_hidden_layers=LAYERS,
        num_attention_heads=HEADS, intermediate_size=INNER, max_position_embeddings=POSITIONS,
        type_vocab_size=1, pad_token_id=1, layer_norm_eps=1e-5)
    model = randomize(RobertaForMaskedLM(config), 3)
    model.save_pretrained(folder, max_shard_size="40KB")
    assert (folder / "model.safetensors.index.json").exists()
    write_expected(folder, texts, representations(model.roberta, texts, pad=1))


def make_distilbert(texts):
    folder = fresh("distilbert")
    config = DistilBertConfig(
        vocab_size=VOCABULARY, dim=HIDDEN, n_layers=LAYERS, n_heads=HEADS, hidden_dim=INNER,
        max_position_embeddings=POSITIONS)
    model = randomize(DistilBertModel(config), 4)
    model.config.save_pretrained(folder)
    torch.save(model.state_dict(), folder / "pytorch_model.bin")
    write_expected(folder, texts, representations(model, texts))


def make_t5(texts):
    folder = fresh("t5")
    model = randomize(T5ForConditionalGeneration(t5_config(feed_forward_proj="relu")), 5)
    model.save_pretrained(folder)
    write_expected(folder, texts, representations(model, texts, decoder=True))


def make_t5_gated(texts):
    folder = fresh("t5-gated")
    config = t5_config(feed_forward_proj="gated-gelu", tie_word_embeddings=False)
    model = randomize(T5ForConditionalGeneration(config), 6)
    model.save_pretrained(folder)
    write_expected(folder, texts, representations(model, texts, decoder=True))


def make_sentence_transformers(texts):
    """An encoder-only T5 with mean pooling, a dense layer with tanh and normalization."""
    folder = fresh("sentence-transformers")
    model = randomize(T5EncoderModel(t5_config(feed_forward_proj="relu")), 7)
    model.save_pretrained(folder)
    write_json(folder / "modules.json", [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        {"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"},
        {"idx": 3, "name": "3", "path": "3_Normalize",
         "type": "sentence_transformers.models.Normalize"},
    ])
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": 32, "do_lower_case": False})
    write_json(folder / "config_sentence_transformers.json", {
        "prompts": {"query": "query: ", "document": "passage: "}, "default_prompt_name": None,
        "similarity_fn_name": "cosine"})
    for name in ["1_Pooling", "2_Dense", "3_Normalize"]:
        (folder / name).mkdir()
    write_json(folder / "1_Pooling/config.json", {
        "word_embedding_dimension": HIDDEN, "pooling_mode_cls_token": False,
        "pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": False,
        "pooling_mode_mean_sqrt_len_tokens": False, "pooling_mode_weightedmean_tokens": False,
        "pooling_mode_lasttoken": False, "include_prompt": True})
    write_json(folder / "2_Dense/config.json", {
        "in_features": HIDDEN, "out_features": 20, "bias": True,
        "activation_function": "torch.nn.modules.activation.Tanh"})
    dense = randomize(torch.nn.Linear(HIDDEN, 20), 8)
    save_file({"linear." + name: tensor.detach() for name, tensor in dense.named_parameters()},
              folder / "2_Dense/model.safetensors")
    mean = representations(model, texts)["mean"]
    with torch.no_grad():
        vectors = torch.nn.functional.normalize(torch.tanh(dense(mean)), dim=1)
    write_expected(folder, texts, {"stored": vectors})


def write_openmatch(folder, backbone, **fields):
    write_json(folder / "openmatch_config.json", {
        "plm_backbone": backbone, "pooling": "first", "linear_head": True, "normalize": True,
        **fields})


def write_head(folder, head):
    folder.mkdir(exist_ok=True)
    torch.save({"linear.weight": head.weight.detach()}, folder / "linear.pt")
    write_json(folder / "head_config.json",
               {"input_dim": head.in_features, "output_dim": head.out_features})


def openmatch_vectors(vectors, head):
    with torch.no_grad():
        return torch.nn.functional.normalize(head(vectors), dim=1)


def make_openmatch_tied(texts):
    folder = fresh("openmatch-tied")
    model = randomize(BertModel(bert_config(), add_pooling_layer=False), 9)
    head = randomize(torch.nn.Linear(HIDDEN, 16, bias=False), 10)
    model.half().save_pretrained(folder)
    write_head(folder, head)
    write_openmatch(folder, {"type": "BertModel", "feature": "last_hidden_state"}, tied=True)
    first = representations(model.float(), texts)["first"]
    write_expected(folder, texts, {"stored": openmatch_vectors(first, head)})


def make_openmatch_untied(texts):
    """Two T5 models whose decoders represent, in bfloat16 files."""
    folder = fresh("openmatch-untied")
    expected = {}
    for place, side in enumerate(["query", "passage"]):
        model = randomize(T5ForConditionalGeneration(t5_config(feed_forward_proj="relu")), 11 + place)
        head = randomize(torch.nn.Linear(HIDDEN, 16, bias=False), 13 + place)
        (folder / f"{side}_model").mkdir()
        model.bfloat16().save_pretrained(folder / f"{side}_model")
        write_head(folder / f"{side}_head", head)
        vectors = representations(model.float(), texts, decoder=True)["decoder"]
        expected[side] = openmatch_vectors(vectors, head)
    write_openmatch(folder, {"lm_q_type": "T5Model", "lm_p_type": "T5Model",
                             "feature": "last_hidden_state"}, tied=False)
    write_expected(folder, texts, expected)


if __name__ == "__main__":
    torch.set_num_threads(1)
    ids = token_ids()
    for make in [make_bert, make_bert_old, make_roberta, make_distilbert, make_t5, make_t5_gated,
                 make_sentence_transformers, make_openmatch_tied, make_openmatch_untied]:
        make(ids)
    for left_over in FOLDER.rglob("generation_config.json"):
        left_over.unlink()
