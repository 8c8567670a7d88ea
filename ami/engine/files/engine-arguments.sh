#!/usr/bin/env bash
# Turns SLUICE_ENGINE_ARGUMENTS, a JSON array of strings, into arguments that end with NUL: no shell ever splits or
# expands them. `--model X` becomes the positional argument that `vllm serve` requires.
set -euo pipefail

: "${SLUICE_ENGINE_ARGUMENTS:?is not set: user data writes it into /etc/sluice/engine.env}"
refuse() {
  echo "engine-arguments: SLUICE_ENGINE_ARGUMENTS $*, got $SLUICE_ENGINE_ARGUMENTS" >&2
  exit 1
}
jq -e 'type == "array" and all(.[]; type == "string" and (explode | index(0) | not))' \
  >/dev/null 2>&1 <<<"$SLUICE_ENGINE_ARGUMENTS" || refuse "must be a JSON array of strings without NUL"
jq -e '[.[] | select(. == "--model")] | length == 1' >/dev/null <<<"$SLUICE_ENGINE_ARGUMENTS" || refuse "must hold --model once"
jq -e 'index("--model") as $at | (.[$at + 1] // "-") | startswith("-") | not' >/dev/null <<<"$SLUICE_ENGINE_ARGUMENTS" ||
  refuse "must have a value after --model"
jq -j 'index("--model") as $at | ([.[$at + 1]] + .[:$at] + .[$at + 2:])[] | . + "\u0000"' <<<"$SLUICE_ENGINE_ARGUMENTS"
