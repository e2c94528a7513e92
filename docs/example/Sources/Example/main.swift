import Needletail

let vectors = try VectorSet.open("Tests/Data/glove-50.base.npy")
let index = try buildIndex(over: vectors, "hnsw:M=16", metric: .cosine, threads: 2)
try index.save(to: ".build/glove-50.needle")

let opened = try openIndex(".build/glove-50.needle")
let queries = try VectorSet.open("Tests/Data/glove-50.queries.npy")
let results = try opened.search(queries, k: 10, parameters: ["efSearch": 64], threads: 2)
for neighbor in results[0] { print(neighbor.id, neighbor.score) }
