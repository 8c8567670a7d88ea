import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findProvider, mirrorProvider, platformName } from "./provider.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "provider-"));
});
afterEach(() => rmSync(home, { recursive: true }));

function provider(folder: string, version: string, host = "registry.opentofu.org"): string {
  const path = join(home, folder, host, "hashicorp/aws", version, platformName(), `terraform-provider-aws_v${version}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, version);
  return path;
}

describe("the provider", () => {
  test("is the newest of the usual folders, by number and not by letter", () => {
    provider(".terraform.d/plugin-cache", "5.99.1");
    const newest = provider(".terraform.d/plugins", "5.100.0", "registry.terraform.io");
    expect(findProvider({ HOME: home })).toEqual({ version: "5.100.0", path: newest });
  });

  test("is found in OpenTofu's own configuration, and a missing file counts as an empty one", () => {
    const path = provider("mirror", "6.25.0");
    const file = join(home, "rc");
    expect(() => findProvider({ HOME: home, TF_CLI_CONFIG_FILE: file })).toThrow("no AWS provider found");
    writeFileSync(
      file,
      `provider_installation {\n  filesystem_mirror {\n    path = "${join(home, "mirror")}"\n  }\n}\n`,
    );
    expect(findProvider({ HOME: home, TF_CLI_CONFIG_FILE: file }).path).toBe(path);
  });

  test("is the one that the variable names, whatever others there are", () => {
    provider(".terraform.d/plugins", "6.25.0");
    const path = join(home, "terraform-provider-aws_v5.100.0_x5");
    writeFileSync(path, "");
    const variables = { HOME: home, SLUICE_ACCEPTANCE_PROVIDER: path };
    expect(findProvider(variables)).toEqual({ version: "5.100.0", path });
    rmSync(path);
    expect(() => findProvider(variables)).toThrow(/SLUICE_ACCEPTANCE_PROVIDER must be the path .* got .*_x5/);
  });

  test("is at the path in the mirror where OpenTofu looks", () => {
    const path = provider(".terraform.d/plugins", "6.25.0", "registry.terraform.io");
    const mirror = mirrorProvider(join(home, "cache"), { version: "6.25.0", path });
    const folder = join(mirror, "registry.opentofu.org/hashicorp/aws/6.25.0", platformName());
    expect(existsSync(join(folder, "terraform-provider-aws_v6.25.0"))).toBe(true);
    expect(mirrorProvider(join(home, "cache"), { version: "6.25.0", path })).toBe(mirror);
  });
});
