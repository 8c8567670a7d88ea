#!/usr/bin/env bash
# Writes manifest.json and manifest.json.sig into a folder, for `fetch-signed` to check before an engine loads it.
#
#   sign-manifest.sh FOLDER NAME PRIVATE-KEY.pem
#
# NAME is the end of the folder's address in S3: <id>/<revision> of the weights (catalog/models.ts), or
# <id>/<revision>/compile-cache/<key>. A key pair is made once; the public half goes into the image (ami/README.md):
#   openssl ecparam -name prime256v1 -genkey -noout -out private.pem && openssl ec -in private.pem -pubout -out public.pem
set -euo pipefail

if [ $# -ne 3 ]; then
  echo "usage: sign-manifest.sh FOLDER NAME PRIVATE-KEY.pem" >&2
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
  sed 's|^\./||' | LC_ALL=C sort >"$work/paths"
[ -s "$work/paths" ] || refuse "$folder holds no files"
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
echo "signed $(wc -l <"$work/paths" | tr -d ' ') files as $name; upload with: aws s3 sync --exclude '.*' $folder s3://BUCKET/weights/$name/"
