#!/usr/bin/env bash
# Packs what vLLM compiled on this engine, for an operator to sign and upload (docs/boot-budget.md says when that is worthwhile).
#
#   save-compile-cache FOLDER      writes FOLDER/<key>/cache.tar.gz
set -euo pipefail

: "${1:?usage: save-compile-cache FOLDER}"
here="$(dirname "$(readlink -f "$0")")"
readonly cache="${SLUICE_DATA_FOLDER:-/var/lib/sluice}/vllm-cache"
key="$("$here/compile-cache-key.sh")"
[ -d "$cache/torch_compile_cache" ] || {
  echo "save-compile-cache: nothing compiled in $cache; start the engine and wait for /health first" >&2
  exit 1
}
mkdir -p "$1/$key"
tar -czf "$1/$key/cache.tar.gz" -C "$cache" --exclude .restored .
echo "$1/$key: sign it as <id>/<revision>/compile-cache/$key with sign-manifest.sh, then upload it beside the weights"
