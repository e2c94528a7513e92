#!/usr/bin/env python3
"""Makes the small tokenizers beside this script and Hugging Face's ids for reference texts.

Needs `pip install transformers tokenizers sentencepiece protobuf` and Debian's wordnet-base, whose
glosses are the English training text. Made with transformers 5.24.0, tokenizers 0.23.3 and
sentencepiece 0.2.3. Run it in this folder: `python3 make_tokenizers.py`.
"""

import json
import os
import random
import shutil

import sentencepiece
import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers
from tokenizers import pre_tokenizers, processors, trainers
from transformers import BertTokenizerFast, RobertaTokenizerFast, T5TokenizerFast

WORDNET = "/usr/share/wordnet/data.noun"
OTHER_SCRIPTS = [
    "Die Straße führt über Brücken nach Köln, wo Äpfel süß schmecken.",
    "Le cœur naïf d'un garçon fête Noël à l'hôtel où il était né.",
    "Διαβάζω ένα βιβλίο για τη φιλοσοφία της αρχαίας Ελλάδας.",
    "Москва и Санкт-Петербург — крупнейшие города России.",
    "שלום לכולם, מה שלומכם היום?",
    "مرحبا بكم في عالم البحث عن النصوص",
    "हिन्दी भारत की एक प्रमुख भाषा है।",
    "ภาษาไทยไม่มีช่องว่างระหว่างคำ",
    "東京は日本の首都で、人口が多い都市です。",
    "北京是中华人民共和国的首都。",
    "한국어 문장은 띄어쓰기를 합니다.",
    "İstanbul'da ılık bir gün, ığdır ağacı.",
    "Tiếng Việt có nhiều dấu thanh điệu.",
    "I ❤️ emoji 😀 👍🏽 👩‍💻 🎉",
]

# Texts that tell implementations apart.
TEXTS = [
    "",
    " ",
    "  \t\n ",
    "a",
    "Hello, World!",
    "the quick brown fox jumps over the lazy dog",
    "a plant of the genus  Rosa;\tshrubs with\nprickly stems\r\nand pinnate leaves",
    "I'm can't we'll they've you're he'd IT'S 'tis ''s 'S 'LL '",
    "3.14159 1,000,000 10%  $5.00 x2 H2O ½ ² Ⅷ ٣ ५ 〇",
    "wait...what?!? (yes) [no] {maybe} <tag> a_b-c/d\\e @home #tag `x` ~y^z|w",
    "[CLS] a [SEP] b [MASK] c [PAD][UNK] [sep] [SEP",
    "Title:[SEP]Text",
    "<s> a </s> b <mask> c <pad><unk> <S> </s",
    "a <extra_id_0> b<extra_id_1>c <extra_id_99>  <extra_id_100>",
    "x  <mask>  y\t<mask>z",
    "café cafe\u0301 CAFÉ naïve ÅNGSTRÖM \u212bngstr\u00f6m A\u030angstro\u0308m",
    "Straße STRASSE ẞ ß ﬁ ﬂ ﬀ ǅ ǆ Ǆ ŉ ĳ ſ",
    "İstanbul I ı i İİ i\u0307",
    "ΑΣ ΣΑΣ σς Ὀδυσσεύς ᾈ ᾀ ΐ",
    "q\u0307\u0323 q\u0323\u0307 a\u0315\u0300\u05ae\u0062 \u1e0b\u0323 \u0344 \u0f73\u0f72",
    "각 \u1100\u1161\u11a8 \ud55c\uad6d\uc5b4 \u3131\u314f \uffa1\uffc2",
    "東京tokyo東京 カタカナ ｶﾀｶﾅ ガ か\u3099 ㌔ ㍻ 〒",
    "\u4e00\u3400\U00020000\U0002a700\U0002b740\U0002b820\U0002ceb0\U0002f800\uf900\ufa0e\U00030000",
    "שָׁלוֹם עולם ﬡ",
    "مَرْحَبًا ﷺ ﻻ \u0640 \u061c\u200f",
    "हिन्दी क्षि क\u094d\u200dष \u0958 ড়",
    "ภาษาไทย ำ ກຳ",
    "😀👍🏽👩‍👩‍👧‍👦🇩🇪🇫🇷 ❤️ ❤ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "nul\x00inside bell\x07 esc\x1b del\x7f nel\x85 vt\x0b ff\x0c fs\x1c",
    "nbsp\u00a0here en\u2002em\u2003thin\u2009zwsp\u200bzwj\u200dzwnj\u200cwj\u2060bom\ufeff",
    "line\u2028para\u2029ideographic\u3000ogham\u1680mvs\u180enarrow\u202fmath\u205f",
    "soft\u00adhyphen \u2010 \u2011 \u2013 \u2014 \u2212 … ‥ “quoted” ‘single’ «guillemets»",
    "\ue000\uf8ff\U000f0000 \ufffd \ufffe\uffff \u0378 \U0001fae0 \U00011938 \U000105c9 \u1c89",
    "™ © ® ℃ № ½ ⅓ ① ⑳ ㈱ ㊙ 𝐀𝒜𝔄 Ａｂｃ１２３！",
    "\u2581 \u2581\u2581a b\u2581c",
    "   leading and trailing   ",
    "é" * 100,
    "é" * 101,
    "a" * 100,
    "a" * 101,
    "antidisestablishmentarianism pneumonoultramicroscopicsilicovolcanoconiosis",
    "http://example.org/a?b=c&d=e#f user@example.com C:\\Windows\\System32",
    "- - -- --- ---- _ __ ___",
    "zzzzqqqqxxxx 𓀀𓁐 ᚠᚢᚦ ꙮ",
    "\r\r\n\n \r",
    "newtoken NewToken NEWTOKEN anewtoken newtokens left  LEFT right  RIGHT  x whole WHOLE wholes",
    "the " * 80,
]

BROKEN = [
    b"\x80abc", b"abc\xff", b"\xc3", b"\xc3(", b"\xe2\x82", b"\xe2\x82x", b"\xf0\x9f\x98", b"\xf0\x9f\x98 y",
    b"\xed\xa0\x80\xed\xb0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80", b"\xe0\x80\x80", b"a\xf0\x80\x80\x41b",
    b"\xf8\x88\x80\x80\x80", b"\xef\xbf\xbd", b"caf\xe9 na\xefve", b"[SEP\xff] [SEP]\xff</s>\xfe<mask>",
]

POOLS = [
    (0x20, 0x7F), (0, 0x20), (0x80, 0x250), (0x250, 0x370), (0x370, 0x530), (0x590, 0x700), (0x700, 0x900),
    (0x900, 0x1000), (0x1000, 0x1200), (0x1200, 0x1E00), (0x1E00, 0x2070), (0x2070, 0x3000), (0x3000, 0x3400),
    (0x3400, 0xA000), (0xA000, 0xAC00), (0xAC00, 0xD7A4), (0xF900, 0x10000), (0x10000, 0x12000),
    (0x1D000, 0x1F000), (0x1F000, 0x20000), (0x20000, 0x32000), (0xE0000, 0xE0200), (0, 0x110000),
]


def random_text(chance):
    """A text of one script with words, blanks, special tokens and characters of all planes."""
    low, high = chance.choice(POOLS)
    parts = []
    for _ in range(chance.randrange(1, 16)):
        draw = chance.random()
        if draw < 0.15:
            parts.append(chance.choice(["[SEP]", "</s>", "<mask>", "<extra_id_3>", "\u0301", "\u200d", "\r\n"]))
        elif draw < 0.4:
            parts.append(chance.choice([" ", "  ", "'s", "the", "Plant", ",", "7"]))
        else:
            first, last = (low, high) if draw < 0.8 else chance.choice(POOLS)
            code = chance.randrange(first, last)
            parts.append("x" if 0xD800 <= code < 0xE000 else chr(code))
    return "".join(parts)


def training_text():
    with open(WORDNET, encoding="utf-8") as file:
        glosses = [line.split("| ", 1)[1].strip() for line in file if "| " in line]
    return glosses[::8] + OTHER_SCRIPTS * 40


def word_piece(text):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=2000, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator(text, trainer)
    vocabulary = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    os.makedirs("wordpiece")
    with open("wordpiece/vocab.txt", "w", encoding="utf-8") as file:
        file.writelines(token + "\n" for token, _ in vocabulary)
    yield "wordpiece", BertTokenizerFast.from_pretrained("wordpiece").backend_tokenizer

    # Cased, with added tokens of every kind; the settings outweigh what tokenizer.json says of case.
    cased = BertTokenizerFast.from_pretrained("wordpiece", do_lower_case=False).backend_tokenizer
    cased.add_tokens([
        AddedToken("NewToken", normalized=True),
        AddedToken("left", normalized=False, lstrip=True),
        AddedToken("right", normalized=False, rstrip=True),
        AddedToken("whole", normalized=False, single_word=True),
    ])
    save(cased, "wordpiece-cased", '"lowercase":false', '"lowercase":true')
    with open("wordpiece-cased/tokenizer_config.json", "w", encoding="utf-8") as file:
        json.dump({"tokenizer_class": "BertTokenizer", "do_lower_case": False}, file)
    yield "wordpiece-cased", cased

    uncased = Tokenizer.from_str(cased.to_str())
    uncased.normalizer = normalizers.BertNormalizer(
        clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=True
    )
    save(uncased, "wordpiece-unclean")
    yield "wordpiece-unclean", Tokenizer.from_file("wordpiece-unclean/tokenizer.json")


def byte_pair(text):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=1000,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(text, trainer)
    os.makedirs("bytepair")
    tokenizer.model.save("bytepair")
    mask = AddedToken("<mask>", lstrip=True, normalized=False, special=True)
    yield "bytepair", RobertaTokenizerFast.from_pretrained("bytepair", mask_token=mask).backend_tokenizer

    prefixed = RobertaTokenizerFast.from_pretrained("bytepair", add_prefix_space=True).backend_tokenizer
    prefixed.add_tokens([AddedToken("newtoken", normalized=True), AddedToken("new", normalized=True)])
    save(prefixed, "bytepair-prefixed")
    yield "bytepair-prefixed", prefixed


def unigram(text):
    with open("text.tmp", "w", encoding="utf-8") as file:
        file.write("\n".join(text))
    options = dict(
        input="text.tmp", model_type="unigram", vocab_size=1000, character_coverage=0.9995,
        pad_id=0, eos_id=1, unk_id=2, bos_id=-1, minloglevel=2,
    )
    os.makedirs("unigram")
    sentencepiece.SentencePieceTrainer.train(model_prefix="unigram/spiece", **options)
    yield "unigram", T5TokenizerFast.from_pretrained("unigram").backend_tokenizer

    # A small normalization map of its own, and the components that older converters wrote.
    rules = {"\t": " ", "\u00a0": " ", "ﬁ": "fi", "é": "e", "e\u0301": "e", "①": "1", "ｶ": "カ", "\u200d": ""}
    with open("rules.tmp", "w", encoding="utf-8") as file:
        for source, target in rules.items():
            file.write(" ".join("%X" % ord(c) for c in source) + "\t"
                       + " ".join("%X" % ord(c) for c in target) + "\n")
    os.makedirs("model.tmp")
    sentencepiece.SentencePieceTrainer.train(
        model_prefix="model.tmp/spiece", normalization_rule_tsv="rules.tmp", **options
    )
    other = T5TokenizerFast.from_pretrained("model.tmp", extra_ids=5).backend_tokenizer
    other.normalizer = normalizers.Sequence(
        [other.normalizer, normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")]
    )
    other.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first", split=True)
    save(other, "unigram-first")
    yield "unigram-first", Tokenizer.from_file("unigram-first/tokenizer.json")
    shutil.rmtree("model.tmp")
    os.remove("text.tmp")
    os.remove("rules.tmp")


def save(tokenizer, directory, *replacement):
    os.makedirs(directory)
    text = tokenizer.to_str(pretty=False)
    with open(directory + "/tokenizer.json", "w", encoding="utf-8") as file:
        file.write(text.replace(*replacement) if replacement else text)


def references(tokenizer, texts):
    tokenizer.no_padding()
    tokenizer.no_truncation()
    whole = [tokenizer.encode(text).ids for text in texts]
    tokenizer.enable_truncation(12)
    return {
        "ids": whole,
        "truncated": [tokenizer.encode(text).ids for text in texts],
        "bare": [tokenizer.encode(text, add_special_tokens=False).ids for text in texts],
        "decoded": [tokenizer.decode(ids) for ids in whole],
    }


def main():
    for directory in ["wordpiece", "wordpiece-cased", "wordpiece-unclean", "bytepair", "bytepair-prefixed",
                      "unigram", "unigram-first"]:
        shutil.rmtree(directory, ignore_errors=True)
    chance = random.Random(5)
    texts = [text.encode("utf-8") for text in TEXTS + OTHER_SCRIPTS] + BROKEN
    texts += [random_text(chance).encode("utf-8") for _ in range(150)]
    decoded = [text.decode("utf-8", "replace") for text in texts]
    glosses = training_text()
    result = {"tokenizers": tokenizers.__version__, "texts": [text.hex() for text in texts], "models": {}}
    for make in (word_piece, byte_pair, unigram):
        for name, tokenizer in make(glosses):
            result["models"][name] = references(tokenizer, decoded)
    with open("references.json", "w", encoding="utf-8") as file:
        json.dump(result, file, ensure_ascii=True, separators=(",", ":"))
        file.write("\n")
    os.remove("unigram/spiece.vocab")


if __name__ == "__main__":
    main()
