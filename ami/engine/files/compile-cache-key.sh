#!/usr/bin/env bash
# Name of this instance's compile cache: compiled kernels are valid for one GPU model and one vLLM build.
set -euo pipefail

gpu="${SLUICE_GPU_NAME:-$(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1)}"
image="$(cat "${SLUICE_IMAGE_FILE:-/opt/sluice/vllm-image}")"
digest="${image##*@sha256:}"
echo "$(echo "$gpu" | tr '[:upper:]' '[:lower:]' | tr -cs 'a-z0-9' - | sed 's/^-//; s/-$//')-${digest:0:12}"
