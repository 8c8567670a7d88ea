import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder, writeTo } from "../../local/test/tools.ts";
import { TOFU_MISSING } from "../test/operator.ts";
import { printedJson, Tofu } from "./tofu.ts";

const project = join(import.meta.dirname, "../..");

test("OpenTofu that is not on PATH is an error with the address of its installation guide", async () => {
  const tofu = new Tofu({ folder: project, environment: { PATH: "/nowhere" }, show: () => {} });
  await expect(tofu.run(["version"])).rejects.toThrow(/OpenTofu \(tofu\) is not on PATH; install 1\.10 or newer/);
});

test("JSON is read after OpenTofu's warnings", () => {
  expect(printedJson({ stdout: 'a faulty {setting}\n{\n  "a": 1\n}\n' })).toBe('{\n  "a": 1\n}\n');
});

describe("Ctrl-C during an apply", () => {
  beforeEach((context) => {
    if (TOFU_MISSING) context.skip(TOFU_MISSING);
  });

  test("is forwarded, created resources are saved, no lock remains, and the next deploy continues", async () => {
    const folder = temporaryFolder();
    const deploy = (seconds: string) => {
      const child = spawn(process.execPath, ["cli/test/deploy-process.ts", folder, seconds], {
        cwd: project,
        env: { ...process.env, TF_CLI_CONFIG_FILE: writeTo(join(folder, "tofu.rc"), "") },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const run = { child, output: "" };
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding("utf8").on("data", (text: string) => {
          run.output += text;
        });
      return run;
    };
    const ended = ({ child }: ReturnType<typeof deploy>) => new Promise((resolve) => child.once("close", resolve));
    const names = () =>
      JSON.parse(readFileSync(join(folder, "data.tfstate"), "utf8")).resources.map(
        ({ name }: { name: string }) => name,
      );

    const first = deploy("60");
    const end = ended(first);
    await expect.poll(() => first.output).toContain("Executing");
    first.child.kill("SIGINT");
    expect(await end).toBe(1);
    expect(first.output).toMatch(/sluice: dev-data: stopped as requested\. The state has all completed changes/);
    expect(names()).toContain("First");
    expect(existsSync(join(folder, ".data.tfstate.lock.info"))).toBe(false);

    const second = deploy("0");
    expect(await ended(second)).toBe(0);
    expect(names()).toEqual(["First", "Slow"]);
    expect(second.output).not.toContain("terraform_data.First: Creating");
  });
});
