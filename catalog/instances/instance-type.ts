import { GPUS, type GpuId, hasBfloat16 } from "./gpus.ts";

/** An EC2 instance type. */
export interface InstanceType {
  readonly architecture: "arm64" | "x86_64";
  readonly vcpus: number;
  readonly memoryGiB: number;
  /** Network bandwidth that the instance can hold, without bursts. */
  readonly networkGbps: number;
  /** NVMe disks of the instance together, lost when it stops. @default - none */
  readonly localDiskGB?: number;
  readonly gpu?: {
    readonly name: string;
    readonly count: number;
    /** Memory of one GPU in GiB, as its driver reports it. */
    readonly memoryGiB: number;
    /** CUDA compute capability: which formats of weights it can compute with. */
    readonly computeCapability: number;
    /** Whether the GPU computes in bfloat16; if not, vLLM runs with `--dtype half`. */
    readonly bfloat16: boolean;
    readonly memoryGBps: number;
    /** Dense arithmetic in 16 bits. */
    readonly teraflops: number;
  };
}

/**
 * vCPUs, memory in GiB, network in Gbit/s. These and the disks are from EC2's DescribeInstanceTypes, as recorded in
 * https://github.com/aws/karpenter-provider-aws at 1d92708 (2026-08-21), website/content/en/docs/reference/instance-types.md.
 */
type Size = readonly [vcpus: number, memoryGiB: number, networkGbps: number];

/** An x86 type with GPUs and local disks. */
export function gpuInstance(
  [vcpus, memoryGiB, networkGbps]: Size,
  gpuId: GpuId,
  count: number,
  localDiskGB: number,
): InstanceType {
  const { memoryMiB, ...entry } = GPUS[gpuId];
  const gpu = { ...entry, count, memoryGiB: memoryMiB / 1024, bfloat16: hasBfloat16(GPUS[gpuId]) };
  return { architecture: "x86_64", vcpus, memoryGiB, networkGbps, localDiskGB, gpu };
}

/** A type without GPU and without local disks. */
export function cpuInstance(
  [vcpus, memoryGiB, networkGbps]: Size,
  architecture: InstanceType["architecture"],
): InstanceType {
  return { architecture, vcpus, memoryGiB, networkGbps };
}
