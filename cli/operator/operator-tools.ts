import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { forecast } from "../../domain/cost/forecast.ts";
import { DEFAULT_USAGE } from "../../domain/cost/usage.ts";
import { loadEnvironment } from "../../environments/load.ts";
import type { Environment } from "../../environments/schema.ts";
import { PROJECT_FOLDER, workFolder } from "../../local/folders.ts";
import { buildAll } from "../../local/setup/build-all.ts";
import { runStep } from "../../local/setup/run-step.ts";
import { UserError } from "../terminal/user-error.ts";

/** What the commands that change AWS need of the world around them. */
export interface OperatorTools {
  /** Standard output, a line or more. */
  print(text: string): void;
  /** Progress, as it comes. */
  show(text: string): void;
  readonly isInteractive: boolean;
  /** @throws {UserError} when the operator leaves with Ctrl-C or Ctrl-D */
  ask(question: string): Promise<string>;
  /** Variables that OpenTofu and the AWS SDK are given: credentials, proxies, TF_VAR_…. */
  readonly processEnvironment: Readonly<Record<string, string | undefined>>;
  /** Where work is kept, one folder per environment. */
  readonly folder: string;
  /** @throws {UserError} when there is no such environment, or with its problems */
  environment(name: string): Promise<Environment>;
  /** Writes the environment's stacks, as `cdktf synth` does. */
  synthesize(environment: string, outputFolder: string): Promise<void>;
  /** Exit code of the process, where it is not 0. */
  finish(code: number): void;
  /** What a month will cost, shown before anything is asked. @default - no lines */
  priceLines?(environment: Environment): readonly string[];
}

/** The real ones. */
export function operatorTools(): OperatorTools {
  const show = (text: string) => process.stderr.write(text);
  return {
    print: (text) => console.log(text),
    show,
    isInteractive: process.stdin.isTTY === true,
    ask,
    processEnvironment: process.env,
    folder: join(workFolder(process.env), "deploy"),
    environment: checkedEnvironment,
    synthesize: async (environment, outputFolder) => {
      mkdirSync(outputFolder, { recursive: true });
      await buildAll(PROJECT_FOLDER, (line) => show(`sluice: ${line}\n`));
      await runStep(PROJECT_FOLDER, "stacks/main.ts", {
        environment: { SLUICE_ENVIRONMENT: environment, CDKTF_OUTDIR: outputFolder },
      });
    },
    finish: (code) => {
      process.exitCode = code;
    },
    priceLines,
  };
}

function priceLines(environment: Environment): readonly string[] {
  try {
    const { minimum, expected, maximum } = forecast(environment, DEFAULT_USAGE).total;
    const dollars = (amount: number) => Math.round(amount).toLocaleString("en-US");
    return [
      `A month of ${environment.name} costs about ${dollars(expected)} dollars, ${dollars(minimum)} to ${dollars(maximum)}; ` +
        `what for: sluice cost --environment ${environment.name}`,
    ];
  } catch (error) {
    // A region whose prices are not on file can be deployed to all the same.
    return [`What a month costs is not known: ${error instanceof Error ? error.message : String(error)}`];
  }
}

/** `loadEnvironment` with its errors as the operator's. */
export async function checkedEnvironment(name: string): Promise<Environment> {
  return loadEnvironment(name).catch((error: unknown) => {
    throw new UserError(error instanceof Error ? error.message : String(error));
  });
}

async function ask(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve, reject) => {
      reader.once("close", () => reject(new UserError("Left without an answer: nothing more was changed.")));
      reader.question(question).then(resolve, reject);
    });
  } finally {
    reader.close();
  }
}
