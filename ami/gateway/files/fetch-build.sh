#!/usr/bin/env bash
# Before a gateway starts: fetches the bundle that user data names, or fails. Fetches each content once; the image's own
# bundle is run where it has that content, or where user data names none.
set -euo pipefail

readonly uri="${SLUICE_BUILD_URI:-}" version="${SLUICE_BUILD_VERSION:-}" wanted="${SLUICE_BUILD_HASH:-}"
readonly target="${SLUICE_GATEWAY_FOLDER:-/opt/sluice/gateway}/server.mjs"

say() { echo "fetch-build: $*" >&2; }
sha256_of() { openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1; }

if [ -z "$uri" ]; then
  say "user data names no build: the image's own is run"
  exit 0
fi
if [ -z "$wanted" ]; then
  say "SLUICE_BUILD_HASH must be set with SLUICE_BUILD_URI, got nothing"
  exit 1
fi
if [ -f "$target" ] && [ "$(sha256_of "$target")" = "$wanted" ]; then exit 0; fi

readonly part="$target.part"
rm -f "$part"
case "$uri" in
  s3://*)
    path="${uri#s3://}"
    aws s3api get-object --bucket "${path%%/*}" --key "${path#*/}" --version-id "$version" "$part" >/dev/null
    ;;
  file://*) cp -- "${uri#file://}" "$part" ;;
  *)
    say "SLUICE_BUILD_URI must begin with s3:// or file://, got $uri"
    exit 1
    ;;
esac
got="$(sha256_of "$part")"
if [ "$got" != "$wanted" ]; then
  rm -f "$part"
  say "$uri (version ${version:-none}) is not the build that was deployed: got SHA-256 $got, expected $wanted; deploy the serving stack again"
  exit 1
fi
chmod 0644 "$part"
mv "$part" "$target"
say "$wanted is in place"
