#!/usr/bin/env bash
# Puts weights and compile cache on the fastest disk there is. Runs as root, before everything else of the engine.
# The instance store is empty after each stop, so a warm-pool instance fetches its weights again: at network speed,
# which is faster than reading them from a gp3 volume at its 125 MiB/s.
set -euo pipefail

readonly link="${SLUICE_DATA_FOLDER:-/var/lib/sluice}"
readonly nvme="${SLUICE_NVME_FOLDER:-/opt/dlami/nvme}" # the base image's dlami-nvme.service mounts it
readonly on_root="$link.root"

data="$on_root"
if mountpoint -q "$nvme"; then data="$nvme/sluice"; fi
install -d -o sluice -g sluice -m 0750 "$data" "$data/weights" "$data/vllm-cache"
if [ -e "$link" ] && [ ! -L "$link" ]; then
  echo "prepare-storage: $link must be a link to the data, but is a folder; remove it" >&2
  exit 1
fi
ln -sfn "$data" "$link"
echo "prepare-storage: data on $data" >&2
