import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { forecast } from "../../domain/cost/forecast.ts";
import { DEFAULT_USAGE } from "../../domain/cost/usage.ts";
import { PROVIDERS_LOCK } from "../../domain/providers-lock.ts";
import { environmentsFolder, loadEnvironment } from "../../environments/load.ts";
import { OWN_FOLDER, ownScript, repositoryFolder } from "../../lib/installation.ts";
import { workFolder } from "../../local/folders.ts";
import { buildAll } from "../../local/setup/build-all.ts";
import { runStep } from "../../local/setup/run-step.ts";
import type { Environment } from "../../settings/environment.ts";
import { printable } from "../terminal/printable.ts";
import { UserError } from "../terminal/user-error.ts";
import { checkedOutCommit } from "./checked-out-commit.ts";

/** The process, terminal and project that the commands for AWS work with; tests replace them. */
export interface OperatorTools {
  /** Prints one or more lines to standard output. */
  print(text: string): void;
  /** Prints progress to standard error. */
  show(text: string): void;
  readonly isInteractive: boolean;
  /** Reads a line from the terminal. @throws {UserError} when the operator presses Ctrl-C or Ctrl-D */
  prompt(text: string): Promise<string>;
  /** Variables for OpenTofu and the AWS SDK: credentials, proxies, TF_VAR_…. */
  readonly processEnvironment: Readonly<Record<string, string | undefined>>;
  /** Folder with a workspace per environment. */
  readonly folder: string;
  /** The file for the committed lock of OpenTofu's providers, beside the environments; it need not exist. */
  readonly providersLock: string;
  /** @throws {UserError} when the environment does not exist, or with all its problems */
  environment(name: string): Promise<Environment>;
  /** Writes the environment's stacks, as `cdktf synth` does. */
  synthesize(environment: string, outputFolder: string): Promise<void>;
  /** The commit that is checked out. @throws {UserError} where there is none, or files differ from it */
  commit(): Promise<string>;
  /** Sets the exit code of the process. */
  finish(code: number): void;
  /** The forecast of a month's cost, printed before the first prompt. @default - no lines */
  priceLines?(environment: Environment): readonly string[];
}

/** The tools of this process. */
export function operatorTools(): OperatorTools {
  const show = (text: string) => process.stderr.write(text);
  return {
    print: (text) => console.log(printable(text)),
    show,
    isInteractive: process.stdin.isTTY === true,
    prompt,
    processEnvironment: process.env,
    folder: join(workFolder(process.env), "deploy"),
    providersLock: join(environmentsFolder(), PROVIDERS_LOCK),
    environment: checkedEnvironment,
    synthesize: async (environment, outputFolder) => {
      mkdirSync(outputFolder, { recursive: true });
      await buildAll(OWN_FOLDER, (line) => show(`sluice: ${line}\n`));
      await runStep(repositoryFolder(), ownScript("stacks/main.ts"), {
        environment: { SLUICE_ENVIRONMENT: environment, CDKTF_OUTDIR: outputFolder },
      });
    },
    commit: () => checkedOutCommit(repositoryFolder()),
    finish: (code) => {
      process.exitCode = code;
    },
    priceLines,
  };
}

function priceLines(environment: Environment): readonly string[] {
  const { minimum, expected, maximum } = forecast(environment, DEFAULT_USAGE).total;
  const dollars = (amount: number) => Math.round(amount).toLocaleString("en-US");
  return [
    `A month of ${environment.name} costs about ${dollars(expected)} dollars (${dollars(minimum)} to ${dollars(maximum)}); ` +
      `for the details: sluice cost --environment ${environment.name}`,
  ];
}

/** `loadEnvironment` whose errors are the operator's to correct. */
export async function checkedEnvironment(name: string): Promise<Environment> {
  return loadEnvironment(name).catch((error: unknown) => {
    throw new UserError(error instanceof Error ? error.message : String(error));
  });
}

async function prompt(text: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve, reject) => {
      reader.once("close", () =>
        reject(new UserError("The prompt was closed without a reply: nothing more was changed.")),
      );
      reader.question(text).then(resolve, reject);
    });
  } finally {
    reader.close();
  }
}
