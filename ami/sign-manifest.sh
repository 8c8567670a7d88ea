#!/usr/bin/env bash
# Writes manifest.json and manifest.json.sig into a folder, for `fetch-signed` to check before an engine loads it.
#
#   sign-manifest.sh [--mistral] FOLDER NAME PRIVATE-KEY.pem
#
# Repositories of models often hold the same weights in several forms: Llama's in `original/`, Mistral's in
# `consolidated*.safetensors`, others for ONNX or GGUF. Only the form that the engine loads is signed, so that engines fetch
# no other: the hub's safetensors or, with --mistral, Mistral's own, for models with `--load-format mistral`
# (catalog/models/mistral.ts). A form is left out only where the other one is beside it.
#
# NAME is the end of the folder's address in S3: <id>/<revision> of the weights (catalog/models.ts), or
# <id>/<revision>/compile-cache/<key>. A key pair is made once; the public half goes into the image (ami/README.md):
#   openssl ecparam -name prime256v1 -genkey -noout -out private.pem && openssl ec -in private.pem -pubout -out public.pem
set -euo pipefail

form=hub
if [ "${1:-}" = --mistral ]; then
  form=mistral
  shift
fi
if [ $# -ne 3 ]; then
  echo "usage: sign-manifest.sh [--mistral] FOLDER NAME PRIVATE-KEY.pem" >&2
  exit 2
fi
folder="${1%/}"
name="${2#/}"
name="${name%/}"
key="$3"

refuse() {
  echo "sign-manifest: $*" >&2
  exit 1
}
[ -d "$folder" ] || refuse "$folder is no folder"
[ -r "$key" ] || refuse "no private key at $key"
links="$(find "$folder" -type l)"
[ -z "$links" ] || refuse "links can't be uploaded: $links; download with \`hf download --local-dir\`, which writes files"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# Hidden folders are the downloader's own files.
(cd "$folder" && find . -type f ! -path '*/.*' ! -name manifest.json ! -name manifest.json.sig) |
  sed 's|^\./||' | LC_ALL=C sort >"$work/all"
[ -s "$work/all" ] || refuse "$folder holds no files"

# Prints each path with the pattern that leaves it out, or with nothing.
LC_ALL=C awk -v OFS='\t' -v form="$form" '
  function form_of(name) {
    if (name ~ /^consolidated.*\.safetensors(\.index\.json)?$/) return "mistral"
    if (name ~ /\.safetensors(\.index\.json)?$/) return "hub"
    if (name ~ /\.(pth|gguf|onnx|onnx_data|h5|msgpack|ot)$/ || name ~ /^pytorch_model.*\.bin(\.index\.json)?$/) return "other"
    return ""
  }
  {
    name = $0; sub(/.*\//, "", name)
    path[NR] = $0; folder[NR] = substr($0, 1, length($0) - length(name)); forms[NR] = form_of(name)
    if (name ~ /\.safetensors$/) { has[folder[NR], forms[NR]] = 1; safe[folder[NR]] = 1 }
  }
  END {
    for (i = 1; i <= NR; i++) {
      pattern = ""
      if (safe[""] && match(path[i], /^(original|onnx|openvino|coreml|metal)\//)) pattern = substr(path[i], 1, RLENGTH) "*"
      else if (forms[i] == "other" && safe[folder[i]]) pattern = path[i]
      else if ((forms[i] == "hub" || forms[i] == "mistral") && forms[i] != form && has[folder[i], form]) pattern = path[i]
      print path[i], pattern
    }
  }' "$work/all" >"$work/chosen"
awk -F '\t' '$2 == "" { print $1 }' "$work/chosen" >"$work/paths"
awk -F '\t' '$2 != "" { print $2 }' "$work/chosen" | uniq >"$work/left-out"
[ "$form" = hub ] || grep -Eq '^consolidated.*\.safetensors$' "$work/paths" ||
  refuse "--mistral is for weights in consolidated*.safetensors, and $folder has none; leave --mistral out"
if odd="$(grep -Ev '^[A-Za-z0-9_][A-Za-z0-9._+-]*(/[A-Za-z0-9_][A-Za-z0-9._+-]*)*$' "$work/paths")"; then
  refuse "paths may hold letters, digits, and . _ + - only, got: $odd"
fi

while IFS= read -r path; do
  sum="$(openssl dgst -sha256 -r "$folder/$path" | cut -d ' ' -f 1)"
  bytes="$(wc -c <"$folder/$path" | tr -d ' ')"
  jq -cn --arg path "$path" --argjson bytes "$bytes" --arg sha256 "$sum" '{path: $path, bytes: $bytes, sha256: $sha256}'
done <"$work/paths" | jq -s --arg name "$name" '{version: 1, name: $name, files: .}' >"$work/manifest.json"
openssl dgst -sha256 -sign "$key" -out "$work/manifest.json.sig" "$work/manifest.json"
mv "$work/manifest.json" "$work/manifest.json.sig" "$folder/"
excludes="--exclude '.*'"
while IFS= read -r pattern; do
  echo "sign-manifest: $pattern is left out: it holds the weights in a form that the engine does not load" >&2
  excludes="$excludes --exclude '$pattern'"
done <"$work/left-out"
echo "signed $(wc -l <"$work/paths" | tr -d ' ') files as $name; upload with: aws s3 sync $excludes $folder s3://BUCKET/weights/$name/"
