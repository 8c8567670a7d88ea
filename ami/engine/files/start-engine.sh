#!/usr/bin/env bash
# Replaces itself by the vLLM container. On the bridge network, not the host's: with the metadata service's hop limit of
# 1, nothing in the container can use the instance's role; vLLM calls no AWS API.
set -euo pipefail

here="$(dirname "$(readlink -f "$0")")"
readonly data="${SLUICE_DATA_FOLDER:-/var/lib/sluice}"
readonly port="${SLUICE_PORT:-8000}"
image="$(cat "${SLUICE_IMAGE_FILE:-/opt/sluice/vllm-image}")"

arguments_file="$(mktemp)" # a file, so that a refusal ends this script: a process substitution's status is lost
"$here/engine-arguments.sh" >"$arguments_file"
mapfile -d '' -t arguments <"$arguments_file"
rm -f "$arguments_file"

# An engine that was killed leaves its container behind, and with it the name.
"${SLUICE_DOCKER:-docker}" rm --force sluice-engine >/dev/null 2>&1 || true

exec "${SLUICE_DOCKER:-docker}" run --rm --name sluice-engine --pull never \
  --gpus all --shm-size 16g --ulimit memlock=-1 --ulimit stack=67108864 \
  --publish "$port:8000" \
  --user "$(id -u):$(id -g)" --cap-drop ALL --security-opt no-new-privileges \
  --tmpfs /tmp:rw,exec,nosuid,size=8g \
  --volume "$(readlink -f "$data/weights"):/opt/sluice/weights:ro" \
  --volume "$(readlink -f "$data/vllm-cache"):/var/cache/vllm" \
  --env HOME=/var/cache/vllm --env USER=sluice --env VLLM_CACHE_ROOT=/var/cache/vllm \
  --env HF_HUB_OFFLINE=1 --env TRANSFORMERS_OFFLINE=1 --env VLLM_NO_USAGE_STATS=1 --env DO_NOT_TRACK=1 \
  --entrypoint vllm "$image" serve "${arguments[@]}"
