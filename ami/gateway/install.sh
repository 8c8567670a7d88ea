#!/usr/bin/env bash
# Runs as root on the build instance and turns Amazon Linux 2023 into a gateway.
set -euo pipefail

readonly from=/tmp/files

echo "== the artefact is the one that was built"
(cd /tmp && sha256sum --check server.mjs.sha256)

echo "== packages"
dnf install --assumeyes --quiet nodejs24 amazon-cloudwatch-agent
node-24 --version

echo "== gateway"
useradd --system --no-create-home --shell /sbin/nologin sluice
install -d -m 0755 /opt/sluice /opt/sluice/gateway
install -m 0644 /tmp/server.mjs /opt/sluice/gateway/server.mjs
install -d -m 0755 /etc/sluice # user data narrows it to 0750 and adds gateway.env
install -m 0644 "$from/sluice-gateway.service" /etc/systemd/system/sluice-gateway.service
install -m 0644 "$from/amazon-cloudwatch-agent.json" /opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json
systemd-analyze verify /etc/systemd/system/sluice-gateway.service
systemctl enable amazon-cloudwatch-agent.service
# Not sluice-gateway.service: user data enables it once it has written the environment.

echo "== clean"
dnf clean all --quiet
rm -rf /tmp/files /tmp/server.mjs /tmp/server.mjs.sha256
