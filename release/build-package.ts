import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { repositoryManifest } from "../cli/init/repository-manifest.ts";
import { runStep } from "../local/setup/run-step.ts";
import { importedPackages, type ProjectManifest, packageManifest } from "./package-manifest.ts";
import { repositoryWorkflow, SHARED_WORKFLOWS } from "./repository-workflows.ts";

/** What is started, loaded or imported by its own name; the compiler follows imports from here. */
const ENTRIES = [
  "cli/sluice.ts",
  "local/start.ts",
  "local/services/lambda/lambda-worker.ts",
  "local/services/ec2-autoscaling/end-with-parent.ts",
  "local/services/dynamodb/dynalite.d.ts",
  "local/issuer/oidc-provider.d.ts",
  "stacks/main.ts",
  "engine/server.ts",
  "engine/fetch-model.ts",
  "engine/vllm/server.ts",
  "engine/vllm/set-up.ts",
  "settings/environment-input.ts",
] as const;

/** Files and folders that are copied as they are. */
const COPIED = [
  "LICENSE",
  "README.md",
  "ami/sign-manifest.sh",
  "cli/init/repository",
  "dist/console",
  "dist/gateway",
  "dist/lambdas",
  "dist/site",
  "engine/vllm/convert-model.py",
  "infracost-usage.yml",
  "local/setup/node-runtime.mjs",
  "local/setup/npm.mjs",
  "local/setup/process-lock.mjs",
  "local/setup/run-child.mjs",
  "local/setup/setup-error.mjs",
] as const;

/** The lock of OpenTofu's providers, which a team's repository begins with. */
const PROVIDERS_LOCK = "environments/tofu.lock.hcl";

/** The built packages' folders. */
export interface BuiltPackages {
  readonly sluice: string;
  readonly createSluice: string;
}

export interface BuildOptions {
  /** Whether wrong types end the build. What is built is the same. @default true */
  readonly checksTypes?: boolean;
}

/**
 * Builds the packages `sluice` and `create-sluice` from a checkout whose bundles are built.
 * @param folder made anew
 */
export async function buildPackages(
  project: string,
  folder: string,
  { checksTypes = true }: BuildOptions = {},
): Promise<BuiltPackages> {
  rmSync(folder, { recursive: true, force: true });
  const built = { sluice: join(folder, "sluice"), createSluice: join(folder, "create-sluice") };
  const manifest: ProjectManifest = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  await compile(project, folder, built.sluice, checksTypes);
  for (const path of COPIED) cpSync(join(project, path), join(built.sluice, path), { recursive: true });
  const templates = join(built.sluice, "cli/init/repository");
  cpSync(join(project, "release/bin"), join(built.sluice, "bin"), { recursive: true });
  cpSync(join(project, PROVIDERS_LOCK), join(templates, PROVIDERS_LOCK));
  copyPages(project, built.sluice);
  for (const name of SHARED_WORKFLOWS) {
    const workflow = readFileSync(join(project, ".github/workflows", name), "utf8");
    const path = join(templates, "dot-github/workflows", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, repositoryWorkflow(workflow));
  }
  writeJson(
    join(built.sluice, "package.json"),
    packageManifest(manifest, [...importedPackages(compiledTexts(built.sluice)), ...sdkOfLambdas(project)]),
  );
  buildCreateSluice(project, built.createSluice, manifest);
  return built;
}

async function compile(project: string, folder: string, outDir: string, checksTypes: boolean): Promise<void> {
  const settings = {
    extends: join(project, "tsconfig.json"),
    compilerOptions: {
      noEmit: false,
      noCheck: !checksTypes,
      rewriteRelativeImportExtensions: true,
      declaration: true,
      rootDir: project,
      outDir,
      typeRoots: [join(project, "node_modules/@types")],
    },
    include: [],
    files: ENTRIES.map((entry) => join(project, entry)),
  };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "tsconfig.json");
  writeJson(file, settings);
  await runStep(project, join(project, "node_modules/typescript/bin/tsc"), { args: ["-p", file] }).finally(() =>
    rmSync(file),
  );
  // The compiler rewrites the imports of scripts, and not those of declarations.
  for (const path of filesOf(outDir, ".d.ts")) {
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replaceAll(/((?:from |import\()"\.\.?\/[^"]+)\.ts"/g, '$1.js"'));
  }
}

/** The pages for operators and users, without pictures and without what is about the project's own code. */
function copyPages(project: string, folder: string): void {
  mkdirSync(join(folder, "docs"), { recursive: true });
  const pages = readdirSync(join(project, "docs")).filter((name) => name.endsWith(".md"));
  for (const name of pages) cpSync(join(project, "docs", name), join(folder, "docs", name));
}

function buildCreateSluice(project: string, folder: string, manifest: ProjectManifest): void {
  const { version, license } = manifest;
  cpSync(join(project, "release/create-sluice"), folder, { recursive: true });
  writeJson(join(folder, "repository-package.json"), repositoryManifest("llm", manifest));
  writeJson(join(folder, "package.json"), {
    name: "create-sluice",
    version,
    description: "Makes a repository that deploys a production LLM API to AWS.",
    license,
    type: "module",
    engines: { node: ">=20.11.0" },
    bin: { "create-sluice": "create.mjs" },
  });
}

function compiledTexts(folder: string): readonly string[] {
  return [...filesOf(folder, ".js"), ...filesOf(folder, ".d.ts")]
    .filter((path) => !path.startsWith(join(folder, "dist")))
    .map((path) => readFileSync(path, "utf8"));
}

/** Clients of the AWS SDK that Lambda's runtime has: they are in no bundle, and the local stack's functions find them as packages. */
function sdkOfLambdas(project: string): readonly string[] {
  const sources = filesOf(join(project, "lambdas"), ".ts").filter((path) => !path.endsWith(".test.ts"));
  const imported = importedPackages(sources.map((path) => readFileSync(path, "utf8")));
  return imported.filter((name) => name.startsWith("@aws-sdk/client-"));
}

function filesOf(folder: string, ending: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path));
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
