#!/usr/bin/env node
// `npm create sluice my-llm [-- options of sluice init]`: a new folder with the package in it, then `sluice init`.
// No dependencies, and plain enough for Node 20.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

const HELP = `npm create sluice FOLDER [-- options]

Makes a repository in FOLDER that deploys an LLM API to AWS: installs sluice, then runs sluice init in it.
  --package SPEC   where the package comes from (default: this version of the registry): a tarball, a folder, a git address
Other options are those of sluice init: --name, --region, --model, --domain, --hosted-zone, --alarm.`;

/** @returns {never} */
function fail(message) {
  console.error(`create-sluice: ${message}`);
  process.exit(1);
}

/** npm itself, by the Node that runs this: npm names its own script when it started us. */
function npm(args, folder) {
  const script = process.env.npm_execpath;
  const [command, first] = script?.endsWith(".js") ? [process.execPath, [script]] : ["npm", []];
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(config_local_prefix|package_|lifecycle_)/.test(name)),
  );
  return spawnSync(command, [...first, ...args], { cwd: folder, env: environment, stdio: "inherit" }).status ?? 1;
}

const args = process.argv.slice(2);
const name = args[0];
if (name === undefined || name === "--help" || name === "-h") {
  console.log(HELP);
  process.exit(name === undefined ? 1 : 0);
}
if (name.startsWith("-")) fail(`the folder comes first, got "${name}"; npm create sluice my-llm`);
const at = args.indexOf("--package");
const source = at < 0 ? undefined : args[at + 1];
if (at >= 0 && source === undefined) fail("--package needs a tarball, a folder or a git address");
const rest = args.slice(1).filter((_, index) => at < 0 || (index + 1 !== at && index !== at));

const folder = resolve(name);
if (existsSync(folder) && readdirSync(folder).some((file) => file !== ".git"))
  fail(`${folder} is not empty; choose another folder, or run npx sluice init in it`);
mkdirSync(folder, { recursive: true });
const manifest = JSON.parse(readFileSync(new URL("repository-package.json", import.meta.url), "utf8"));
manifest.name =
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+/, "") || "llm";
if (source !== undefined) manifest.dependencies.sluice = /^[./]/.test(source) ? `file:${resolve(source)}` : source;
writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
if (npm(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], folder) !== 0)
  fail(
    `npm could not install sluice into ${folder}; its message is above. After that is mended: npm install, npx sluice init`,
  );
const binary = join(folder, "node_modules/sluice/bin/sluice.mjs");
process.exit(spawnSync(process.execPath, [binary, "init", ...rest], { cwd: folder, stdio: "inherit" }).status ?? 1);
