#!/usr/bin/env bash
# Runs as root on the build instance and turns Amazon Linux 2023 into a gateway.
set -euo pipefail

readonly from=/tmp/files shared=/tmp/shared

echo "== the artefact is the one that was built"
(cd /tmp && sha256sum --check server.mjs.sha256)

echo "== packages"
dnf install --assumeyes --quiet nodejs24 jq openssl awscli-2 amazon-cloudwatch-agent
node-24 --version

echo "== gateway"
useradd --system --no-create-home --shell /sbin/nologin sluice
install -d -m 0755 /opt/sluice /opt/sluice/bin /opt/sluice/gateway
install -m 0755 "$shared"/*.sh "$from"/*.sh /opt/sluice/bin/
install -m 0644 /tmp/server.mjs /opt/sluice/gateway/server.mjs
install -d -m 0755 /etc/sluice # user data narrows it to 0750 and adds gateway.env
install -m 0644 "$from/sluice-gateway.service" /etc/systemd/system/sluice-gateway.service
install -m 0644 "$from/amazon-cloudwatch-agent.json" /opt/sluice/amazon-cloudwatch-agent.json
install -m 0644 "$shared/sluice-logs@.service" /etc/systemd/system/sluice-logs@.service
install -D -m 0644 "$shared/journald.conf" /etc/systemd/journald.conf.d/sluice.conf
systemd-analyze verify /etc/systemd/system/sluice-*.service
systemctl enable sluice-logs@gateway.service
# Not sluice-gateway.service, which user data enables once it has written the environment; it starts the agent too.

echo "== clean"
dnf clean all --quiet
rm -rf /tmp/files /tmp/shared /tmp/server.mjs /tmp/server.mjs.sha256
