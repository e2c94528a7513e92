"""Makes evaluation.json: runs, judgments, and the values that pytrec_eval and ir_measures give.

    python make_evaluation.py      # writes evaluation.json beside this file

Needs pytrec_eval and ir_measures, and numpy. Runs have ties, documents that nobody judged, queries
without judgments and judged queries without documents; grades go from -1 to 3.
"""

import json
import pathlib

import ir_measures
import numpy
import pytrec_eval

CUTOFFS = "1,3,5,10,20,100"
TREC = [
    "map", "gm_map", "Rprec", "bpref", "recip_rank", "iprec_at_recall", "infAP", "gm_bpref",
    "11pt_avg", "ndcg", "set_P", "set_recall", "set_map", "set_F", "num_ret", "num_rel",
    "num_rel_ret",
] + [f"{name}.{CUTOFFS}" for name in ("P", "recall", "ndcg_cut", "map_cut", "success")]
IR = [
    "AP", "AP@10", "nDCG", "nDCG@10", "P@5", "R@10", "RR", "RR@3", "RR@10", "Success@5", "Rprec",
    "Bpref", "SetP", "SetR", "SetF", "AP(rel=2)", "P(rel=2)@5", "RR(rel=2)@10", "NumRet",
]


def make_set(generator, queries, documents, depth, *, grades, level, scores):
    """One set: a dictionary of judgments and one of results."""
    names = [f"d{number}" for number in range(documents - 2)] + ["D-é", "d_漢"]
    qrels, run = {}, {}
    for query in range(queries):
        judged = generator.choice(documents, generator.integers(1, 30), replace=False)
        if query % 11 != 7:
            qrels[f"q{query}"] = {names[d]: int(generator.choice(grades)) for d in judged}
        if query % 7 != 3:
            found = generator.choice(documents, generator.integers(1, depth), replace=False)
            run[f"q{query}"] = {names[d]: float(scores(generator)) for d in found}
    # Without a judgment of 0 or more, trec_eval reads memory of the query before.
    for judgments in qrels.values():
        if max(judgments.values()) < level:
            judgments[next(iter(judgments))] = level
    return qrels, run


def values(qrels, run, level, has_ties):
    """What pytrec_eval says of each query, and ir_measures over all judged queries.

    ir_measures counts RR with a cut-off itself, and has no rule for ties there.
    """
    found = {}
    # A query at a time: trec_eval keeps what it worked out for a query of the same name.
    for query in sorted(set(qrels) & set(run)):
        evaluator = pytrec_eval.RelevanceEvaluator(
            {query: qrels[query]}, set(TREC), relevance_level=level
        )
        found[query] = evaluator.evaluate({query: run[query]})[query]
    overall = {}
    if not has_ties:
        # A measure at a time: of RR and RR@10 in one call, one comes out as 0.
        for name in IR:
            measure = ir_measures.parse_measure(name)
            overall[name] = ir_measures.calc_aggregate([measure], qrels, run)[measure]
    return found, overall


def main():
    generator = numpy.random.default_rng(5)
    sets = []
    for name, level, has_ties, grades, scores in [
        ("ties", 1, True, [0, 0, 1], lambda g: g.integers(0, 6)),
        ("graded", 1, False, [0, 0, 1, 2, 3], lambda g: g.normal()),
        ("level 2", 2, True, [0, 1, 2, 3], lambda g: g.integers(0, 20) / 8),
        ("negative", 1, False, [-1, -1, 0, 1, 2], lambda g: numpy.float32(g.normal())),
        ("single precision", 1, True, [0, 1], lambda g: 1 + g.integers(0, 40) * 1e-8),
    ]:
        qrels, run = make_set(generator, 25, 80, 60, grades=grades, level=level, scores=scores)
        found, overall = values(qrels, run, level, has_ties)
        order = sorted(found)
        measures = sorted(found[order[0]])
        sets.append(
            {
                "name": name,
                "level": level,
                "qrels": qrels,
                "run": run,
                "measures": measures,
                "queries": order,
                "values": [[round(found[q][m], 9) for q in order] for m in measures],
                "ir_measures": {k: round(v, 9) for k, v in overall.items()},
            }
        )
    path = pathlib.Path(__file__).with_name("evaluation.json")
    path.write_text(json.dumps(sets, separators=(",", ":"), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
