#!/usr/bin/env bash
# Name of the compile cache that fits here: compiled kernels hold for one GPU model and one vLLM build.
set -euo pipefail

gpu="${SLUICE_GPU_NAME:-$(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1)}"
image="$(cat "${SLUICE_IMAGE_FILE:-/opt/sluice/vllm-image}")"
digest="${image##*@sha256:}"
echo "$(echo "$gpu" | tr '[:upper:]' '[:lower:]' | tr -cs 'a-z0-9' - | sed 's/^-//; s/-$//')-${digest:0:12}"
