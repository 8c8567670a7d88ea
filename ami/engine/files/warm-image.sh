#!/usr/bin/env bash
# Reads vLLM's libraries from the volume once, while the weights come over the network: some gigabytes that a fresh volume
# reads at 125 MiB/s, and that the engine then finds in memory. It only saves time, so it may fail.
set -euo pipefail

image="$(cat "${SLUICE_IMAGE_FILE:-/opt/sluice/vllm-image}")"
exec "${SLUICE_DOCKER:-docker}" run --rm --pull never --network none --user "$(id -u):$(id -g)" --cap-drop ALL \
  --security-opt no-new-privileges --env HOME=/tmp --env USER=sluice --env CUDA_VISIBLE_DEVICES= \
  --entrypoint python3 "$image" -c 'import vllm.entrypoints.openai.api_server' >/dev/null 2>&1
