# The engine's machine image: NVIDIA's driver, a container runtime, vLLM's image, and the scripts that fetch and start a model.
# Weights are not in it: they come from S3 at start (docs/boot-budget.md has the sum).

packer {
  required_version = ">= 1.9.0"
  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = "1.3.3"
    }
  }
}

variable "region" {
  type        = string
  description = "Region to build in; image ids differ by region."
}

variable "base_ami" {
  type        = string
  description = "Exact id of the base image in that region. It has no default, because it differs by region and is renewed every few weeks; README.md says how to look it up."
  validation {
    condition     = can(regex("^ami-[0-9a-f]{17}$", var.base_ami))
    error_message = "The base_ami must be an image id: ami- and 17 hex digits."
  }
}

variable "vllm_image" {
  type        = string
  description = "vLLM's container image, by digest."
  validation {
    condition     = can(regex("^[a-z0-9./:_-]+@sha256:[0-9a-f]{64}$", var.vllm_image))
    error_message = "The vllm_image must name a digest: vllm/vllm-openai@sha256:…; a tag can be moved."
  }
}

variable "vllm_version" {
  type        = string
  description = "Output of `vllm --version` in that image; the smoke test compares."
}

variable "manifest_public_key" {
  type        = string
  description = "Path of the PEM public key that signs manifests of weights; its private half stays with the operator."
}

variable "instance_type" {
  type        = string
  default     = "g5.xlarge"
  description = "Builds and smoke-tests; it needs a GPU."
}

variable "subnet_id" {
  type        = string
  default     = null
  description = "Subnet with a route to the internet; null for the default VPC's."
}

variable "volume_gib" {
  type        = number
  default     = 75
  description = "Root volume. Not below the base image's 75 GiB; a pool's volumeGiB may not be below it either."
  validation {
    condition     = var.volume_gib >= 75
    error_message = "The volume_gib must be at least 75: the base image's snapshot has that size."
  }
}

# A wrong or foreign id finds nothing here, before anything is launched.
data "amazon-ami" "base" {
  region = var.region
  owners = ["898082745236"] # AWS Deep Learning AMIs
  filters = {
    image-id            = var.base_ami
    name                = "Deep Learning Base OSS Nvidia Driver GPU AMI (Amazon Linux 2023) *"
    architecture        = "x86_64"
    root-device-type    = "ebs"
    virtualization-type = "hvm"
  }
  most_recent = true
}

locals {
  stamp = formatdate("YYYYMMDD-hhmmss", timestamp())
  tags = {
    Project     = "sluice"
    Role        = "engine"
    BaseAmi     = var.base_ami
    VllmImage   = var.vllm_image
    VllmVersion = var.vllm_version
  }
}

source "amazon-ebs" "engine" {
  region        = var.region
  source_ami    = data.amazon-ami.base.id
  instance_type = var.instance_type
  subnet_id     = var.subnet_id
  ami_name      = "sluice-engine-${local.stamp}"
  encrypt_boot  = true
  imds_support  = "v2.0"
  ssh_username  = "ec2-user"
  tags          = local.tags
  run_tags      = local.tags

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  launch_block_device_mappings {
    device_name           = "/dev/xvda"
    volume_size           = var.volume_gib
    volume_type           = "gp3"
    throughput            = 500
    delete_on_termination = true
  }
}

build {
  sources = ["source.amazon-ebs.engine"]

  provisioner "file" {
    sources     = ["${path.root}/files", "${path.root}/../shared", "${path.root}/smoke-model"]
    destination = "/tmp/"
  }

  provisioner "file" {
    source      = var.manifest_public_key
    destination = "/tmp/manifest-key.pem"
  }

  provisioner "shell" {
    script           = "${path.root}/install.sh"
    execute_command  = "sudo env {{ .Vars }} bash {{ .Path }}"
    environment_vars = ["VLLM_IMAGE=${var.vllm_image}"]
  }

  provisioner "shell" {
    script           = "${path.root}/smoke-test.sh"
    execute_command  = "sudo env {{ .Vars }} bash {{ .Path }}"
    environment_vars = ["VLLM_VERSION=${var.vllm_version}"]
  }

  post-processor "manifest" {
    output     = "dist/ami/engine.json"
    strip_path = true
  }
}
