import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { missingTools, type Outcome, run } from "../test/tools.ts";

const script = (name: string) => join(import.meta.dirname, "files", name);
const toArguments = (json: string) => run(script("engine-arguments.sh"), [], { SLUICE_ENGINE_ARGUMENTS: json });
const split = ({ stdout }: Outcome) => stdout.split("\0").slice(0, -1);
const missing = missingTools("bash", "jq");

describe("an engine's arguments", () => {
  beforeEach(({ skip }) => skip(missing !== undefined, missing));

  test("the model comes first, as vllm serve requires, and the others follow in order", () => {
    const json = JSON.stringify(["--port", "8000", "--model", "/opt/sluice/weights", "--enforce-eager"]);
    expect(split(toArguments(json))).toEqual(["/opt/sluice/weights", "--port", "8000", "--enforce-eager"]);
  });

  test("reach the process unchanged, without expansion by a shell", () => {
    const nasty = [
      "$(touch /tmp/pwned)",
      "`id`",
      "a b\tc",
      "",
      "line\nbreak",
      `'"\\`,
      "*",
      "$HOME",
      "ü 🦙",
      '{"a": [1, "b"]}',
      "; rm -rf /",
      "-",
    ];
    const outcome = toArguments(JSON.stringify(["--model", "m", "--x", ...nasty]));
    expect(split(outcome)).toEqual(["m", "--x", ...nasty]);
  });

  test.each([
    ["not json", "must be a JSON array of strings"],
    ['{"a":"--model"}', "must be a JSON array of strings"],
    ['["--model",1]', "must be a JSON array of strings"],
    ['["--model","a\\u0000b"]', "must be a JSON array of strings without NUL"],
    ["[]", "must hold --model once"],
    ['["--model","a","--model","b"]', "must hold --model once"],
    ['["--model"]', "must have a value after --model"],
    ['["--model","--port"]', "must have a value after --model"],
  ])("%s is refused: %s", (json, problem) => {
    const { status, stdout, stderr } = toArguments(json);
    expect(stderr).toContain(problem);
    expect(status).toBe(1);
    expect(stdout).toBe("");
  });
});

const hasMapfile = missing === undefined && run("bash", ["-c", "type mapfile"]).status === 0;

describe("the engine's container", () => {
  beforeEach(({ skip }) => skip(!hasMapfile, "bash is older than 4.4"));

  const root = realpathSync(mkdtempSync(join(tmpdir(), "sluice-start-")));
  const image = `docker.io/vllm/vllm-openai@sha256:${"a".repeat(64)}`;
  const docker = join(root, "docker");
  const start = (env: Record<string, string> = {}) =>
    run(script("start-engine.sh"), [], {
      SLUICE_DOCKER: docker,
      SLUICE_DATA_FOLDER: join(root, "data"),
      SLUICE_IMAGE_FILE: join(root, "image"),
      SLUICE_ENGINE_ARGUMENTS: JSON.stringify(["--model", "/opt/sluice/weights", "--served-model-name", "a b"]),
      ...env,
    });
  beforeAll(() => {
    mkdirSync(join(root, "data/weights"), { recursive: true });
    mkdirSync(join(root, "data/vllm-cache"));
    writeFileSync(join(root, "image"), `${image}\n`);
    // A docker that records its arguments.
    writeFileSync(docker, '#!/usr/bin/env bash\n[ "$1" = run ] && printf "%s\\0" "$@"\nexit 0\n');
    chmodSync(docker, 0o755);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test("runs the pinned image, never pulling, with vLLM's arguments untouched", () => {
    const args = split(start());
    const at = args.indexOf(image);
    expect(args.slice(at)).toEqual([image, "serve", "/opt/sluice/weights", "--served-model-name", "a b"]);
    expect(args.join(" ")).toContain("--pull never");
    expect(args.join(" ")).toContain("--entrypoint vllm");
  });

  test("sees its weights read-only, has no privileges, and is not on the host's network", () => {
    const args = split(start());
    expect(args).toContain(`${join(root, "data/weights")}:/opt/sluice/weights:ro`);
    expect(args.join(" ")).toContain("--cap-drop ALL --security-opt no-new-privileges");
    expect(args).not.toContain("--privileged");
    expect(args.join(" ")).not.toMatch(/--network|--ipc|--pid/);
  });

  test("loads from the disk only: no hub, no telemetry", () => {
    const args = split(start());
    expect(args).toEqual(expect.arrayContaining(["HF_HUB_OFFLINE=1", "VLLM_NO_USAGE_STATS=1"]));
  });

  test("is not started with arguments that can't be read", () => {
    const { status, stdout, stderr } = start({ SLUICE_ENGINE_ARGUMENTS: "[" });
    expect(status).toBe(1);
    expect(stderr).toContain("must be a JSON array");
    expect(stdout).toBe("");
  });
});
