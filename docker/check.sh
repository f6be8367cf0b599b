#!/usr/bin/env bash
# Builds the image with buildah and uses it as user 1000: geobfdt info, synth, predict, and what they wrote. Takes minutes
# and gigabytes, so it is run by hand or at night, as root, on Debian after apt install buildah debootstrap. From anywhere:
#
#   docker/check.sh              the image for machines without a GPU
#   docker/check.sh slim         the one without torch
#   docker/check.sh cuda         the one for cards, built and used without one
#
# PYTHON_IMAGE  image to build on. Without it the Dockerfile's own where a registry of images is reached, and elsewhere
#               one of Debian's Python, made by debootstrap.
# STORAGE       folder in which buildah keeps its images for the next run. Without it nothing is kept.
#
# pip takes its settings in the image from this machine's, its certificates and folders of packages included. With hadolint
# installed the Dockerfile is linted first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=${1:-cpu}
dockerfile=docker/Dockerfile
image=geobfdt-check-$target
export BUILDAH_ISOLATION=chroot # needs no runtime, and runs inside containers

scratch=$(mktemp -d)
storage=${STORAGE:-$scratch/storage}
container=""
finish() {
  local status=$?
  [[ -z $container ]] || build rm "$container" >/dev/null
  # What is mounted, pip's folders too, would be deleted with the folders in which it is mounted.
  if findmnt --noheadings --output TARGET | grep -q "^$scratch"; then
    echo "docker/check.sh: something is still mounted below $scratch, which is left for you to delete" >&2
  else
    rm -rf "$scratch"
  fi
  exit "$status"
}
trap finish EXIT

fail() { echo "docker/check.sh: $*" >&2; exit 1; }
build() { buildah --root "$storage" --runroot "$scratch/run" --storage-driver "$driver" "$@"; }

((EUID == 0)) || fail "debootstrap and what belongs to user 1000 need root"
mkdir -p "$storage"
driver=overlay
build images >/dev/null 2>&1 || driver=vfs # copies every layer whole, but works on every file system

if command -v hadolint >/dev/null; then hadolint "$dockerfile"; fi

# Debian's Python in a virtual environment, since Debian lets pip install nothing outside of one.
debian_python() {
  local root=$scratch/debian
  debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates bookworm "$root" >"$scratch/log" \
    || { tail "$scratch/log" >&2; fail "debootstrap failed"; }
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/*
  chroot "$root" python3 -m venv /opt/python
  printf '%s\n' 'FROM scratch' 'COPY . /' 'ENV PATH=/opt/python/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin' \
    >"$scratch/base"
  build bud --quiet --file "$scratch/base" --tag "$1" "$root" >/dev/null
  rm -rf "$root"
}

base=${PYTHON_IMAGE:-$(sed -n 's/^ARG PYTHON_IMAGE=//p' "$dockerfile")}
if [[ -z ${PYTHON_IMAGE:-} ]] && ! timeout 120 "$(type -P buildah)" --root "$storage" --runroot "$scratch/run" \
  --storage-driver "$driver" pull --quiet "$base" >/dev/null 2>&1; then
  base=localhost/debian-python
  echo "no registry of images is reached: Debian's Python becomes $base ..."
  build inspect --type image "$base" >/dev/null 2>&1 || debian_python "$base"
fi

# pip says first what the environment sets, which goes before what its files set.
(umask 077 && {
  echo "[global]"
  python3 -m pip config list | sed -nE "s/^(:env:|global|install)\.([a-z-]+)='(.*)'\$/\2 = \3/p" | sed 's/\\n/ /g' | awk -F' = ' '!said[$1]++'
} >"$scratch/pip.conf")
mounts=()
for path in $(tr ' ' '\n' <"$scratch/pip.conf"); do
  path=${path#file://}
  path=${path%/simple} # an index: what it lists lies beside it
  if [[ $path == /* && -e $path ]]; then mounts+=(--volume "$path:$path:ro"); fi
done
arguments=(--build-arg "PYTHON_IMAGE=$base" --build-arg "TARGET=$target")
# Somebody's own index or folder has torch as well.
if grep -qE '^(extra-)?index-url|^find-links' "$scratch/pip.conf"; then arguments+=(--build-arg CPU_INDEX=); fi

echo "building $image on $base ..."
build bud --file "$dockerfile" --tag "$image" "${arguments[@]}" --secret "id=pip,src=$scratch/pip.conf" \
  ${mounts[@]+"${mounts[@]}"} .

echo "using it ..."
container=$(build from "$image")
mkdir "$scratch/data"
chown 1000:1000 "$scratch/data"
inside() { build run --volume "$scratch/data:/data" "$container" -- "$@"; }
[[ $(inside id -u) == 1000 ]] || fail "the image does not run as user 1000"
inside geobfdt info
if [[ $target == slim ]]; then # synthetic wells take torch, so nineteen planes are drawn by hand
  status=0
  inside geobfdt synth well.h5 || status=$?
  ((status)) || fail "the slim image has torch"
  inside python -c '
import numpy as np
depth, azimuth = np.meshgrid(0.005 * np.arange(1000), np.radians(2 * np.arange(180) + 1), indexing="ij")
image = np.random.default_rng(0).normal(100, 5, depth.shape)
for crossing in 0.3 + 0.25 * np.arange(19):
    image -= 40 * np.exp(-(((depth - crossing - 0.04 * np.cos(azimuth - crossing)) / 0.01) ** 2) / 2)
np.save("well.npy", image.astype("float32"))'
  log=(well.npy --top 1000 --bottom 1005 --hole-diameter 0.2159 --reference north)
else
  inside geobfdt synth well.h5 --wells 1 --length 5 --seed 3
  log=(well.h5)
fi
inside geobfdt predict "${log[@]}" -o picks
for file in "${log[0]}" picks/well.picks.csv picks/well.picks.las; do
  [[ -s $scratch/data/$file ]] || fail "$file was not written"
done
strangers=$(find "$scratch/data" ! -user 1000)
[[ -z $strangers ]] || fail "these do not belong to user 1000: $strangers"
picks=$(($(wc -l <"$scratch/data/picks/well.picks.csv") - 1))
((picks > 15)) || fail "picked $picks planes of 5 m, where there are more"
build run --user 4321:4321 "$container" -- geobfdt --help >/dev/null || fail "another user cannot run it"
echo "passed: $picks picks; $image has $(build images --format '{{.Size}}' "$image")"
