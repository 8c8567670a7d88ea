#!/usr/bin/env bash
# Completes Auto Scaling's launch hook once /health is 200: only then is this engine put into service or, in a warm pool,
# stopped. While the start makes progress, it prolongs the hook: a slow start is no failed one. Runs at every boot; without a
# waiting hook, there is nothing to do.
set -euo pipefail

if [ -z "${SLUICE_GROUP_NAME:-}" ] || [ -z "${SLUICE_LAUNCH_HOOK:-}" ]; then
  echo "complete-launch: no group or no hook named; nothing to do" >&2
  exit 0
fi
readonly address="http://127.0.0.1:${SLUICE_PORT:-8000}/health"
readonly metadata="${SLUICE_METADATA_URL:-http://169.254.169.254}/latest"
readonly proc="${SLUICE_PROC:-/proc}"
# Shorter than the least startupSeconds (60), which is the hook's heartbeat.
readonly heartbeat_seconds="${SLUICE_HEARTBEAT_SECONDS:-30}"
# An engine that computes for an hour without getting ready never will: its hook then runs out.
readonly longest_start_seconds=3600

# MiB that disks have read and written and the network has received, and CPU seconds that programs have used.
work_done() {
  local disk network cpu
  disk="$(awk '$3 ~ /^(nvme[0-9]+n[0-9]+|xvd[a-z]+|sd[a-z]+)$/ { sectors += $6 + $10 } END { printf "%d", sectors / 2048 }' "$proc/diskstats")"
  network="$(awk -F '[: ]+' '/:/ { sub(/^ +/, ""); if ($1 != "lo") bytes += $2 } END { printf "%d", bytes / 1048576 }' "$proc/net/dev")"
  cpu="$(awk '$1 == "cpu" { printf "%d", ($2 + $3 + $4) / 100 }' "$proc/stat")"
  echo "$disk $network $cpu"
}

# Progress since the last look: a MiB a second of disk or network, or a quarter of a core.
made_progress() { # before now
  local disk network cpu disk_now network_now cpu_now
  read -r disk network cpu <<<"$1"
  read -r disk_now network_now cpu_now <<<"$2"
  ((disk_now - disk >= heartbeat_seconds || network_now - network >= heartbeat_seconds || 4 * (cpu_now - cpu) >= heartbeat_seconds))
}

token() {
  curl --fail --silent --retry 5 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$metadata/api/token"
}
instance_id() {
  curl --fail --silent --retry 5 --header "X-aws-ec2-metadata-token: $(token)" "$metadata/meta-data/instance-id"
}

prolong_hook() {
  local problem
  if problem="$("${SLUICE_AWS:-aws}" autoscaling record-lifecycle-action-heartbeat --auto-scaling-group-name "$SLUICE_GROUP_NAME" \
    --lifecycle-hook-name "$SLUICE_LAUNCH_HOOK" --instance-id "$1" 2>&1)"; then
    echo "complete-launch: $1 is still starting; its hook waits on" >&2
  elif grep -q 'No active Lifecycle Action found' <<<"$problem"; then
    hook_waits=false
  else
    echo "complete-launch: heartbeat: $problem" >&2 # the next one may succeed
  fi
}

hook_waits=true
last_look=$SECONDS
before="$(work_done)"
until curl --fail --silent --max-time 5 --output /dev/null "$address"; do
  sleep 1
  if "$hook_waits" && ((SECONDS - last_look >= heartbeat_seconds && SECONDS < longest_start_seconds)); then
    now="$(work_done)"
    if made_progress "$before" "$now"; then prolong_hook "$(instance_id)"; fi
    before="$now"
    last_look=$SECONDS
  fi
done

instance="$(instance_id)"
if problem="$("${SLUICE_AWS:-aws}" autoscaling complete-lifecycle-action --auto-scaling-group-name "$SLUICE_GROUP_NAME" \
  --lifecycle-hook-name "$SLUICE_LAUNCH_HOOK" --instance-id "$instance" --lifecycle-action-result CONTINUE 2>&1)"; then
  echo "complete-launch: $instance is ready" >&2
elif grep -q 'No active Lifecycle Action found' <<<"$problem"; then
  echo "complete-launch: $instance is ready; no hook waits for it" >&2
else
  echo "complete-launch: $problem" >&2
  exit 1
fi
