#!/usr/bin/env bash
# Before an engine starts: the weights of SLUICE_WEIGHTS_URI, verified, and the compile cache for this GPU, if there is one.
set -euo pipefail

: "${SLUICE_WEIGHTS_URI:?is not set: user data writes it into /etc/sluice/engine.env}"
here="$(dirname "$(readlink -f "$0")")"
readonly data="${SLUICE_DATA_FOLDER:-/var/lib/sluice}"

timeout 60 "$here/warm-image.sh" &
warming=$!
"$here/fetch-signed.sh" "$SLUICE_WEIGHTS_URI" "$data/weights"
"$here/restore-compile-cache.sh" "${SLUICE_WEIGHTS_URI%/}/compile-cache" "$data/vllm-cache"
wait "$warming" || echo "fetch-weights: vLLM's libraries were not read ahead; the engine reads them itself" >&2
