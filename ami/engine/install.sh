#!/usr/bin/env bash
# Runs as root on the build instance and turns the base image into an engine. The base image has driver, Docker, NVIDIA's
# container toolkit and dlami-nvme.service; nothing is installed here that an engine doesn't run.
set -euo pipefail

: "${VLLM_IMAGE:?is not set}"
readonly from=/tmp/files shared=/tmp/shared

echo "== what the base image must bring"
nvidia-smi --query-gpu=name,driver_version --format=csv
driver="$(nvidia-smi --query-gpu=driver_version --format=csv,noheader | head -n 1)"
# vLLM 0.31's image is built for CUDA 13.0, which needs driver 580 or later.
[ "${driver%%.*}" -ge 580 ] || {
  echo "the NVIDIA driver must be 580 or later for CUDA 13.0, got $driver; take a newer base image" >&2
  exit 1
}
docker --version
systemctl cat dlami-nvme.service >/dev/null
systemctl enable docker.service

echo "== packages"
dnf install --assumeyes --quiet jq openssl tar gzip amazon-cloudwatch-agent
aws --version

echo "== vLLM"
systemctl start docker.service
docker pull --quiet "$VLLM_IMAGE"
install -d -m 0755 /opt/sluice /opt/sluice/bin
echo "$VLLM_IMAGE" >/opt/sluice/vllm-image

echo "== engine"
useradd --system --no-create-home --home-dir /var/lib/sluice --shell /sbin/nologin --groups docker sluice
install -m 0755 "$from"/*.sh "$shared"/*.sh /opt/sluice/bin/
install -m 0644 "$from/aws-config" /opt/sluice/aws-config
install -d -m 0755 /etc/sluice # user data narrows it to 0750 and adds engine.env
openssl pkey -pubin -in /tmp/manifest-key.pem -noout
install -m 0644 /tmp/manifest-key.pem /opt/sluice/manifest-key.pem
install -m 0644 "$from/sluice-engine.service" "$from/sluice-launched.service" /etc/systemd/system/
install -m 0644 "$from/amazon-cloudwatch-agent.json" /opt/sluice/amazon-cloudwatch-agent.json
install -m 0644 "$shared/sluice-logs@.service" /etc/systemd/system/sluice-logs@.service
install -D -m 0644 "$shared/journald.conf" /etc/systemd/journald.conf.d/sluice.conf
systemd-analyze verify /etc/systemd/system/sluice-*.service
systemctl enable sluice-logs@engine.service
# Not sluice-engine.service, which user data enables once it has written the environment; it starts the agent too.

echo "== clean"
dnf clean all --quiet
rm -rf /tmp/files /tmp/shared /tmp/manifest-key.pem
