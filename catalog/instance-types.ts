/** EC2 instance types that Sluice uses, with their price. Prices are us-east-1, on demand, Linux, USD an hour. */

export interface InstanceType {
  readonly architecture: "arm64" | "x86_64";
  readonly vcpus: number;
  readonly memoryGiB: number;
  readonly gpu?: {
    readonly name: string;
    readonly count: number;
    /** Memory of one GPU in GiB. */
    readonly memoryGiB: number;
    /** Whether the GPU computes in bfloat16; if not, vLLM runs with `--dtype half`. */
    readonly bfloat16: boolean;
  };
  readonly price: { readonly usdPerHour: number; readonly source: string; readonly date: string };
}

const captured = { source: "AWS Price List API", date: "2026-08-17" } as const;
const listed = { source: "https://aws.amazon.com/ec2/pricing/on-demand/", date: "2026-11-21" } as const;

export const INSTANCE_TYPES = {
  "t4g.micro": {
    architecture: "arm64",
    vcpus: 2,
    memoryGiB: 1,
    price: { usdPerHour: 0.0084, ...listed },
  },
  "t4g.small": {
    architecture: "arm64",
    vcpus: 2,
    memoryGiB: 2,
    price: { usdPerHour: 0.0168, ...listed },
  },
  "c7g.large": {
    architecture: "arm64",
    vcpus: 2,
    memoryGiB: 4,
    price: { usdPerHour: 0.0725, ...listed },
  },
  "c7g.xlarge": {
    architecture: "arm64",
    vcpus: 4,
    memoryGiB: 8,
    price: { usdPerHour: 0.145, ...listed },
  },
  "g4dn.xlarge": {
    architecture: "x86_64",
    vcpus: 4,
    memoryGiB: 16,
    gpu: { name: "NVIDIA T4", count: 1, memoryGiB: 16, bfloat16: false },
    price: { usdPerHour: 0.526, ...listed },
  },
  "g5.xlarge": {
    architecture: "x86_64",
    vcpus: 4,
    memoryGiB: 16,
    gpu: { name: "NVIDIA A10G", count: 1, memoryGiB: 24, bfloat16: true },
    price: { usdPerHour: 1.006, ...captured },
  },
  "g5.2xlarge": {
    architecture: "x86_64",
    vcpus: 8,
    memoryGiB: 32,
    gpu: { name: "NVIDIA A10G", count: 1, memoryGiB: 24, bfloat16: true },
    price: { usdPerHour: 1.212, ...captured },
  },
  "g5.12xlarge": {
    architecture: "x86_64",
    vcpus: 48,
    memoryGiB: 192,
    gpu: { name: "NVIDIA A10G", count: 4, memoryGiB: 24, bfloat16: true },
    price: { usdPerHour: 5.672, ...listed },
  },
  "g6.xlarge": {
    architecture: "x86_64",
    vcpus: 4,
    memoryGiB: 16,
    gpu: { name: "NVIDIA L4", count: 1, memoryGiB: 24, bfloat16: true },
    price: { usdPerHour: 0.8048, ...captured },
  },
  "g6e.xlarge": {
    architecture: "x86_64",
    vcpus: 4,
    memoryGiB: 32,
    gpu: { name: "NVIDIA L40S", count: 1, memoryGiB: 48, bfloat16: true },
    price: { usdPerHour: 1.861, ...captured },
  },
  "p4d.24xlarge": {
    architecture: "x86_64",
    vcpus: 96,
    memoryGiB: 1152,
    gpu: { name: "NVIDIA A100", count: 8, memoryGiB: 40, bfloat16: true },
    price: { usdPerHour: 21.957642, ...captured },
  },
  "p5.48xlarge": {
    architecture: "x86_64",
    vcpus: 192,
    memoryGiB: 2048,
    gpu: { name: "NVIDIA H100", count: 8, memoryGiB: 80, bfloat16: true },
    price: { usdPerHour: 55.04, ...listed },
  },
} as const satisfies Record<string, InstanceType>;

export type InstanceTypeId = keyof typeof INSTANCE_TYPES;
export const INSTANCE_TYPE_IDS = Object.keys(INSTANCE_TYPES) as [InstanceTypeId, ...InstanceTypeId[]];

/** The entry of an instance type, typed without the literal values. */
export function catalogInstanceType(id: InstanceTypeId): InstanceType {
  return INSTANCE_TYPES[id];
}
