# Versions in an engine image. Each renewed line is a change of its own, with its date.

# vLLM 0.29.0, released September 2026: the first with --max-num-queued-reqs, on which the gateway's own limit is based.
# The digest is the release tag's multi-platform index (linux/amd64 in it: 082ca6f03527…); checked 2026-11-22. To check:
#   docker buildx imagetools inspect docker.io/vllm/vllm-openai:v0.29.0
vllm_image   = "docker.io/vllm/vllm-openai@sha256:c2914767605584b6d8f45686b82de173ecc99e781897aa3d0a66dacd72c51ae1"
vllm_version = "0.29.0"
