import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import type { JsonObject } from "../../local/template/json.ts";
import { parseObject } from "../aws-calls/call.ts";
import type { Testbed } from "../testbed.ts";
import type { ChildResult, Children, RunningChild } from "../tools/children.ts";

export interface OperatorProps {
  /** The repository. */
  readonly project: string;
  readonly environment: string;
  readonly testbed: Testbed;
  readonly children: Children;
}

/** Expected exit code and output of a command. */
export interface Expected {
  /** @default 0 */
  readonly code?: number;
  /** Patterns that its output must match, in this order. @default - any output */
  readonly says?: readonly RegExp[];
}

type Variables = Readonly<Record<string, string>>;

/** A command's variables, and its expected exit code and output. */
export interface CommandOptions extends Expected {
  /** Added to the variables of every command. */
  readonly variables?: Variables;
}

/** An operator at a shell: the real `sluice`, with OpenTofu and AWS of the testbed. There is no terminal. */
export class Operator {
  /** Variables of every command. */
  readonly variables: Variables;
  readonly #props: OperatorProps;

  constructor(props: OperatorProps) {
    const { testbed } = props;
    const bin = join(testbed.folder, "bin");
    writeTofu(bin, testbed);
    this.#props = props;
    this.variables = {
      ...testbed.tofu.environment,
      PATH: [bin, dirname(process.execPath), testbed.tofu.environment.PATH ?? ""].join(delimiter),
      AWS_REGION: testbed.region,
      SLUICE_FOLDER: join(testbed.folder, "work"),
    };
  }

  /** The environment's workspace of `sluice`: the synthesized stacks, and variables. */
  get deployFolder(): string {
    return join(this.#props.testbed.folder, "work/deploy", this.#props.environment);
  }

  /** File of the environment's variables. */
  get variablesFile(): string {
    return join(this.deployFolder, "terraform.tfvars.json");
  }

  retainedVariables(): JsonObject {
    return parseObject(readFileSync(this.variablesFile, "utf8"));
  }

  /** Starts `sluice <command> --environment <name> …`. */
  start(command: string, args: readonly string[], variables: Variables = {}): RunningChild {
    const { project, environment } = this.#props;
    const script = [join(project, "cli/sluice.ts"), ...command.split(" "), "--environment", environment];
    return this.#start(process.execPath, [...script, ...args], variables);
  }

  /**
   * Runs one to its end.
   * @returns its output
   * @throws with the output when exit code or output is not the expected one
   */
  async run(
    command: string,
    args: readonly string[],
    { variables, ...expected }: CommandOptions = {},
  ): Promise<string> {
    return checkedOutput(
      `sluice ${[command, ...args].join(" ")}`,
      await this.start(command, args, variables).done,
      expected,
    );
  }

  /** The same with another program, in the clone. */
  async program(
    command: string,
    args: readonly string[],
    { variables, ...expected }: CommandOptions = {},
  ): Promise<string> {
    return checkedOutput(
      [basename(command), ...args].join(" "),
      await this.#start(command, args, variables).done,
      expected,
    );
  }

  #start(command: string, args: readonly string[], variables: Variables = {}): RunningChild {
    const { project, children } = this.#props;
    return children.start({ command, args, cwd: project, environment: { ...this.variables, ...variables } });
  }
}

/** @throws with the output when a command's exit code or output is not the expected one */
export function checkedOutput(
  command: string,
  { code, output }: ChildResult,
  { code: wanted = 0, says = [] }: Expected,
): string {
  const end = output.trim().split("\n").slice(-60).join("\n");
  if (code !== wanted) throw new Error(`${command} ended with ${code}, not with ${wanted}:\n${end}`);
  let from = 0;
  for (const saying of says) {
    const at = output.slice(from).search(saying);
    if (at < 0) throw new Error(`${command} does not say ${saying}${from > 0 ? " where it should" : ""}:\n${end}`);
    from += at + 1;
  }
  return output;
}

/**
 * A `tofu` that first adapts the folder's stack to the testbed: endpoints, provider, values that the older provider
 * refuses. A stack with the testbed's settings is adapted already. It then executes the real one, so that signals reach it.
 */
function writeTofu(bin: string, { tofu, schema, awsProxy: { url } }: Testbed): void {
  mkdirSync(bin, { recursive: true });
  const settings = join(bin, "testbed.json");
  writeFileSync(settings, JSON.stringify({ url, version: schema.version, schema: schema.file }));
  const prepare = [process.execPath, join(import.meta.dirname, "prepare-here.ts"), settings].map(quoted).join(" ");
  const file = join(bin, "tofu");
  writeFileSync(
    file,
    `#!/bin/sh
set -e
folder=.
case "$1" in -chdir=*) folder=\${1#-chdir=} ;; esac
stack="$folder/cdk.tf.json"
if [ -f "$stack" ] && ! grep -q s3_use_path_style "$stack"; then ${prepare} "$folder"; fi
exec ${quoted(tofu.command)} "$@"
`,
  );
  chmodSync(file, 0o755);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
