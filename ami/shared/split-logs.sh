#!/usr/bin/env bash
# Reads a process's lines and puts those in CloudWatch's embedded metric format into <role>-metrics.log and all others
# into <role>.log, for the agent to ship to the log groups of these names. A full file is renamed and started again:
# the disk holds two of each at most.
set -euo pipefail

: "${1:?usage: split-logs ROLE}"
readonly folder="${SLUICE_LOG_FOLDER:-/var/log/sluice}"
readonly limit="${SLUICE_LOG_BYTES:-67108864}" # 64 MiB

# shellcheck disable=SC2016 # awk's own variables
exec awk -v log_file="$folder/$1.log" -v metrics_file="$folder/$1-metrics.log" -v limit="$limit" '
  {
    target = /^\{"_aws":/ ? metrics_file : log_file
    print >> target
    fflush(target)
    written[target] += length($0) + 1
    if (written[target] >= limit) {
      close(target)
      system("mv -f \"" target "\" \"" target ".1\"")
      written[target] = 0
    }
  }'
