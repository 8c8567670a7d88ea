import { expect, test } from "vitest";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { cpuEnvironment } from "./cpu-environment.ts";

test("several engines of a machine are not bound to the same cores, unless a user binds them", () => {
  expect(cpuEnvironment({})).toMatchObject({ VLLM_CPU_OMP_THREADS_BIND: "nobind", OMP_NUM_THREADS: "1" });
  expect(cpuEnvironment({ VLLM_CPU_OMP_THREADS_BIND: "2-3", [ENV.engineThreads]: "2" })).toMatchObject({
    VLLM_CPU_OMP_THREADS_BIND: "2-3",
    OMP_NUM_THREADS: "2",
  });
});
