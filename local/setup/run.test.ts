import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { isProcessAlive } from "../../lib/is-process-alive.ts";
import { eventually } from "../../test-support/waits/eventually.ts";
import { runNode, type SetupProject, setupProject } from "../test/setup-project.ts";
import { writeTo } from "../test/tools.ts";

const run = ({ folder, environment }: SetupProject, args: readonly string[] = ["hello.ts", "you"], more = {}) =>
  runNode(["local/setup/run.mjs", ...args], { cwd: folder, env: { ...environment, ...more } });
const npmCalls = ({ npmLog }: SetupProject) => readFileSync(npmLog, "utf8").split("\n").slice(0, -1);

/** Preloaded: the set-up believes that it runs on an older Node. */
const OLD_NODE = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.11.0"})';

describe("the set-up step", () => {
  test("installs the packages of the lock file without their scripts, then runs the file with its arguments", async () => {
    const project = setupProject();
    const { code, stdout, stderr } = await run(project);
    expect([code, stdout]).toEqual([0, "hello you\n"]);
    expect(stderr).toMatch(/^sluice: installing packages …\nsluice: packages installed in \d+ s\n$/);
    expect(npmCalls(project)).toEqual(["ci --ignore-scripts --loglevel=error --no-audit --no-fund"]);
  });

  test("installs and prints nothing the second time", async () => {
    const project = setupProject();
    await run(project);
    expect(await run(project)).toEqual({ code: 0, stdout: "hello you\n", stderr: "" });
    expect(npmCalls(project)).toHaveLength(1);
  });

  test("installs again when the lock file has changed, or the packages were removed", async () => {
    const project = setupProject();
    await run(project);
    writeFileSync(join(project.folder, "package-lock.json"), '{"changed":true}');
    await run(project);
    expect(npmCalls(project)).toHaveLength(2);
    writeFileSync(join(project.folder, "node_modules/.sluice-lock"), "");
    await run(project);
    expect(npmCalls(project)).toHaveLength(3);
  });

  test("started twice at once installs once", async () => {
    const waits = 'while (!fs.existsSync("go")) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);';
    const project = setupProject(
      `const fs = require("node:fs"); ${waits} fs.mkdirSync("node_modules", { recursive: true });`,
    );
    const options = { cwd: project.folder, env: project.environment };
    const both = [1, 2].map(() => spawn(process.execPath, ["local/setup/run.mjs", "hello.ts", "you"], options));
    let [stdout, stderr] = ["", ""];
    for (const child of both) {
      child.stdout.on("data", (chunk) => (stdout += chunk));
      child.stderr.on("data", (chunk) => (stderr += chunk));
    }
    const ends = both.map((child) => once(child, "close"));
    await eventually(() => expect(stderr).toContain("another set-up is at work here; waiting"));
    writeTo(join(project.folder, "go"), "");
    await Promise.all(ends);
    expect(stdout).toBe("hello you\nhello you\n");
    expect(npmCalls(project)).toHaveLength(1);
  });

  test("takes over at once from a set-up that was interrupted", async () => {
    const project = setupProject();
    const ended = spawn(process.execPath, ["-e", ""]);
    await once(ended, "exit");
    mkdirSync(join(project.folder, ".sluice-setup"));
    symlinkSync(`${ended.pid} token`, join(project.folder, ".sluice-setup/lock"));
    expect(await run(project)).toMatchObject({ code: 0, stdout: "hello you\n" });
  });

  test("passes on the script's exit code", async () => {
    const project = setupProject();
    writeTo(join(project.folder, "three.ts"), "process.exit(3);");
    expect((await run(project, ["three.ts"])).code).toBe(3);
  });

  test.each(["SIGTERM", "SIGHUP"] as const)("passes on %s and ends as the script does", async (signal) => {
    const project = setupProject();
    const script = `process.on("${signal}", () => process.exit(7));\nsetInterval(() => {}, 1000);\nconsole.log("up");\n`;
    writeTo(join(project.folder, "wait.ts"), script);
    const options = { cwd: project.folder, env: project.environment };
    const child = spawn(process.execPath, ["local/setup/run.mjs", "wait.ts"], options);
    onTestFinished(() => void child.kill("SIGKILL"));
    await once(child.stdout, "data");
    child.kill(signal);
    expect(await once(child, "exit")).toEqual([7, null]);
  });

  /** Notes what reaches it; runs until it gets SIGTERM. */
  const WAITS = `import { onParentGone } from "./local/setup/run-child.mjs";
    process.on("SIGTERM", () => { console.log("SIGTERM"); process.exit(); });
    onParentGone(() => { console.log("parent gone"); process.exit(); });
    setInterval(() => {}, 1000);
    console.log("up", process.pid);`;

  /** The processes of `npm start`: a shell that starts the set-up and passes on no signal, as dash does. */
  async function startInShell(more: Readonly<Record<string, string>>) {
    const project = setupProject();
    writeTo(join(project.folder, "wait.ts"), WAITS);
    const command = `${process.execPath} local/setup/run.mjs wait.ts & echo run $!; wait`;
    const options = { cwd: project.folder, env: { ...project.environment, ...more } };
    const shell = spawn("/bin/sh", ["-c", command], options);
    let output = "";
    shell.stdout.on("data", (chunk) => {
      output += chunk;
    });
    const pidOf = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(output)?.[1]);
    await eventually(() => expect(pidOf("up")).toBeGreaterThan(0));
    onTestFinished(() => {
      for (const name of ["run", "up"]) if (isProcessAlive(pidOf(name))) process.kill(pidOf(name), "SIGKILL");
    });
    return { shell, output: () => output, pidOf };
  }

  test("whose shell gets npm's SIGTERM ends the script by SIGTERM, and then itself", async () => {
    const { shell, output, pidOf } = await startInShell({ npm_lifecycle_event: "start" });
    shell.kill("SIGTERM");
    await eventually(() => expect(output()).toContain("SIGTERM"));
    await eventually(() => expect(["run", "up"].map(pidOf).filter(isProcessAlive)).toEqual([]));
  });

  test.each([
    ["waits for the script", `${process.execPath} local/setup/run.mjs wait.ts; exit $?`],
    ["gives the script its place", `exec ${process.execPath} local/setup/run.mjs wait.ts`],
  ])("whose npm is killed ends the script, where npm's shell %s", async (_shell, command) => {
    const project = setupProject();
    writeTo(join(project.folder, "wait.ts"), WAITS);
    // As npm does: it starts a shell that starts the script.
    const npm = `const { spawn } = require("node:child_process");
      spawn("/bin/sh", ["-c", ${JSON.stringify(command)}], { stdio: "inherit" });`;
    const environment = { ...project.environment, npm_lifecycle_event: "start" };
    const parent = spawn(process.execPath, ["-e", npm], { cwd: project.folder, env: environment });
    onTestFinished(() => void parent.kill("SIGKILL"));
    let output = "";
    parent.stdout.on("data", (chunk) => {
      output += chunk;
    });
    await eventually(() => expect(output).toMatch(/up \d+\n/));
    const pid = Number(/up (\d+)/.exec(output)?.[1]);
    onTestFinished(() => {
      if (isProcessAlive(pid)) process.kill(pid, "SIGKILL");
    });
    parent.kill("SIGKILL");
    await eventually(() => expect(output).toContain("SIGTERM"));
    await eventually(() => expect(isProcessAlive(pid)).toBe(false));
  });

  test("that was started without npm runs on when its shell has gone", async () => {
    const { shell, output, pidOf } = await startInShell({});
    shell.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(["run", "up"].map(pidOf).filter(isProcessAlive)).toHaveLength(2);
    expect(output()).not.toContain("SIGTERM");
  });

  test("that is killed is noticed by its script", async () => {
    const { output, pidOf } = await startInShell({});
    process.kill(pidOf("run"), "SIGKILL");
    await eventually(() => expect(output()).toContain("parent gone"));
    await eventually(() => expect(isProcessAlive(pidOf("up"))).toBe(false));
  });

  test("ends with the shell's exit code for the signal that ended the script", async () => {
    const project = setupProject();
    writeTo(join(project.folder, "hup.ts"), 'process.kill(process.pid, "SIGHUP");\nsetInterval(() => {}, 1000);\n');
    expect((await run(project, ["hup.ts"])).code).toBe(129);
  });

  test("without a file prints its usage", async () => {
    const { code, stderr } = await run(setupProject(), []);
    expect([code, stderr]).toEqual([1, "sluice: Usage: node local/setup/run.mjs <file.ts> [arguments]\n"]);
  });
});

describe("what it can't do is one line with the remedy", () => {
  const failing = (output: string) => `console.error(${JSON.stringify(output)}); process.exitCode = 1;`;

  test.each([
    [
      "npm error code EAI_AGAIN\nnpm error request to the registry failed",
      "No network while installing packages; connect (or set npm's registry and proxy) and try again.",
    ],
    [
      "npm error code ENOSPC\nnpm error nospc no space left on device",
      "The disk is full while installing packages; free some space and try again.",
    ],
    ["npm error code EUSAGE\nnpm error more", "npm could not install packages: npm error code EUSAGE"],
  ])("%s", async (output, message) => {
    const project = setupProject(failing(output));
    const { code, stdout, stderr } = await run(project);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(`sluice: installing packages …\nsluice: ${message}\n`);
    expect(await run(project, undefined, { NPM_DOES: 'require("node:fs").mkdirSync("node_modules");' })).toMatchObject({
      code: 0,
    });
  });

  test("a missing npm", async () => {
    const project = setupProject();
    // Node's own folder may hold npm, too: only a link to it is on PATH.
    const bin = join(project.folder, "bin");
    mkdirSync(bin);
    const script = `import { npm } from "./local/setup/npm.mjs";
      await npm(${JSON.stringify(join(bin, "node"))}, ["ci"], ".", "packages");`;
    const env = { PATH: bin };
    const { code, stderr } = await runNode(["--input-type=module", "-e", script], { cwd: project.folder, env });
    expect([code, stderr]).toEqual([1, expect.stringContaining("npm is not on PATH; install it, it comes with Node.")]);
  });

  test("too little disk, with what is needed and what is there", async () => {
    const script = `import { ensureDisk } from "./local/setup/npm.mjs"; await ensureDisk(".", 1e12, "Installing packages");`;
    const { stderr } = await runNode(["--input-type=module", "-e", script], { cwd: setupProject().folder });
    expect(stderr).toMatch(/Installing packages needs 1000000000000 MiB of disk, \. has \d+ MiB free; free some space/);
  });
});

describe("npm", () => {
  test("does not get the settings of the npm that started the set-up", async () => {
    const notes = 'require("node:fs").writeFileSync("environment.json", JSON.stringify(process.env));';
    const project = setupProject(`${notes} require("node:fs").mkdirSync("node_modules");`);
    const more = { npm_package_name: "other", npm_lifecycle_event: "start", npm_config_registry: "http://127.0.0.1:9" };
    await run(project, undefined, more);
    const seen = JSON.parse(readFileSync(join(project.folder, "environment.json"), "utf8"));
    expect(seen).toMatchObject({ npm_config_registry: "http://127.0.0.1:9" });
    expect(seen).not.toHaveProperty("npm_package_name");
    expect(seen).not.toHaveProperty("npm_lifecycle_event");
  });
});

test("Node stores the code that it compiles for a program in the cache folder, unless a user's setting names another", async () => {
  const project = setupProject();
  const folder = join(project.folder, "cache");
  const { NODE_COMPILE_CACHE: _, ...environment } = project.environment;
  const clean = { ...project, environment };
  expect(await run(clean, undefined, { XDG_CACHE_HOME: folder })).toMatchObject({ code: 0 });
  expect(readdirSync(join(folder, "sluice/compiled"))).not.toEqual([]);
  const own = join(project.folder, "own");
  await run(clean, undefined, { XDG_CACHE_HOME: join(project.folder, "other"), NODE_COMPILE_CACHE: own });
  expect([existsSync(own), existsSync(join(project.folder, "other/sluice/compiled"))]).toEqual([true, false]);
});

describe("on an older Node", () => {
  const installsNode = `
    const { mkdirSync, symlinkSync } = require("node:fs");
    const wanted = process.argv.find((argument) => argument.startsWith("node-"));
    if (wanted) {
      const bin = "node_modules/" + wanted.slice(0, wanted.lastIndexOf("@")) + "/bin";
      mkdirSync(bin, { recursive: true });
      symlinkSync(process.execPath, bin + "/node");
    } else mkdirSync("node_modules");`;
  const runOld = ({ folder, environment }: SetupProject) =>
    runNode(["--import", OLD_NODE, "local/setup/run.mjs", "hello.ts", "you"], { cwd: folder, env: environment });

  test("Node 24 is fetched into the cache once, and runs the file", async () => {
    const project = setupProject(installsNode);
    const first = await runOld(project);
    expect([first.code, first.stdout]).toEqual([0, "hello you\n"]);
    expect(first.stderr).toMatch(/^sluice: this is Node 20\.11\.0; fetching Node 24\.\d+\.\d+ once …\n/);
    expect(await runOld(project)).toEqual({ code: 0, stdout: "hello you\n", stderr: "" });
    expect(npmCalls(project)).toEqual([
      expect.stringMatching(/^install --ignore-scripts --no-save node-\S+@24\./),
      expect.stringMatching(/^ci /),
    ]);
  });

  test("a fetch that fails leaves no file that a later start would take for Node", async () => {
    const project = setupProject('console.error("npm error code ENOTFOUND"); process.exitCode = 1;');
    const { code, stderr } = await runOld(project);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/\nsluice: No network while installing Node 24\.\d+\.\d+; connect/),
    ]);
    const good = { ...project, environment: { ...project.environment, NPM_DOES: installsNode } };
    expect(await runOld(good)).toMatchObject({ code: 0, stdout: "hello you\n" });
  });
});
