import { describe, expect, test } from "vitest";
import { idleGpus, mostReplicas } from "./replicas.ts";

const four = { model: "phi-3-mini-4k-instruct", instanceType: "g5.12xlarge", tensorParallel: 1 } as const;

describe("copies of a model on one instance", () => {
  test("are as many as have GPUs of their own", () => {
    expect(mostReplicas(four)).toBe(4);
    expect(mostReplicas({ ...four, tensorParallel: 2 })).toBe(2);
    expect(mostReplicas({ ...four, tensorParallel: 4 })).toBe(1);
    expect(mostReplicas({ ...four, instanceType: "g5.xlarge" })).toBe(1);
    expect(mostReplicas({ ...four, instanceType: "p5.48xlarge" })).toBe(8);
  });

  test("are one of a mixture of experts, whatever the instance has", () => {
    expect(mostReplicas({ ...four, model: "gpt-oss-20b" })).toBe(1);
  });

  // documented: idle-gpus
  test("GPUs that no copy uses are reported with what would use them", () => {
    expect(idleGpus({ ...four, replicasPerInstance: 4 })).toBeUndefined();
    expect(idleGpus({ ...four, replicasPerInstance: 1 })).toEqual({
      text: "3 of the 4 GPUs of g5.12xlarge are idle, and cost as much as the others",
      remedy: "set replicasPerInstance to 4, or set tensorParallel to 4, or use a smaller instanceType",
    });
    expect(idleGpus({ ...four, model: "gpt-oss-20b", tensorParallel: 2, replicasPerInstance: 1 })?.remedy).toBe(
      "set tensorParallel to 4, or use a smaller instanceType",
    );
  });
});
