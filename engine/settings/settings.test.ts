import { describe, expect, test } from "vitest";
import { readSettings } from "./settings.ts";

describe("settings", () => {
  test("leave one core free and bound slots and context by default", () => {
    const args = JSON.stringify(["--max-num-seqs", "32", "--max-model-len", "131072", "--served-model-name", "x"]);
    const settings = readSettings({ SLUICE_ENGINE_ARGUMENTS: args }, 8);
    expect(settings).toMatchObject({ threads: 7, slots: 4, contextTokens: 4096, port: 8000, servedModelNames: ["x"] });
    expect(settings).toMatchObject({ localModel: "smollm2-135m-instruct", upstream: null });
  });

  test("take fewer sequences and a shorter context from the arguments", () => {
    const args = JSON.stringify(["--max-num-seqs", "2", "--max-model-len", "512", "--max-num-queued-reqs", "9"]);
    const settings = readSettings({ SLUICE_ENGINE_ARGUMENTS: args }, 1);
    expect(settings).toMatchObject({ threads: 1, slots: 2, contextTokens: 512, maxRequests: 9 });
  });

  test("own variables override slots, context and threads", () => {
    const env = {
      SLUICE_LOCAL_SLOTS: "8",
      SLUICE_LOCAL_CONTEXT: "8192",
      SLUICE_ENGINE_THREADS: "3",
      SLUICE_MODEL: "m",
    };
    expect(readSettings(env, 2)).toMatchObject({ slots: 8, contextTokens: 8192, threads: 3, servedModelNames: ["m"] });
  });

  test("an upstream's address may end in /v1", () => {
    const env = { SLUICE_ENGINE_URL: "http://localhost:11434/v1/", SLUICE_ENGINE_MODEL: "llama3.2" };
    expect(readSettings(env, 2).upstream).toEqual({ url: "http://localhost:11434", model: "llama3.2", key: null });
  });

  test.each([
    [{ SLUICE_PORT: "http" }, /SLUICE_PORT must be a whole number from 0 to 65535, got "http"/],
    [{ SLUICE_ENGINE_ARGUMENTS: "--model x" }, /SLUICE_ENGINE_ARGUMENTS must be a JSON array of strings/],
    [{ SLUICE_ENGINE_ARGUMENTS: "[1]" }, /SLUICE_ENGINE_ARGUMENTS must be a JSON array of strings/],
    [{ SLUICE_ENGINE_URL: "localhost:8000" }, /SLUICE_ENGINE_URL must be an http or https address/],
  ])("%j is refused with the variable's name", (env, message) => {
    expect(() => readSettings(env, 2)).toThrow(message);
  });
});
