import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EnvironmentSchema } from "../settings/environment.ts";
import { findTool, missingTools, run } from "./test/tools.ts";

const here = import.meta.dirname;
const units = ["engine/files", "gateway/files", "shared"].flatMap((folder) =>
  readdirSync(join(here, folder))
    .filter((name) => name.endsWith(".service"))
    .map((name) => join(folder, name)),
);
const root = mkdtempSync(join(tmpdir(), "sluice-units-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const text = (path: string) => readFileSync(join(here, path), "utf8");

/** Stubs of a unit's programs: systemd checks a unit only when its programs exist and are executable. */
function provide(path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), "#!/bin/sh\n");
  chmodSync(join(root, path), 0o755);
}
beforeAll(() => {
  const folder = join(root, "etc/systemd/system");
  mkdirSync(folder, { recursive: true });
  for (const path of units) {
    cpSync(join(here, path), join(folder, path.split("/").at(-1) ?? ""));
    for (const [, command = ""] of text(path).matchAll(/^Exec\w+=[+-]*(\/\S+)/gm)) provide(command);
  }
  writeFileSync(join(folder, "docker.service"), "[Service]\nExecStart=/usr/bin/docker\n");
  const targets = "/usr/lib/systemd/system";
  if (findTool("systemd-analyze")) cpSync(targets, join(root, targets), { recursive: true, verbatimSymlinks: true });
});

const verify = (name: string) => run("systemd-analyze", ["verify", `--root=${root}`, name]);
const reason = missingTools("systemd-analyze");

describe("systemd units", () => {
  test("have no problem that systemd reports", ({ skip }) => {
    skip(reason !== undefined, reason);
    for (const path of units) {
      const name = (path.split("/").at(-1) ?? "").replace("@.", "@gateway.");
      const { status, stderr } = verify(name);
      expect(stderr, name).toBe("");
      expect(status).toBe(0);
    }
  });

  test("a mistake in a unit is reported", ({ skip }) => {
    skip(reason !== undefined, reason);
    writeFileSync(join(root, "etc/systemd/system/wrong.service"), "[Service]\nExecStart=/usr/bin/docker\nUsr=x\n");
    expect(verify("wrong.service").stderr).toContain("Unknown key 'Usr'");
  });

  test.each(units)("%s runs unprivileged, and starts what the image installs", (path) => {
    expect(text(path)).toContain("\nUser=sluice\n");
    expect(text(path)).toContain("\nNoNewPrivileges=yes\n");
    expect(text(path)).toContain("\nProtectSystem=strict\n");
    for (const [, script = ""] of text(path).matchAll(/\/opt\/sluice\/bin\/([\w-]+\.sh)/g)) {
      const paths = [...new Set([`${dirname(path)}/${script}`, `shared/${script}`])].map((path) => join(here, path));
      expect(
        paths.filter((path) => run("test", ["-x", path]).status === 0),
        script,
      ).toHaveLength(1);
    }
  });

  test("a gateway's stop timeout is longer than the longest drain of an environment", () => {
    const drain = EnvironmentSchema.shape.gateways.shape.drainSeconds;
    const stop = Number(/^TimeoutStopSec=(\d+)$/m.exec(text("gateway/files/sluice-gateway.service"))?.[1]);
    expect(drain.safeParse(stop).success).toBe(false);
    expect(drain.maxValue).toBeLessThan(stop);
  });

  test("each reads the environment where user data writes it", () => {
    expect(text("engine/files/sluice-engine.service")).toContain("\nEnvironmentFile=/etc/sluice/engine.env\n");
    expect(text("gateway/files/sluice-gateway.service")).toContain("\nEnvironmentFile=/etc/sluice/gateway.env\n");
  });
});
