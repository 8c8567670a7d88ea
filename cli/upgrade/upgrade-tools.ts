import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { environmentNames } from "../../environments/load.ts";
import { IS_PACKAGE, OWN_FOLDER, repositoryFolder } from "../../lib/installation.ts";
import { runStep } from "../../local/setup/run-step.ts";
import { repositoryManifest } from "../init/repository-manifest.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { UserError } from "../terminal/user-error.ts";
import type { OtherVersion, UpgradeTools } from "./upgrade-command.ts";

interface Manifest {
  readonly version: string;
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** The tools of this process: npm, and the repository's environments. */
export function upgradeTools(operator: OperatorTools): UpgradeTools {
  return {
    ...operator,
    version: IS_PACKAGE ? manifestOf(OWN_FOLDER).version : undefined,
    environmentNames,
    install: installVersion,
  };
}

/** Installs a version of the package, without the local engine, into a folder of its own. */
async function installVersion(wanted: string, folder: string): Promise<OtherVersion> {
  mkdirSync(folder, { recursive: true });
  const source = existsSync(wanted) ? `file:${resolve(wanted)}` : wanted;
  const { overrides = {} } = manifestOf(OWN_FOLDER);
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify(repositoryManifest("upgrade", { version: source, overrides })),
  );
  const options = ["--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  const { code, output } = await npm(["install", ...options, "--loglevel=error"], folder);
  if (code !== 0)
    throw new UserError(`npm could not install sluice ${wanted}: ${output.trim().split("\n").at(-1) ?? "no message"}`);
  const installed = join(folder, "node_modules/sluice");
  return {
    version: manifestOf(installed).version,
    synthesize: async (environment, outputFolder) => {
      mkdirSync(outputFolder, { recursive: true });
      await runStep(repositoryFolder(), join(installed, "bin/sluice.mjs"), {
        args: ["synth", "--environment", environment],
        environment: { CDKTF_OUTDIR: outputFolder },
      });
    },
  };
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** Without what the npm that started this process, by `npx`, set for it. */
async function npm(
  args: readonly string[],
  folder: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^npm_(config_local_prefix|package_|lifecycle_)/.test(name),
  );
  const child = spawn("npm", args, { cwd: folder, env: Object.fromEntries(own) });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: null, output: error.message }));
    child.on("close", (code) => resolve({ code, output }));
  });
}
