import { cpuInstance, type InstanceType } from "./instance-type.ts";

/** Types without GPU: arm64 for gateways, x86 for engines on CPUs. */
export const GENERAL_TYPES = {
  "t4g.micro": cpuInstance([2, 1, 0.064], "arm64"),
  "t4g.small": cpuInstance([2, 2, 0.128], "arm64"),
  "t4g.medium": cpuInstance([2, 4, 0.256], "arm64"),
  "t4g.large": cpuInstance([2, 8, 0.512], "arm64"),
  "t4g.xlarge": cpuInstance([4, 16, 1.024], "arm64"),
  "t4g.2xlarge": cpuInstance([8, 32, 2.048], "arm64"),
  "c7g.medium": cpuInstance([1, 2, 0.52], "arm64"),
  "c7g.large": cpuInstance([2, 4, 0.937], "arm64"),
  "c7g.xlarge": cpuInstance([4, 8, 1.876], "arm64"),
  "c7g.2xlarge": cpuInstance([8, 16, 3.75], "arm64"),
  "c7g.4xlarge": cpuInstance([16, 32, 7.5], "arm64"),
  "c7g.8xlarge": cpuInstance([32, 64, 15], "arm64"),
  "c7g.12xlarge": cpuInstance([48, 96, 22.5], "arm64"),
  "c7g.16xlarge": cpuInstance([64, 128, 30], "arm64"),
  "c7i.large": cpuInstance([2, 4, 0.781], "x86_64"),
  "c7i.xlarge": cpuInstance([4, 8, 1.562], "x86_64"),
  "c7i.2xlarge": cpuInstance([8, 16, 3.125], "x86_64"),
  "c7i.4xlarge": cpuInstance([16, 32, 6.25], "x86_64"),
  "c7i.8xlarge": cpuInstance([32, 64, 12.5], "x86_64"),
  "c7i.12xlarge": cpuInstance([48, 96, 18.75], "x86_64"),
  "c7i.16xlarge": cpuInstance([64, 128, 25], "x86_64"),
  "c7i.24xlarge": cpuInstance([96, 192, 37.5], "x86_64"),
  "c7i.48xlarge": cpuInstance([192, 384, 50], "x86_64"),
} as const satisfies Record<string, InstanceType>;
