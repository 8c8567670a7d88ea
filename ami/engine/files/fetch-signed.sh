#!/usr/bin/env bash
# Fetches a folder with a signed manifest: only files that the manifest names, with the checksums in it.
#
#   fetch-signed s3://bucket/prefix/ FOLDER     (or file:///prefix/, for installations without S3)
#
# The folder at the source holds manifest.json (sign-manifest.sh writes it) and manifest.json.sig. Files that are here
# already with the right checksum are not fetched, so that a run after an interrupted one fetches the missing files.
#
# SLUICE_MANIFEST_KEY      public key (PEM); default /opt/sluice/manifest-key.pem, baked into the image
# SLUICE_FETCH_PARALLEL    files at a time; default one per CPU: checksums are computed meanwhile
# Exit status: 0 all there, 1 refused or failed, 2 wrong use, 3 there is no manifest at the source.
set -euo pipefail

readonly key="${SLUICE_MANIFEST_KEY:-/opt/sluice/manifest-key.pem}"
readonly parallel="${SLUICE_FETCH_PARALLEL:-$(getconf _NPROCESSORS_ONLN)}"

say() { echo "fetch-signed: $*" >&2; }
refuse() {
  say "$*"
  exit 1
}

copy_object() {
  case "$1" in
    s3://*) aws s3 cp --only-show-errors "$1" "$2" ;;
    file://*) cp -- "${1#file://}" "$2" ;;
  esac
}

sha256_of() { openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1; }

has_content() {
  [ -f "$1" ] && [ ! -L "$1" ] && [ "$(wc -c <"$1")" -eq "$2" ] && [ "$(sha256_of "$1")" = "$3" ]
}

fetch_file() {
  local source="$1" folder="$2" path="$3" bytes="$4" sha256="$5"
  local target="$folder/$path" part="$folder/$path.part"
  if has_content "$target" "$bytes" "$sha256"; then return 0; fi
  mkdir -p "$(dirname "$target")"
  rm -f "$target" "$part"
  copy_object "$source$path" "$part" || refuse "$path could not be fetched from $source"
  if ! has_content "$part" "$bytes" "$sha256"; then
    local got
    got="$(wc -c <"$part") bytes, SHA-256 $(sha256_of "$part")"
    rm -f "$part"
    refuse "$path is not what the signed manifest says: got $got, expected $bytes bytes, SHA-256 $sha256; upload it again, or sign the new content"
  fi
  mv "$part" "$target"
}

if [ "${1:-}" = --one ]; then
  shift
  fetch_file "$@"
  exit 0
fi

if [ $# -ne 2 ]; then
  echo "usage: fetch-signed s3://bucket/prefix/|file:///prefix/ FOLDER" >&2
  exit 2
fi
source="${1%/}/"
folder="${2%/}"
case "$source" in
  s3://* | file://*) ;;
  *) refuse "the source must start with s3:// or file://, got $source" ;;
esac
[ -r "$key" ] || refuse "no public key at $key: the image was built without one"
mkdir -p "$folder"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

if ! copy_object "${source}manifest.json" "$work/manifest.json" 2>"$work/problem"; then
  if grep -qE 'Not Found|404|No such file' "$work/problem"; then
    say "there is no manifest at ${source}manifest.json"
    exit 3
  fi
  refuse "${source}manifest.json could not be fetched: $(cat "$work/problem")"
fi
copy_object "${source}manifest.json.sig" "$work/manifest.json.sig" || refuse "${source}manifest.json has no signature beside it"
openssl dgst -sha256 -verify "$key" -signature "$work/manifest.json.sig" "$work/manifest.json" >"$work/verdict" 2>&1 ||
  refuse "the signature of ${source}manifest.json is not by $key; sign it with sign-manifest.sh, or build the image with the new public key"

# The name is signed too: a manifest of other weights at this location has a valid signature and a wrong name.
name="$(jq -er '.name | strings' "$work/manifest.json")" || refuse "the manifest names no content"
case "$source" in
  */"$name"/) ;;
  *) refuse "the manifest is for $name, but stands at $source" ;;
esac
jq -e '
  .version == 1 and (.files | type == "array" and length > 0) and all(.files[];
    (.path | type == "string" and test("^[A-Za-z0-9_][A-Za-z0-9._+-]*(/[A-Za-z0-9_][A-Za-z0-9._+-]*)*$"))
    and (.path | test("\\.part$") | not)
    and (.bytes | type == "number" and . >= 0 and . == floor)
    and (.sha256 | type == "string" and test("^[0-9a-f]{64}$")))' "$work/manifest.json" >/dev/null ||
  refuse "the manifest must be version 1 with plain relative paths, whole bytes and SHA-256 sums"

# Other files there could be loaded as well, for example code beside the weights.
jq -r '.files[].path' "$work/manifest.json" | LC_ALL=C sort >"$work/named"
(cd "$folder" && find . ! -type d) | sed 's|^\./||' | LC_ALL=C sort >"$work/present"
comm -13 "$work/named" "$work/present" | while IFS= read -r stranger; do
  say "removing $stranger, which the manifest does not name"
  rm -f -- "$folder/$stranger"
done

needed="$(jq '[.files[].bytes] | add' "$work/manifest.json")"
present=$(($(du -sk "$folder" | cut -f 1) * 1024))
free=$(($(df -Pk "$folder" | awk 'NR == 2 { print $4 }') * 1024))
[ $((needed - present)) -le "$free" ] ||
  refuse "$((needed - present)) bytes are needed in $folder, $free are free; raise volumeGiB, or take an instance type with NVMe"

say "$name: $(wc -l <"$work/named" | tr -d ' ') files, $needed bytes"
jq -r '.files[] | [.path, .bytes, .sha256] | @tsv' "$work/manifest.json" |
  xargs -P "$parallel" -n 3 "$0" --one "$source" "$folder" ||
  refuse "not every file of $name is there and right"
say "$name: all there, checksums right"
