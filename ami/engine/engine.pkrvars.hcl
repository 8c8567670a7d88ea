# Versions in an engine image. Each renewed line is a change of its own, with its date.

# vLLM 0.31.0, released 2026-10-05. From 0.29.0 on there is --max-num-queued-reqs, on which the gateway's own limit is based.
# The digest is the release tag's multi-platform index (linux/amd64 in it: a4a4c0437bf7…, linux/arm64: 3f7dd5b777d3…), as
# pinned in public repositories of several owners; read 2026-11-28, when none had a digest of a later release. To check:
#   docker buildx imagetools inspect docker.io/vllm/vllm-openai:v0.31.0
vllm_image   = "docker.io/vllm/vllm-openai@sha256:c1c9f6fd5c109ba7f0546a59f5b2f15fb87f64c77782e90a27b648b42a8e67c3"
vllm_version = "0.31.0"
