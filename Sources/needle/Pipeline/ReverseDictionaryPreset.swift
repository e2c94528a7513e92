extension PipelinePreset {
  /// The document's steps on a reverse dictionary, small enough for a computer without a GPU, and before
  /// them one that learns each passage's title from its text.
  static let revdictText = #"""
    {
      "name": "revdict",
      "variables": {
        "data": "revdict",
        "work": "${data}/needle",
        "model": "all-MiniLM-L6-v2",
        "triples": "${data}/triples.train.tsv.gz",
        "doc_template": "<title>: <text>",
        "query_template": "<text>",
        "query_length": "64",
        "passage_length": "128",
        "title_length": "32",
        "batch_0": "256",
        "rate_0": "1.5e-4",
        "epochs_0": "2",
        "batch": "128",
        "passages_1": "2",
        "rate_1": "1.5e-4",
        "epochs_1": "2",
        "passages_2": "4",
        "rate_2": "4e-5",
        "epochs_2": "2",
        "positives": "--positive-every-other",
        "negatives": "20",
        "depth": "100",
        "mined": "50",
        "backend": "flat",
        "device": "auto",
        "seed": "42"
      },
      "steps": [
        {
          "name": "corpus",
          "run": [
            "prepare", "corpus", "--paragraphs", "${data}/para.txt", "--titles",
            "${data}/para.title.txt", "--out", "${work}/corpus.tsv"
          ],
          "inputs": ["${data}/para.txt", "${data}/para.title.txt"],
          "outputs": ["${work}/corpus.tsv"]
        },
        {
          "name": "negatives",
          "run": [
            "prepare", "negatives", "--triples", "${triples}", "--out",
            "${work}/train.negatives.tsv"
          ],
          "inputs": ["${triples}"],
          "outputs": ["${work}/train.negatives.tsv"]
        },
        {
          "name": "records-1",
          "run": [
            "prepare", "train", "--negatives", "${work}/train.negatives.tsv", "--qrels",
            "${data}/qrels.train.tsv", "--queries", "${data}/train.query.txt", "--corpus",
            "${work}/corpus.tsv", "--tokenizer", "${model}", "--doc-template",
            "${doc_template}", "--query-template", "${query_template}", "--truncate",
            "${passage_length}", "--query-truncate", "${query_length}", "--n-sample",
            "${negatives}", "--seed", "${seed}", "--out", "${work}/records-1"
          ],
          "inputs": [
            "${work}/train.negatives.tsv", "${data}/qrels.train.tsv", "${data}/train.query.txt",
            "${work}/corpus.tsv", "${model}"
          ],
          "outputs": ["${work}/records-1"]
        },
        {
          "name": "split-1",
          "run": [
            "prepare", "split", "--in", "${work}/records-1", "--val", "500", "--seed",
            "${seed}", "--out", "${work}/train-1.jsonl", "${work}/val-1.jsonl"
          ],
          "inputs": ["${work}/records-1"],
          "outputs": ["${work}/train-1.jsonl", "${work}/val-1.jsonl"]
        },
        {
          "name": "pairs",
          "run": [
            "prepare", "pairs", "--corpus", "${work}/corpus.tsv", "--out", "${work}/pairs.tsv"
          ],
          "inputs": ["${work}/corpus.tsv"],
          "outputs": ["${work}/pairs.tsv"]
        },
        {
          "name": "records-0",
          "run": [
            "prepare", "train", "--qrels", "${work}/pairs.tsv", "--queries",
            "${work}/corpus.tsv", "--query-columns", "id,title,text", "--query-template",
            "<text>", "--corpus", "${work}/corpus.tsv", "--doc-template", "<title>",
            "--tokenizer", "${model}", "--truncate", "${title_length}", "--query-truncate",
            "${query_length}", "--out", "${work}/records-0"
          ],
          "inputs": ["${work}/pairs.tsv", "${work}/corpus.tsv", "${model}"],
          "outputs": ["${work}/records-0"]
        },
        {
          "name": "train-0",
          "run": [
            "train", "--model", "${model}", "--train-dir", "${work}/records-0",
            "--train-n-passages", "1", "--batch-size", "${batch_0}", "--learning-rate",
            "${rate_0}", "--epochs", "${epochs_0}", "--warmup-ratio", "0.1", "--temperature",
            "0.05", "--query-max-len", "${query_length}", "--passage-max-len",
            "${title_length}", "--device", "${device}", "--seed", "${seed}", "--out",
            "${work}/stage-0"
          ],
          "resume": ["--resume"],
          "inputs": ["${work}/records-0", "${model}"],
          "outputs": ["${work}/stage-0"]
        },
        {
          "name": "train-1",
          "run": [
            "train", "--model", "${work}/stage-0", "--train", "${work}/train-1.jsonl", "--eval",
            "${work}/val-1.jsonl", "--data", "${work}/records-1", "--train-n-passages",
            "${passages_1}", "--batch-size", "${batch}", "--learning-rate", "${rate_1}",
            "--epochs", "${epochs_1}", "--warmup-ratio", "0.1", "--temperature", "0.05",
            "--query-max-len", "${query_length}", "--passage-max-len", "${passage_length}",
            "--eval-passages", "10000", "--best-by", "mrr_10", "--device", "${device}",
            "--seed", "${seed}", "--out", "${work}/stage-1"
          ],
          "resume": ["--resume"],
          "inputs": [
            "${work}/train-1.jsonl", "${work}/val-1.jsonl", "${work}/records-1",
            "${work}/stage-0"
          ],
          "outputs": ["${work}/stage-1"]
        },
        {
          "name": "encode-1",
          "run": [
            "encode", "--model", "${work}/stage-1", "--corpus", "${work}/corpus.tsv",
            "--doc-template", "${doc_template}", "--passage-max-len", "${passage_length}",
            "--device", "${device}", "--out", "${work}/corpus-1.vectors"
          ],
          "resume": [],
          "inputs": ["${work}/stage-1", "${work}/corpus.tsv"],
          "outputs": ["${work}/corpus-1.vectors"]
        },
        {
          "name": "index-1",
          "run": [
            "index", "build", "--vectors", "${work}/corpus-1.vectors", "--backend",
            "${backend}", "--metric", "ip", "--out", "${work}/corpus-1.needle"
          ],
          "inputs": ["${work}/corpus-1.vectors"],
          "outputs": ["${work}/corpus-1.needle"]
        },
        {
          "name": "search-dev-1",
          "run": [
            "search", "--index", "${work}/corpus-1.needle", "--model", "${work}/stage-1",
            "--queries", "${data}/dev.query.txt", "--query-template", "${query_template}",
            "--query-max-len", "${query_length}", "--depth", "1000", "--device", "${device}",
            "--out", "${work}/dev-1.trec"
          ],
          "inputs": ["${work}/corpus-1.needle", "${work}/stage-1", "${data}/dev.query.txt"],
          "outputs": ["${work}/dev-1.trec"]
        },
        {
          "name": "evaluate-1",
          "run": [
            "evaluate", "-m", "mrr.10", "-m", "recall.100,1000", "-m", "ndcg_cut.10",
            "${data}/qrels.dev.tsv", "${work}/dev-1.trec"
          ],
          "inputs": ["${data}/qrels.dev.tsv", "${work}/dev-1.trec"],
          "stdout": "${work}/dev-1.txt"
        },
        {
          "name": "search-train",
          "run": [
            "search", "--index", "${work}/corpus-1.needle", "--model", "${work}/stage-1",
            "--queries", "${data}/train.query.txt", "--query-template", "${query_template}",
            "--query-max-len", "${query_length}", "--depth", "${depth}", "--device",
            "${device}", "--out", "${work}/train-1.trec"
          ],
          "inputs": ["${work}/corpus-1.needle", "${work}/stage-1", "${data}/train.query.txt"],
          "outputs": ["${work}/train-1.trec"]
        },
        {
          "name": "hard-negatives",
          "run": [
            "hard-negatives", "--run", "${work}/train-1.trec", "--qrels",
            "${data}/qrels.train.tsv", "--store", "${work}/records-1", "--depth", "${mined}",
            "--n-sample", "${negatives}", "--rank-positives", "--seed", "${seed}", "--out",
            "${work}/records-2"
          ],
          "inputs": ["${work}/train-1.trec", "${data}/qrels.train.tsv", "${work}/records-1"],
          "outputs": ["${work}/records-2"]
        },
        {
          "name": "split-2",
          "run": [
            "prepare", "split", "--hn", "--in", "${work}/records-2", "--val", "500", "--seed",
            "${seed}", "--out", "${work}/train-2.jsonl", "${work}/val-2.jsonl"
          ],
          "inputs": ["${work}/records-2"],
          "outputs": ["${work}/train-2.jsonl", "${work}/val-2.jsonl"]
        },
        {
          "name": "train-2",
          "run": [
            "train", "--model", "${work}/stage-1", "--train", "${work}/train-2.jsonl", "--eval",
            "${work}/val-2.jsonl", "--data", "${work}/records-1", "${positives}",
            "--train-n-passages", "${passages_2}", "--batch-size", "${batch}", "--learning-rate", "${rate_2}",
            "--epochs", "${epochs_2}", "--warmup-ratio", "0.1", "--temperature", "0.05",
            "--query-max-len", "${query_length}", "--passage-max-len", "${passage_length}",
            "--eval-passages", "10000", "--best-by", "mrr_10", "--device", "${device}",
            "--seed", "${seed}", "--out", "${work}/stage-2"
          ],
          "resume": ["--resume"],
          "inputs": [
            "${work}/train-2.jsonl", "${work}/val-2.jsonl", "${work}/records-1",
            "${work}/stage-1"
          ],
          "outputs": ["${work}/stage-2"]
        },
        {
          "name": "encode-2",
          "run": [
            "encode", "--model", "${work}/stage-2", "--corpus", "${work}/corpus.tsv",
            "--doc-template", "${doc_template}", "--passage-max-len", "${passage_length}",
            "--device", "${device}", "--out", "${work}/corpus-2.vectors"
          ],
          "resume": [],
          "inputs": ["${work}/stage-2", "${work}/corpus.tsv"],
          "outputs": ["${work}/corpus-2.vectors"]
        },
        {
          "name": "index-2",
          "run": [
            "index", "build", "--vectors", "${work}/corpus-2.vectors", "--backend",
            "${backend}", "--metric", "ip", "--out", "${work}/corpus-2.needle"
          ],
          "inputs": ["${work}/corpus-2.vectors"],
          "outputs": ["${work}/corpus-2.needle"]
        },
        {
          "name": "search-dev-2",
          "run": [
            "search", "--index", "${work}/corpus-2.needle", "--model", "${work}/stage-2",
            "--queries", "${data}/dev.query.txt", "--query-template", "${query_template}",
            "--query-max-len", "${query_length}", "--depth", "1000", "--device", "${device}",
            "--out", "${work}/dev-2.trec"
          ],
          "inputs": ["${work}/corpus-2.needle", "${work}/stage-2", "${data}/dev.query.txt"],
          "outputs": ["${work}/dev-2.trec"]
        },
        {
          "name": "evaluate-2",
          "run": [
            "evaluate", "-m", "mrr.10", "-m", "recall.100,1000", "-m", "ndcg_cut.10",
            "${data}/qrels.dev.tsv", "${work}/dev-2.trec"
          ],
          "inputs": ["${data}/qrels.dev.tsv", "${work}/dev-2.trec"],
          "stdout": "${work}/dev-2.txt"
        }
      ]
    }

    """#
}
