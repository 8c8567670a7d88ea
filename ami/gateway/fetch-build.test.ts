import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { missingTools, run } from "../test/tools.ts";

const missing = missingTools("bash", "openssl");
const folder = mkdtempSync(join(tmpdir(), "sluice-build-"));
const bin = join(folder, "bin");
const gatewayFolder = join(folder, "gateway");
const target = join(gatewayFolder, "server.mjs");
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(({ skip }) => {
  skip(missing !== undefined, missing);
  for (const each of [bin, gatewayFolder]) {
    rmSync(each, { recursive: true, force: true });
    mkdirSync(each);
  }
  writeFileSync(target, "the image's own");
  writeFileSync(join(folder, "build"), "a new build");
});

const fetchBuild = (env: Readonly<Record<string, string>>) =>
  run(join(import.meta.dirname, "files/fetch-build.sh"), [], {
    PATH: `${bin}:${process.env.PATH}`,
    SLUICE_GATEWAY_FOLDER: gatewayFolder,
    ...env,
  });
const named = { SLUICE_BUILD_URI: `file://${folder}/build`, SLUICE_BUILD_HASH: sha256("a new build") };

describe("before a gateway starts", () => {
  test("the build that user data names replaces the image's own", () => {
    expect(fetchBuild(named).status).toBe(0);
    expect(readFileSync(target, "utf8")).toBe("a new build");
  });

  test("a build with other content is refused, and the existing one stays", () => {
    writeFileSync(join(folder, "build"), "something else");
    const { status, stderr } = fetchBuild(named);
    expect(status).toBe(1);
    expect(stderr).toContain(`got SHA-256 ${sha256("something else")}, expected ${named.SLUICE_BUILD_HASH}`);
    expect(readFileSync(target, "utf8")).toBe("the image's own");
    expect(existsSync(`${target}.part`)).toBe(false);
  });

  test("nothing is fetched when the build is there already, or when user data names none", () => {
    expect(fetchBuild({ ...named, SLUICE_BUILD_HASH: sha256("the image's own") }).status).toBe(0);
    expect(fetchBuild({}).status).toBe(0);
    expect(readFileSync(target, "utf8")).toBe("the image's own");
  });

  test("exactly that version of that object is fetched from S3", () => {
    const aws = '#!/bin/sh\necho "$@" >"$(dirname "$0")/asked"\nfor last; do :; done\nprintf "a new build" >"$last"\n';
    writeFileSync(join(bin, "aws"), aws);
    chmodSync(join(bin, "aws"), 0o755);
    const s3 = {
      ...named,
      SLUICE_BUILD_URI: "s3://sluice-dev-assets-1/gateway/server.mjs",
      SLUICE_BUILD_VERSION: "v7",
    };
    expect(fetchBuild(s3).status).toBe(0);
    expect(readFileSync(target, "utf8")).toBe("a new build");
    expect(readFileSync(join(bin, "asked"), "utf8")).toBe(
      `s3api get-object --bucket sluice-dev-assets-1 --key gateway/server.mjs --version-id v7 ${target}.part\n`,
    );
  });
});
