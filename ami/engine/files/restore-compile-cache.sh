#!/usr/bin/env bash
# Unpacks the compile cache for this GPU and this vLLM (torch.compile, Triton), which saves a minute of a start.
# It is code, so it is signed like the weights. Without one, or with one that is refused, the engine compiles itself.
#
#   restore-compile-cache s3://bucket/weights/<id>/<revision>/compile-cache FOLDER
set -euo pipefail

here="$(dirname "$(readlink -f "$0")")"
source="${1%/}"
folder="${2%/}"
key="$("$here/compile-cache-key.sh")"
mkdir -p "$folder"
if [ "$(cat "$folder/.restored" 2>/dev/null || true)" = "$key" ]; then exit 0; fi

archive="$folder.archive"
status=0
"$here/fetch-signed.sh" "$source/$key/" "$archive" || status=$?
if [ "$status" -eq 3 ]; then
  echo "restore-compile-cache: none for $key; vLLM compiles now. save-compile-cache.sh keeps the result" >&2
elif [ "$status" -ne 0 ]; then
  echo "restore-compile-cache: the one for $key is not used; vLLM compiles now" >&2
else
  tar -xzf "$archive/cache.tar.gz" -C "$folder" --no-same-owner --no-overwrite-dir
  echo "$key" >"$folder/.restored"
fi
rm -rf "$archive"
