import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadEnvironment } from "../../environments/load.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";

/** Stacks by name, as their documents; a stack's `reads` are its dependencies. */
export type HandMade = Readonly<Record<string, { readonly reads?: readonly string[]; readonly document: object }>>;

/** Why tests that need OpenTofu are skipped; `undefined` when it is on PATH. */
export const TOFU_MISSING: string | undefined =
  spawnSync("tofu", ["version"]).status === 0 ? undefined : "OpenTofu (tofu) is not on PATH";

/** Writes hand-made stacks as cdktf writes real ones. */
export function writeStacks(outputFolder: string, environment: string, stacks: HandMade): void {
  const named = (name: string) => `${environment}-${name}`;
  for (const [name, { document }] of Object.entries(stacks)) {
    const folder = join(outputFolder, "stacks", named(name));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(document));
  }
  const entries = Object.entries(stacks).map(([name, { reads = [] }]) => [
    named(name),
    { name: named(name), workingDirectory: `stacks/${named(name)}`, dependencies: reads.map(named) },
  ]);
  writeFileSync(join(outputFolder, "manifest.json"), JSON.stringify({ stacks: Object.fromEntries(entries) }));
}

export interface Operator extends OperatorTools {
  /** What was printed, a string per call. */
  readonly printed: string[];
  readonly prompts: string[];
  readonly exitCodes: number[];
}

export interface OperatorProps {
  readonly folder: string;
  /** Read at each synthesis. */
  readonly stacks: () => HandMade;
  /** Replies to prompts in their order. @default - there is no terminal */
  readonly replies?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The commit that is checked out. @default "c0ffee" */
  readonly commit?: () => string;
}

/** A simulated operator: hand-made stacks, prepared replies to prompts, recorded output. */
export function operator({
  folder,
  stacks,
  replies,
  environment = {},
  commit = () => "c0ffee",
}: OperatorProps): Operator {
  const [printed, prompts, exitCodes, waiting]: [string[], string[], number[], string[]] = [[], [], [], []];
  waiting.push(...(replies ?? []));
  const config = join(folder, "tofu.rc"); // instead of this machine's own settings
  writeFileSync(config, "");
  return {
    printed,
    prompts,
    exitCodes,
    print: (text) => printed.push(text),
    show: () => {},
    isInteractive: replies !== undefined,
    prompt: async (text) => {
      prompts.push(text);
      return waiting.shift() ?? "";
    },
    processEnvironment: { PATH: process.env.PATH, HOME: folder, TF_CLI_CONFIG_FILE: config, ...environment },
    folder: join(folder, "deploy"),
    providersLock: join(folder, "tofu.lock.hcl"),
    environment: loadEnvironment,
    synthesize: async (name, outputFolder) => {
      mkdirSync(outputFolder, { recursive: true });
      writeStacks(outputFolder, name, stacks());
    },
    commit: async () => commit(),
    finish: (code) => exitCodes.push(code),
  };
}

/** A stack of `terraform_data`, which needs no provider, with its state in a file of the folder. */
export function dataStack(folder: string, name: string, resources: object, more: object = {}): { document: object } {
  return {
    document: {
      terraform: { backend: { local: { path: join(folder, `${name}.tfstate`) } } },
      resource: { terraform_data: resources },
      ...more,
    },
  };
}

/** A data source that reads another stack's outputs. */
export function reading(folder: string, name: string): object {
  const config = { path: join(folder, `${name}.tfstate`) };
  return { data: { terraform_remote_state: { [name]: { backend: "local", config } } } };
}
