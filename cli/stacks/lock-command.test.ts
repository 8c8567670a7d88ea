import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { arch, platform } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder, writeTo } from "../../local/test/tools.ts";
import { deployCommand, planCommand } from "../deploy-command.ts";
import { dataStack, type Operator, operator, TOFU_MISSING } from "../test/operator.ts";
import { lockCommand } from "./lock-command.ts";
import { stacksInOrder } from "./stack-order.ts";
import { prepareWorkspace, TofuStack } from "./tofu-stack.ts";

beforeEach((context) => {
  if (TOFU_MISSING) context.skip(TOFU_MISSING);
});

const HERE = `${platform()}_${arch() === "x64" ? "amd64" : arch()}`;

/** Stacks that require a provider, which OpenTofu installs from a mirror of this machine, and never starts. */
function fixture() {
  const folder = temporaryFolder();
  const mirror = join(folder, "mirror");
  const needed = { version: "1.2.0", others: {} };
  const publish = (version: string, content: string, name = "empty") => {
    const path = `registry.opentofu.org/sluice/${name}/${version}/${HERE}/terraform-provider-${name}_v${version}`;
    writeTo(join(mirror, path), `#!/bin/sh\n# ${content}\n`, 0o755);
  };
  publish("1.2.0", "published");
  const stack = (name: string) => {
    const { document } = dataStack(folder, name, { Keys: { input: "keys" } });
    const required_providers = { empty: { source: "sluice/empty", version: needed.version }, ...needed.others };
    const { terraform } = document as { terraform: object };
    return { document: { ...document, terraform: { ...terraform, required_providers } } };
  };
  const tools = operator({ folder, stacks: () => ({ data: stack("data"), network: stack("network") }) });
  writeFileSync(
    join(folder, "tofu.rc"),
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  const run = (command: (tools: Operator) => ReturnType<typeof deployCommand>, ...args: readonly string[]) =>
    command(tools).parseAsync(["--environment", "dev", ...args], { from: "user" });
  /** The first step of every command on each stack; a plan would start the provider. */
  const initAll = async () => {
    const workspace = await prepareWorkspace("dev", tools);
    const stacks = stacksInOrder(workspace.outputFolder, "dev");
    for (const stack of stacks) await new TofuStack(stack, workspace, tools).init();
  };
  const lock = (...args: readonly string[]) => run(lockCommand, "--platform", HERE, "--mirror", mirror, ...args);
  const lockOf = (name: string) =>
    readFileSync(join(folder, `deploy/dev/cdktf.out/stacks/dev-${name}/.terraform.lock.hcl`), "utf8");
  const committed = () => readFileSync(tools.providersLock, "utf8");
  return { folder, needed, publish, tools, run, initAll, lock, lockOf, committed };
}

describe("sluice lock", () => {
  test("writes version and hashes of the providers beside the environments, once", async () => {
    const { tools, lock, committed } = fixture();
    await lock();
    expect(committed()).toMatch(/^provider "registry\.opentofu\.org\/sluice\/empty" \{\n.*"1\.2\.0"\n/m);
    expect(committed()).toMatch(/^ {4}"h1:[\w+/]{43}=",$/m);
    await lock();
    expect(tools.printed).toEqual([
      `environments/tofu.lock.hcl is written: sluice/empty 1.2.0 for ${HERE}; commit it.`,
      `environments/tofu.lock.hcl is unchanged: sluice/empty 1.2.0 for ${HERE}.`,
    ]);
  });

  test("writes the new version after an upgrade, without the old one's hashes", async () => {
    const { needed, publish, lock, committed } = fixture();
    await lock();
    const before = committed();
    needed.version = "1.3.0";
    publish("1.3.0", "next");
    await lock();
    expect(committed()).toContain('"1.3.0"');
    const [hash = "none"] = before.match(/h1:[\w+/]+=/) ?? [];
    expect(committed()).not.toContain(hash);
  });

  test("refuses a platform that is none before it synthesizes anything", async () => {
    const { folder, run } = fixture();
    await expect(run(lockCommand, "--platform", "linux")).rejects.toThrow(
      /--platform must be a system and a processor, e\.g\. linux_amd64, got "linux"/,
    );
    expect(existsSync(join(folder, "deploy"))).toBe(false);
  });

  test("leaves the lock as it was when a package is not in the mirror", async () => {
    const { needed, lock, committed } = fixture();
    await lock();
    const before = committed();
    needed.version = "9.0.0";
    await expect(lock()).rejects.toThrow(/dev-data: tofu providers ended with exit code 1/);
    expect(committed()).toBe(before);
  });
});

describe("with a committed lock", () => {
  // documented: committed-providers-lock
  test("every stack is initialized with it, again too, and none changes it", async () => {
    const { initAll, lock, lockOf, committed } = fixture();
    await lock();
    const before = committed();
    await initAll();
    await initAll();
    expect([lockOf("data"), lockOf("network"), committed()]).toEqual([before, before, before]);
  });

  test("a package with the same version and another content is refused in one line, with the remedy", async () => {
    const { publish, run, lock } = fixture();
    await lock();
    publish("1.2.0", "changed on the way");
    const message = await run(planCommand).catch((error: Error) => error.message);
    expect(message).toMatch(
      /^dev-data: the package of the provider sluice\/empty 1\.2\.0 has none of the hashes in environments\/tofu\.lock\.hcl.*sluice lock --environment dev.*$/,
    );
  });

  test("a changed package in the cache of an earlier init is refused too", async () => {
    const { folder, run, initAll, lock } = fixture();
    await lock();
    await initAll();
    const cached = `registry.opentofu.org/sluice/empty/1.2.0/${HERE}/terraform-provider-empty_v1.2.0`;
    for (const changed of ["mirror", "deploy/plugins"]) {
      rmSync(join(folder, changed, cached));
      writeTo(join(folder, changed, cached), "#!/bin/sh\n# changed\n", 0o755);
    }
    await expect(run(deployCommand, "--yes")).rejects.toThrow(
      /has none of the hashes in environments\/tofu\.lock\.hcl/,
    );
  });

  test("another version is refused in one line that names both and the command", async () => {
    const { needed, publish, run, lock } = fixture();
    await lock();
    needed.version = "1.3.0";
    publish("1.3.0", "next");
    await expect(run(deployCommand, "--yes")).rejects.toThrow(
      "dev-data needs the provider sluice/empty 1.3.0, and environments/tofu.lock.hcl has 1.2.0; after an upgrade " +
        "write the lock again and commit it: sluice lock --environment dev",
    );
  });

  test("a provider that it lacks is refused in one line with the command", async () => {
    const { needed, publish, run, lock } = fixture();
    await lock();
    needed.others = { second: { source: "sluice/second", version: "1.0.0" } };
    publish("1.0.0", "second", "second");
    await expect(run(deployCommand, "--yes")).rejects.toThrow(
      "dev-data has other providers than environments/tofu.lock.hcl; write the lock again and commit it: " +
        "sluice lock --environment dev",
    );
  });
});

test("without a committed lock a stack gets the version that it names", async () => {
  const { tools, initAll, lockOf } = fixture();
  await initAll();
  expect(lockOf("data")).toContain('"1.2.0"');
  expect(existsSync(tools.providersLock)).toBe(false);
});
