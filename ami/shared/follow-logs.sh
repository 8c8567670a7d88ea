#!/usr/bin/env bash
# Follows a unit's lines in the journal, from the end of the last run, into files for the agent.
set -euo pipefail

: "${1:?usage: follow-logs ROLE}"
journalctl --follow --output=cat --unit "sluice-$1.service" --cursor-file "/var/lib/sluice-logs/$1.cursor" |
  "$(dirname "$(readlink -f "$0")")/split-logs.sh" "$1"
