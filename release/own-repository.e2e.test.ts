import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepareStack } from "../acceptance/stacks/prepare-stack.ts";
import { readEveryStack } from "../acceptance/stacks/read-stacks.ts";
import { Children } from "../acceptance/tools/children.ts";
import { acceptanceCache } from "../acceptance/tools/machine.ts";
import { MissingTool } from "../acceptance/tools/missing-tool.ts";
import { providerSchema } from "../acceptance/tools/provider-schema.ts";
import { findTofu } from "../acceptance/tools/tofu.ts";
import { ChatCompletionResponse } from "../contracts/api/chat.ts";
import { OWN_FOLDER, ownScript } from "../lib/installation.ts";
import { buildAll } from "../local/setup/build-all.ts";
import { runStep } from "../local/setup/run-step.ts";
import { TeamRepository } from "./test/team-repository.ts";

/** The whole way of a team: `npm create sluice`, then its commands in the new repository. Nothing leads to the checkout. */
const team = new TeamRepository();
const children = new Children();
let impossible: string | undefined;

beforeAll(async () => {
  await buildAll(OWN_FOLDER, () => {});
  const { tarball } = await team.pack(OWN_FOLDER);
  const options = ["--name", "dev", "--region", "eu-west-1", "--model", "phi-3-mini-4k-instruct@g5.xlarge"];
  impossible = await team.create(tarball, options);
}, 400_000); // npm installs 230 packages: 20 s from its cache, minutes over a slow network
afterAll(() => {
  children.stopAll();
  team.remove();
});

describe("a repository made by create-sluice", () => {
  // documented: team-repository-files
  test("has the environment, the package at an exact version, workflows and cdktf's settings", ({ skip }) => {
    if (impossible !== undefined) return skip(impossible);
    const files = ["environments/dev.ts", "package.json", "cdktf.json", "README.md", ".gitignore", ".npmrc"];
    const lock = "environments/tofu.lock.hcl";
    expect(readFileSync(join(team.folder, lock), "utf8")).toBe(readFileSync(join(OWN_FOLDER, lock), "utf8"));
    const workflows = ["plan", "deploy", "drift"].map((name) => `.github/workflows/${name}.yml`);
    expect([...files, ...workflows].filter((file) => !existsSync(join(team.folder, file)))).toEqual([]);
    expect(readFileSync(join(team.folder, "environments/dev.ts"), "utf8")).toMatch(/^import .* from "sluice";\n/);
    const version = JSON.parse(readFileSync(join(OWN_FOLDER, "package.json"), "utf8")).version;
    const installed = JSON.parse(readFileSync(join(team.folder, "node_modules/sluice/package.json"), "utf8"));
    expect(installed.version).toBe(version);
  });

  test("nothing in the installed package names the checkout", ({ skip }) => {
    if (impossible !== undefined) return skip(impossible);
    const folder = join(team.folder, "node_modules/sluice");
    const naming = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => readFileSync(path, "utf8").includes(OWN_FOLDER));
    expect(naming).toEqual([]);
  });

  // documented: team-repository-synthesis
  test("`sluice synth` writes to the byte what the checkout writes for the same file, from any folder of it", async ({
    skip,
  }) => {
    if (impossible !== undefined) return skip(impossible);
    const { code, output } = await team.sluice(["synth"], join(team.folder, "environments"));
    expect([code, output]).toEqual([0, ""]);
    const ours = join(team.home, "checkout.out");
    await runStep(OWN_FOLDER, ownScript("stacks/main.ts"), {
      environment: { SLUICE_ENVIRONMENT: join(team.folder, "environments/dev.ts"), CDKTF_OUTDIR: ours },
    });
    const texts = (folder: string) =>
      readEveryStack(folder).map(({ folder: stack }) => readFileSync(join(stack, "cdk.tf.json"), "utf8"));
    expect(texts(ours)).toHaveLength(7);
    expect(texts(join(team.folder, "cdktf.out"))).toEqual(texts(ours));
  });

  test("`tofu validate` accepts the synthesized stacks with data and with the service", async ({ skip }) => {
    if (impossible !== undefined) return skip(impossible);
    const cache = acceptanceCache(process.env);
    try {
      const tofu = findTofu({ variables: process.env, cache, children, report: () => {} });
      const schema = await providerSchema(tofu, cache);
      for (const { name, document } of readEveryStack(join(team.folder, "cdktf.out"))) {
        if (!/-(data|serving)$/.test(name)) continue;
        const folder = join(team.folder, "cdktf.out/stacks", name);
        const prepared = prepareStack(document, { name, schema, url: "http://127.0.0.1:1" });
        writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(prepared));
        for (const args of [["init", "-backend=false"], ["validate"]]) {
          const { code, output } = await tofu.run(folder, args);
          expect([name, args[0], code], output).toEqual([name, args[0], 0]);
        }
      }
    } catch (error) {
      if (error instanceof MissingTool) return skip(error.message);
      throw error;
    }
  });

  test("shows, prices and checks its environment, and prices that of a commit", async ({ skip }) => {
    if (impossible !== undefined) return skip(impossible);
    const shown = await team.sluice(["show", "--environment", "dev"]);
    expect(shown.output).toMatch(/^region +"eu-west-1" +the file$/m);
    const cost = await team.sluice(["cost", "--environment", "dev"]);
    expect(cost.output).toMatch(/^dev in eu-west-1, dollars a month/);
    const checked = await team.sluice(["validate"]);
    expect(checked.output).toBe("dev is valid; it serves phi-3-mini-4k-instruct\n");
    expect([shown.code, cost.code, checked.code]).toEqual([0, 0, 0]);
    const file = join(team.folder, "environments/dev.ts");
    const text = readFileSync(file, "utf8");
    const git = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    for (const args of [
      ["init", "-q"],
      ["add", "-A"],
      [...git, "commit", "-qm", "first"],
    ])
      expect(await team.run("git", args, team.folder)).toEqual({ code: 0, output: "" });
    writeFileSync(file, text.replace("g5.xlarge", "g5.2xlarge"));
    const difference = await team.sluice(["cost", "--environment", "dev", "--commit", "HEAD"]);
    writeFileSync(file, text);
    expect([difference.output, difference.code]).toEqual([expect.stringMatching(/GPU instances.*\+\d/), 0]);
  });

  test("its environment's types come from the package: a wrong instance type is an error in the editor", async ({
    skip,
  }) => {
    if (impossible !== undefined) return skip(impossible);
    const compiler = join(OWN_FOLDER, "node_modules/typescript/bin/tsc");
    const good = await team.run(process.execPath, [compiler, "-p", "."], team.folder);
    expect([good.output, good.code]).toEqual(["", 0]);
    const text = readFileSync(join(team.folder, "environments/dev.ts"), "utf8").replace("g5.xlarge", "g5.enormous");
    const file = join(team.folder, "environments/wrong.ts");
    writeFileSync(file, text);
    const wrong = await team.run(process.execPath, [compiler, "-p", "."], team.folder);
    rmSync(file);
    expect(wrong.output).toMatch(/environments\/wrong\.ts\(\d+,\d+\): error TS2322: Type '"g5\.enormous"'/);
  });

  // documented: team-repository-upgrade
  test("`sluice upgrade` to a version that would replace the table of the keys exits with 1 and names it", async ({
    skip,
  }) => {
    if (impossible !== undefined) return skip(impossible);
    const { code, output } = await team.sluice(["upgrade", await team.packNewer()]);
    expect(output).toMatch(/^dev: sluice 0\.1\.0 → 99\.0\.0\n {2}dev-bootstrap: no changes\n/m);
    expect(output).toMatch(
      /dev-data: aws_dynamodb_table\.Keys would be replaced, for its (attribute, )?hash_key changes/,
    );
    expect(code).toBe(1);
  });

  // documented: team-repository-start
  test("`npm start` there runs the stack with the real model, answers a request and stops at Ctrl-C", async ({
    skip,
  }) => {
    if (impossible !== undefined) return skip(impossible);
    const child = team.start();
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    await expect.poll(() => child.exitCode ?? output, { timeout: 80_000 }).toContain("Ctrl-C stops everything");
    const [, url = ""] = /API {3}(http:\S+)\/v1/.exec(output) ?? [];
    const [, key = ""] = /key {3}(\S+)/.exec(output) ?? [];
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: "phi-3-mini-4k-instruct",
        messages: [{ role: "user", content: "List three fruits" }],
        max_tokens: 8,
      }),
    });
    const completion = ChatCompletionResponse.parse(await response.json());
    expect(completion.usage?.completion_tokens).toBeGreaterThan(0);
    const state = JSON.parse(readFileSync(join(team.folder, ".sluice/local.json"), "utf8"));
    process.kill(state.processes.find(({ role }: { readonly role: string }) => role === "twin").pid, "SIGINT");
    await ended;
    expect(output).toContain("stopping");
  });
});
