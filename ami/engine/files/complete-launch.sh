#!/usr/bin/env bash
# Completes Auto Scaling's launch hook once /health is 200: only then is this engine put into service or, in a warm pool,
# stopped. Runs at every boot; without a waiting hook, there is nothing to do.
set -euo pipefail

if [ -z "${SLUICE_GROUP_NAME:-}" ] || [ -z "${SLUICE_LAUNCH_HOOK:-}" ]; then
  echo "complete-launch: no group or no hook named; nothing to do" >&2
  exit 0
fi
readonly address="http://127.0.0.1:${SLUICE_PORT:-8000}/health"
readonly metadata="${SLUICE_METADATA_URL:-http://169.254.169.254}/latest"

# Without a limit of its own: the hook's heartbeat, which is the pool's startupSeconds, is the limit.
until curl --fail --silent --max-time 5 --output /dev/null "$address"; do sleep 1; done

token="$(curl --fail --silent --retry 5 --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 300' "$metadata/api/token")"
instance="$(curl --fail --silent --retry 5 --header "X-aws-ec2-metadata-token: $token" "$metadata/meta-data/instance-id")"
if problem="$("${SLUICE_AWS:-aws}" autoscaling complete-lifecycle-action --auto-scaling-group-name "$SLUICE_GROUP_NAME" \
  --lifecycle-hook-name "$SLUICE_LAUNCH_HOOK" --instance-id "$instance" --lifecycle-action-result CONTINUE 2>&1)"; then
  echo "complete-launch: $instance is ready" >&2
elif grep -q 'No active Lifecycle Action found' <<<"$problem"; then
  echo "complete-launch: $instance is ready; no hook waits for it" >&2
else
  echo "complete-launch: $problem" >&2
  exit 1
fi
