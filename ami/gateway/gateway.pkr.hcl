# The gateway's machine image: Amazon Linux 2023 on arm64, Node 24, and one bundled file.

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
  description = "Exact id of the Amazon Linux 2023 arm64 image in that region; README.md says how to look it up."
  validation {
    condition     = can(regex("^ami-[0-9a-f]{17}$", var.base_ami))
    error_message = "The base_ami must be an image id: ami- and 17 hex digits."
  }
}

variable "artefact" {
  type        = string
  default     = "dist/gateway"
  description = "Folder that `node gateway/build.ts` wrote: server.mjs and server.mjs.sha256."
}

variable "instance_type" {
  type    = string
  default = "t4g.small"
}

variable "subnet_id" {
  type        = string
  default     = null
  description = "Subnet with a route to the internet; null for the default VPC's."
}

# A wrong or foreign id finds nothing here, before anything is launched.
data "amazon-ami" "base" {
  region = var.region
  owners = ["amazon"]
  filters = {
    image-id            = var.base_ami
    name                = "al2023-ami-2023.*-arm64"
    architecture        = "arm64"
    root-device-type    = "ebs"
    virtualization-type = "hvm"
  }
  most_recent = true
}

locals {
  stamp = formatdate("YYYYMMDD-hhmmss", timestamp())
  tags = {
    Project  = "sluice"
    Role     = "gateway"
    BaseAmi  = var.base_ami
    Artefact = split(" ", file("${var.artefact}/server.mjs.sha256"))[0]
  }
}

source "amazon-ebs" "gateway" {
  region        = var.region
  source_ami    = data.amazon-ami.base.id
  instance_type = var.instance_type
  subnet_id     = var.subnet_id
  ami_name      = "sluice-gateway-${local.stamp}"
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
    volume_size           = 8
    volume_type           = "gp3"
    delete_on_termination = true
  }
}

build {
  sources = ["source.amazon-ebs.gateway"]

  provisioner "file" {
    sources     = ["${path.root}/files", "${path.root}/../shared", "${var.artefact}/server.mjs", "${var.artefact}/server.mjs.sha256"]
    destination = "/tmp/"
  }

  provisioner "shell" {
    script          = "${path.root}/install.sh"
    execute_command = "sudo env {{ .Vars }} bash {{ .Path }}"
  }

  provisioner "shell" {
    script          = "${path.root}/smoke-test.sh"
    execute_command = "sudo env {{ .Vars }} bash {{ .Path }}"
  }

  post-processor "manifest" {
    output     = "dist/ami/gateway.json"
    strip_path = true
  }
}
