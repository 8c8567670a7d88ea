import { chmodSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Children } from "./children.ts";
import { startProvider } from "./running-provider.ts";

let folder: string;
let children: Children;
beforeEach(() => {
  children = new Children();
  folder = mkdtempSync(join(tmpdir(), "running-provider-"));
});
afterEach(() => {
  children.stopAll();
  rmSync(folder, { recursive: true });
});

/** A program that prints lines as a provider does, and goes on until it is stopped. */
function start(...script: readonly string[]) {
  const path = join(folder, "terraform-provider-aws_v6.25.0");
  writeFileSync(path, ["#!/bin/sh", ...script].join("\n"));
  chmodSync(path, 0o755);
  return startProvider({ path, environment: { PATH: process.env.PATH ?? "" }, folder, children });
}

/** What a provider prints once it listens, with its flag, its folder and that of its socket. */
const PRINT = `printf '\\n\\tTF_REATTACH_PROVIDERS='"'"'{"registry.terraform.io/hashicorp/aws":["%s","%s","%s"]}'"'"'\\n' "$1" "$PWD" "$PLUGIN_UNIX_SOCKET_DIR"`;
const RUN_ON = ["echo 'Provider started. Set the TF_REATTACH_PROVIDERS environment variable:'", PRINT, "sleep 600"];

test("a provider that runs on has OpenTofu's name of it, and works in the folder of the stack", async () => {
  const provider = await start(...RUN_ON);
  const [flag, folderOfIt, ofSocket] = JSON.parse(provider.environment.TF_REATTACH_PROVIDERS)[
    "registry.opentofu.org/hashicorp/aws"
  ];
  expect([flag, folderOfIt]).toEqual(["-debug", realpathSync(folder)]);
  expect(existsSync(ofSocket)).toBe(true);
  provider.stop();
  expect(existsSync(ofSocket)).toBe(false);
});

test("a provider that is started again in a folder is the new one, and not the one before", async () => {
  const first = await start(...RUN_ON);
  first.stop();
  const second = await start(...RUN_ON);
  expect(second.environment).not.toEqual(first.environment);
  second.stop();
});

test("a provider that ends at its start is an error with its last lines", async () => {
  await expect(start("echo 'no such flag: -debug' >&2", "exit 2")).rejects.toThrow(/listens.*no such flag: -debug$/s);
});
