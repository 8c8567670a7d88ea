import { gpuInstance, type InstanceType } from "./instance-type.ts";

/** EC2's P types: GPUs with NVLink between them, eight in an instance (`p5.4xlarge` has one). */
export const TRAINING_TYPES = {
  "p4d.24xlarge": gpuInstance([96, 1152, 400], "a100", 8, 8000),
  "p4de.24xlarge": gpuInstance([96, 1152, 400], "a100x80", 8, 8000),
  "p5.4xlarge": gpuInstance([16, 256, 100], "h100", 1, 3800),
  "p5.48xlarge": gpuInstance([192, 2048, 3200], "h100", 8, 30400),
  "p5e.48xlarge": gpuInstance([192, 2048, 3200], "h200", 8, 30400),
  "p5en.48xlarge": gpuInstance([192, 2048, 3200], "h200", 8, 30400),
  "p6-b200.48xlarge": gpuInstance([192, 2048, 3200], "b200", 8, 30400),
  "p6-b300.48xlarge": gpuInstance([192, 4096, 6400], "b300", 8, 30400),
} as const satisfies Record<string, InstanceType>;
