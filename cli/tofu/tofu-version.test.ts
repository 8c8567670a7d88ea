import { describe, expect, test } from "vitest";
import { temporaryFolder, writeTo } from "../../local/test/tools.ts";
import { checkTofuVersion, isTofuNewEnough } from "./tofu-version.ts";

/** A command named tofu that prints this version. */
function pathWith(version: string): Readonly<Record<string, string>> {
  const folder = temporaryFolder();
  writeTo(`${folder}/tofu`, `#!/bin/sh\necho '{"terraform_version": "${version}"}'\n`, 0o755);
  return { PATH: `${folder}:${process.env.PATH}` };
}

describe("OpenTofu's version", () => {
  test.each([
    ["1.10.0", true],
    ["1.12.6", true],
    ["2.0.0", true],
    ["1.11.0-beta1", true],
    ["1.9.4", false],
    ["0.15.5", false],
  ])("%s is new enough: %s", (version, isNewEnough) => {
    expect(isTofuNewEnough(version)).toBe(isNewEnough);
  });

  test("an older version is refused with both versions", async () => {
    await expect(checkTofuVersion({ processEnvironment: pathWith("1.8.1") })).rejects.toThrow(
      /must be 1\.10\.0 or newer, got 1\.8\.1; upgrade it/,
    );
    await expect(checkTofuVersion({ processEnvironment: pathWith("1.10.0") })).resolves.toBeUndefined();
  });
});
