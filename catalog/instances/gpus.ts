/** A GPU of EC2's instances, as CUDA and its driver report it. */
export interface Gpu {
  readonly name: string;
  /** `memory.total` of nvidia-smi: the data sheet's memory less what ECC and the firmware take. */
  readonly memoryMiB: number;
  /** CUDA compute capability. https://developer.nvidia.com/cuda-gpus */
  readonly computeCapability: number;
  /** Memory bandwidth, and dense arithmetic in 16 bits. NVIDIA's data sheets. */
  readonly memoryGBps: number;
  readonly teraflops: number;
}

/** Where an entry says no more, the memory is from nvidia-smi's output on the instances, in public logs of 2025 and 2026. */
export const GPUS = {
  t4: { name: "NVIDIA T4", memoryMiB: 15_360, computeCapability: 7.5, memoryGBps: 320, teraflops: 65 },
  a10g: { name: "NVIDIA A10G", memoryMiB: 23_028, computeCapability: 8.6, memoryGBps: 600, teraflops: 70 },
  l4: { name: "NVIDIA L4", memoryMiB: 23_034, computeCapability: 8.9, memoryGBps: 300, teraflops: 121 },
  l40s: { name: "NVIDIA L40S", memoryMiB: 46_068, computeCapability: 8.9, memoryGBps: 864, teraflops: 362 },
  rtxPro6000: {
    name: "NVIDIA RTX PRO 6000 Blackwell Server Edition",
    memoryMiB: 97_887,
    computeCapability: 12.0,
    memoryGBps: 1597,
    teraflops: 503,
  },
  a100: { name: "NVIDIA A100", memoryMiB: 40_960, computeCapability: 8.0, memoryGBps: 1555, teraflops: 312 },
  a100x80: { name: "NVIDIA A100 80GB", memoryMiB: 81_920, computeCapability: 8.0, memoryGBps: 2039, teraflops: 312 },
  h100: { name: "NVIDIA H100", memoryMiB: 81_559, computeCapability: 9.0, memoryGBps: 3350, teraflops: 989 },
  h200: { name: "NVIDIA H200", memoryMiB: 143_771, computeCapability: 9.0, memoryGBps: 4800, teraflops: 989 },
  b200: { name: "NVIDIA B200", memoryMiB: 183_359, computeCapability: 10.0, memoryGBps: 8000, teraflops: 2250 },
  b300: { name: "NVIDIA B300", memoryMiB: 275_040, computeCapability: 10.3, memoryGBps: 8000, teraflops: 2250 }, // EC2's DescribeInstanceTypes, both Blackwells
} as const satisfies Record<string, Gpu>;

export type GpuId = keyof typeof GPUS;

/** First compute capability with bfloat16 arithmetic; vLLM refuses `--dtype bfloat16` on older GPUs. */
const BFLOAT16_CAPABILITY = 8.0;

/** Whether the GPU computes in bfloat16; if not, vLLM runs with `--dtype half`. */
export function hasBfloat16({ computeCapability }: Gpu): boolean {
  return computeCapability >= BFLOAT16_CAPABILITY;
}
