#!/usr/bin/env bash
# Writes the agent's configuration once an instance knows its environment, and restarts the agent. The image holds the
# common part (amazon-cloudwatch-agent.json); names of log groups and the engine's model are added here.
# It runs before each start of the process, and the agent is not enabled: it never runs with a partial configuration.
#
#   configure-agent gateway|engine
set -euo pipefail

role="${1:?usage: configure-agent gateway|engine}"
readonly base="${SLUICE_AGENT_BASE:-/opt/sluice/amazon-cloudwatch-agent.json}"
readonly target="${SLUICE_AGENT_TARGET:-/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json}"
readonly scrape="${SLUICE_PROMETHEUS_TARGET:-/opt/sluice/prometheus.yml}"

case "$role" in
  gateway) environment="$(jq -er '.environment | strings' <<<"${SLUICE_CONFIG:?is not set: user data writes it into /etc/sluice/gateway.env}")" ;;
  engine) # its group is sluice-<environment>-engine-<model>
    environment="${SLUICE_GROUP_NAME:?is not set: user data writes it into /etc/sluice/engine.env}"
    environment="${environment#sluice-}"
    environment="${environment%%-engine-*}"
    ;;
  *)
    echo "configure-agent: the role must be gateway or engine, got $role" >&2
    exit 2
    ;;
esac

# The stacks create these log groups with their retention (contracts/metrics/log-groups.ts).
jq --arg role "$role" --arg groups "/sluice/sluice-$environment" '
  .logs.logs_collected.files.collect_list = [$role, $role + "-metrics" | {
    file_path: "/var/log/sluice/\(.).log",
    log_group_name: "\($groups)/\(.)",
    log_stream_name: "{instance_id}"
  }] | .logs.force_flush_interval = 5' "$base" >"$target.new"
if [ "$role" = engine ]; then
  # vLLM's own metrics, with the dimensions of contracts/metrics/catalogue.ts.
  jq --arg groups "/sluice/sluice-$environment" --arg scrape "$scrape" '
    .logs.logs_collected.files.collect_list |= .[:1] |
    .logs.metrics_collected.prometheus = {
      prometheus_config_path: $scrape,
      log_group_name: "\($groups)/engine-metrics",
      emf_processor: {
        metric_namespace: "Sluice/Engine",
        metric_declaration: [{
          source_labels: ["Environment"],
          label_matcher: "^.+$",
          dimensions: [["Environment", "Model"]],
          metric_selectors: [
            "^vllm:num_requests_running$", "^vllm:num_requests_waiting$", "^vllm:kv_cache_usage_perc$"
          ]
        }]
      }
    }' "$target.new" >"$target.engine"
  mv "$target.engine" "$target.new"
  jq -n --arg environment "$environment" --arg model "${SLUICE_MODEL:?is not set}" --arg port "${SLUICE_PORT:-8000}" '{
    global: {scrape_interval: "60s", scrape_timeout: "10s"},
    scrape_configs: [{
      job_name: "vllm",
      static_configs: [{targets: ["127.0.0.1:\($port)"], labels: {Environment: $environment, Model: $model}}]
    }]
  }' >"$scrape" # JSON is YAML
fi
mv "$target.new" "$target"
"${SLUICE_SYSTEMCTL:-systemctl}" --no-block restart amazon-cloudwatch-agent.service
