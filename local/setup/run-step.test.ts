import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../test/tools.ts";
import { runStep } from "./run-step.ts";

const project = (script: string) => temporaryFolder({ "step.mjs": script });

describe("a step", () => {
  test("runs in the project's folder with arguments and variables, and returns its output", async () => {
    const script = "console.log(JSON.stringify([process.cwd(), process.argv[2], process.env.STEP_NAME]));";
    const folder = project(script);
    const output = await runStep(folder, "step.mjs", { args: ["a"], environment: { STEP_NAME: "b" } });
    expect(JSON.parse(output)).toEqual([expect.stringContaining(folder), "a", "b"]);
  });

  test("that fails is an error with its error output", async () => {
    const folder = project('console.log("fine so far"); console.error("the model is gone"); process.exitCode = 2;');
    await expect(runStep(folder, "step.mjs")).rejects.toThrow(/^the model is gone$/);
  });

  test("that fails without a word is an error with its name and how it ended", async () => {
    await expect(runStep(project("process.exitCode = 2;"), "step.mjs")).rejects.toThrow(
      "step.mjs ended with exit code 2",
    );
    const killed = 'process.kill(process.pid, "SIGKILL");';
    await expect(runStep(project(killed), "step.mjs")).rejects.toThrow("step.mjs ended with SIGKILL");
  });

  test("that does not exist is an error that names it", async () => {
    await expect(runStep(temporaryFolder(), "gone.mjs")).rejects.toThrow("gone.mjs");
  });
});
