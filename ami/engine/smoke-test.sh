#!/usr/bin/env bash
# Last step of the build, as root on its GPU: the image must start vLLM the way an engine will, or there is no image.
# The model is a Llama of two tiny layers with random weights: it loads and compiles in seconds; its output has no meaning.
set -euo pipefail

: "${VLLM_VERSION:?is not set}"
image="$(cat /opt/sluice/vllm-image)"

echo "== the pinned vLLM"
version="$(docker run --rm --pull never --gpus all --entrypoint vllm "$image" --version | tail -n 1)"
[ "$version" = "$VLLM_VERSION" ] || {
  echo "the image has vLLM $version, the pinned version is $VLLM_VERSION" >&2
  exit 1
}

echo "== its libraries can be read ahead"
runuser -u sluice -g sluice -G docker -- /opt/sluice/bin/warm-image.sh

echo "== weights without a signature are refused"
export SLUICE_MANIFEST_KEY=/opt/sluice/manifest-key.pem
if /opt/sluice/bin/fetch-signed.sh file:///tmp/smoke-model/ /tmp/smoke-target; then
  echo "unsigned weights were accepted" >&2
  exit 1
fi

echo "== an engine responds"
export SLUICE_DATA_FOLDER=/tmp/smoke-data
systemctl start dlami-nvme.service
/opt/sluice/bin/prepare-storage.sh
install -o sluice -g sluice -m 0640 /tmp/smoke-model/config.json "$SLUICE_DATA_FOLDER/weights/"
export SLUICE_ENGINE_ARGUMENTS='["--model","/opt/sluice/weights","--served-model-name","smoke","--port","8000","--load-format","dummy","--skip-tokenizer-init","--max-model-len","256","--max-num-seqs","4","--max-num-queued-reqs","8","--gpu-memory-utilization","0.5","--enable-prefix-caching"]'
runuser -u sluice -g sluice -G docker -- /opt/sluice/bin/start-engine.sh &
engine=$!
seconds=0
until curl --fail --silent --output /dev/null http://127.0.0.1:8000/health; do
  seconds=$((seconds + 1))
  if ! kill -0 "$engine" 2>/dev/null || [ "$seconds" -gt 300 ]; then
    echo "the engine was not ready after $seconds s" >&2
    exit 1
  fi
  sleep 1
done
echo "ready after $seconds s"
curl --fail --silent http://127.0.0.1:8000/v1/models | jq -e '.data[0].id == "smoke"' >/dev/null
docker stop --time 20 sluice-engine >/dev/null
wait "$engine" || true

echo "== the metrics agent reads its configuration"
SLUICE_GROUP_NAME=sluice-smoke-engine-smoke SLUICE_MODEL=smoke /opt/sluice/bin/configure-agent.sh engine
/opt/aws/amazon-cloudwatch-agent/bin/config-translator --os linux --mode ec2 \
  --input /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json --output /tmp/agent.toml

rm -rf /tmp/smoke-model "$(readlink -f "$SLUICE_DATA_FOLDER")" "$SLUICE_DATA_FOLDER" /tmp/smoke-target /tmp/agent.toml
systemctl stop amazon-cloudwatch-agent.service
rm -f /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json /opt/sluice/prometheus.yml
echo "smoke test passed"
