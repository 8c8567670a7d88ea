#!/usr/bin/env bash
# Last step of the build: the unit must start, be live, and drain, or there is no image. There is no engine here, and no
# AWS API: a gateway is live without them.
set -euo pipefail

cat >/etc/sluice/gateway.env <<'SLUICE_ENV'
SLUICE_ROLE='gateway'
SLUICE_PORT='8080'
SLUICE_METRICS_PORT='9090'
SLUICE_CONFIG='{"environment":"smoke","stage":"live","auth":"off","keysTable":"none","requestsPerMinutePerIp":100,"bodyLimitBytes":1024,"corsOrigins":["*"],"timeouts":{"firstByteSeconds":30,"totalSeconds":30,"idleSeconds":30},"routeTimeouts":{},"drainSeconds":5,"engineListenerUrl":"http://127.0.0.1:9","models":[{"id":"smoke","contextTokens":256,"targetGroupArn":"arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/smoke/0000000000000000","engineHost":"smoke.engines.internal","maxRequestsPerEngine":1}]}'
AWS_REGION='us-east-1'
SLUICE_ENV
systemctl start sluice-gateway.service
seconds=0
until curl --fail --silent --output /dev/null http://127.0.0.1:8080/livez; do
  seconds=$((seconds + 1))
  if [ "$seconds" -gt 30 ]; then
    journalctl --unit sluice-gateway.service --no-pager | tail -n 50 >&2
    exit 1
  fi
  sleep 1
done
curl --fail --silent --output /dev/null http://127.0.0.1:9090/metrics
systemctl stop sluice-gateway.service
result="$(systemctl show sluice-gateway.service --property Result --value)"
[ "$result" = success ] || {
  echo "stopping ended with $result instead of a drain" >&2
  exit 1
}
/opt/aws/amazon-cloudwatch-agent/bin/config-translator --os linux --mode ec2 \
  --input /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json --output /tmp/agent.toml
systemctl stop amazon-cloudwatch-agent.service
rm -rf /etc/sluice/gateway.env /tmp/agent.toml /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json
echo "smoke test passed"
