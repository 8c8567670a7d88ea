import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LocalState } from "../contracts/processes/local-state.ts";
import { environmentNames, environmentsFolder } from "../environments/load.ts";
import { stateFile } from "../local/state-file.ts";
import { runNode } from "../local/test/setup-project.ts";
import { temporaryFolder, writeTo } from "../local/test/tools.ts";

const project = join(import.meta.dirname, "..");

/** The command as its user runs it, without credentials; `folder` is where a running stack writes its state file. */
const sluice = (args: readonly string[], folder = "/nowhere/at/all", variables: Record<string, string> = {}) =>
  runNode(["cli/sluice.ts", ...args], {
    cwd: project,
    env: {
      PATH: process.env.PATH,
      HOME: "/nowhere",
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      SLUICE_FOLDER: folder,
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_CONFIG_FILE: "/nowhere/config",
      AWS_SHARED_CREDENTIALS_FILE: "/nowhere/credentials",
      ...variables,
    },
  });

/** A state file as a stack of `dev` writes it, with this process or another one as the twin. */
function stateOf(
  pid: number,
  own: { readonly environment: string; readonly environmentFile?: string } = { environment: "dev" },
): string {
  const url = "http://127.0.0.1:9";
  const processes = [{ name: "twin", role: "twin" as const, pid, url }];
  const common = { ...own, startedAt: new Date().toISOString(), region: "eu-west-1", keysTable: "k", processes };
  const folder = temporaryFolder();
  writeTo(stateFile(folder), JSON.stringify(LocalState.parse({ ...common, apiUrl: url, siteUrl: url, awsUrl: url })));
  return folder;
}

describe("sluice validate", () => {
  test("names every environment of the clone as valid, with its models", async () => {
    const { code, stdout, stderr } = await sluice(["validate"]);
    expect([code, stderr]).toEqual([0, ""]);
    const names = stdout
      .trim()
      .split("\n")
      .map((line) => /^(\S+) is valid; it serves \S/.exec(line)?.[1]);
    expect(names).toEqual(environmentNames());
  });

  test("checks the one that is named", async () => {
    const { code, stdout } = await sluice(["validate", "dev"]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^dev is valid; it serves [^\n]+\n$/)]);
  });

  test("an unknown environment is an error of one line with the known ones, and exit code 1", async () => {
    const { code, stdout, stderr } = await sluice(["validate", "staging"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^sluice: There is no environment "staging"; known are [^\n]+\n$/);
  });
});

test("sluice environments prints the names of all files as JSON for workflows", async () => {
  expect(JSON.parse((await sluice(["environments", "--json"])).stdout)).toEqual(environmentNames());
});

describe("a mistake is one line on standard error, exit code 1 and no stack", () => {
  test.each([
    [["--wrong"], "unknown option '--wrong'"],
    [["kyes"], "unknown command 'kyes'"],
    [["keys", "create"], "required option '--name <name>' not specified"],
    [["keys", "list", "--al"], "unknown option '--al'"],
    [["keys", "revoke"], "missing required argument 'key-id'"],
    [["keys", "list", "--aws"], "--aws needs --environment NAME"],
    [["keys", "list"], "No local stack runs in this clone; start one with `npm start`"],
    [["keys", "list", "--aws", "--environment", "staging"], 'There is no environment "staging"'],
    [
      ["providers", "list"],
      "No local stack runs in this clone; start one with `npm start`, or set --url to the address of an API.",
    ],
    [["routes", "list", "--url", "http://127.0.0.1:1"], "There is no key in the variable SLUICE_API_KEY; create one"],
    [["targets", "list", "--key", "sk-hush"], "No local stack runs"],
    [["cost", "dev"], "too many arguments for 'cost'. Expected 0 arguments but got 1; run it"],
    [["validate", "/etc/passwd"], "Write one of these names, or the path of a file that ends with .ts."],
    [["keys", "list", "--aws", "--environment", "dev"], "No AWS credentials were found; set AWS_PROFILE"],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await sluice(args);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^sluice: [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\bat .*:\d+/);
  });
});

describe("a secret is not repeated", () => {
  const secret = "sk-sluice-first\nsecond-line";
  test.each([
    [["providers", "list", "--url", "http://127.0.0.1:9"], "The key in the variable SLUICE_API_KEY must be 1 to 4096"],
    [["targets", "list", "--url", "http://me:hush@127.0.0.1:9"], "--url must be an address without credentials"],
    [["routes", "list", "--url", "ftp://me:hush@host"], "--url must be an address without credentials"],
    [["cache", "warm", "--file", "package.json", "--url", "http://me:hush@host"], "without credentials"],
    [
      ["cache", "warm", "--file", "package.json", "--url", "http://127.0.0.1:9"],
      "The key in SLUICE_API_KEY or OPENAI_API_KEY must be 1 to 4096",
    ],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await sluice(args, undefined, { SLUICE_API_KEY: secret });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^sluice: [^\n]+\n$/);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/sk-sluice|second-line|hush/);
  });
});

test("sluice --version prints the version of the package", async () => {
  const { version } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  expect(await sluice(["--version"])).toMatchObject({ code: 0, stdout: `${version}\n` });
});

describe("sluice --help", () => {
  test("lists the commands and succeeds", async () => {
    const { code, stdout } = await sluice(["--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/keys [\s\S]*validate /);
  });
});

describe("the local stack of a command", () => {
  test("a stack whose process has ended does not count", async () => {
    const ended = spawn(process.execPath, ["-e", ""]);
    await once(ended, "exit");
    const { code, stderr } = await sluice(["keys", "list"], stateOf(ended.pid!));
    expect([code, stderr]).toEqual([1, expect.stringContaining("No local stack runs in this clone")]);
  });

  test("another environment than the running one is refused", async () => {
    const { stderr } = await sluice(["keys", "list", "--environment", "prod"], stateOf(process.pid));
    expect(stderr).toBe("sluice: The local stack runs dev, not prod; omit --environment, or add --aws.\n");
  });

  test("a stack that runs a file of another folder is found by verify and keys without its path", async () => {
    const text = readFileSync(join(environmentsFolder(), "dev.ts"), "utf8");
    const folder = temporaryFolder({
      "team.ts": text.replace('name: "dev"', 'name: "team"').replaceAll('"../', `"${environmentsFolder()}/../`),
    });
    const state = stateOf(process.pid, { environment: "team", environmentFile: join(folder, "team.ts") });
    for (const command of [["keys", "list"], ["verify"]]) {
      const { code, stderr } = await sluice(command, state);
      expect([code, stderr], command.join(" ")).toEqual([1, expect.stringContaining("http://127.0.0.1:9")]);
    }
  });

  test("the running stack is called at the address of its state file", async () => {
    const { code, stderr } = await sluice(["keys", "list"], stateOf(process.pid));
    expect([code, stderr]).toEqual([1, expect.stringContaining("Can't reach DynamoDB at http://127.0.0.1:9 (")]);
  });
});
