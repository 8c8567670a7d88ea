import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type RecordedExchange, Recorder } from "../conformance/recorder.ts";
import { ClosedNetwork } from "./closed-network.ts";
import { type AgentProgram, type Ended, filled, type RunContext } from "./programs/program.ts";
import { GREETING } from "./upstream/models.ts";

/** A command that takes longer is killed. The slowest take 10 s on two idle cores. */
const MAX_COMMAND_MS = 240_000;

export interface ProgramRun {
  /** What is wrong with its end. */
  readonly problems: readonly string[];
  /** All that it sent and got, in the order in which the responses ended. */
  readonly exchanges: readonly RecordedExchange[];
  /** Hosts outside that it tried to reach, each once. */
  readonly hosts: readonly string[];
  readonly seconds: number;
}

/** What a run needs of the API that it uses. */
export interface Api {
  readonly url: string;
  readonly key: string;
}

/** Runs a program with a model, in an empty home, with its settings and no network beside the API. */
export async function runProgram(
  program: AgentProgram,
  model: string,
  installed: string,
  api: Api,
): Promise<ProgramRun> {
  const startedAt = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "sluice-agent-"));
  const [recorder, network] = await Promise.all([Recorder.start(api.url), ClosedNetwork.start()]);
  try {
    const values = { url: recorder.url, key: api.key, model };
    const home = join(folder, "home");
    const workspace = join(folder, "workspace");
    for (const each of [home, workspace]) mkdirSync(each);
    writeFileSync(join(workspace, GREETING.file), GREETING.before);
    const { file, variables = {} } = program.settings;
    if (file !== undefined) {
      mkdirSync(dirname(join(home, file.path)), { recursive: true });
      writeFileSync(join(home, file.path), filled(file.text, values));
    }
    const settings = Object.entries(variables).map(([name, text]) => [name, filled(text, values)]);
    const environment = {
      PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
      HOME: home,
      ...network.variables,
      ...Object.fromEntries(settings),
    };
    const context: RunContext = {
      ...values,
      home,
      workspace,
      installed,
      execute: (command, more = {}) => execute(command, workspace, { ...environment, ...more }),
    };
    const problems = await program.run(context);
    const seconds = (performance.now() - startedAt) / 1000;
    return { problems, exchanges: recorder.exchanges, hosts: [...new Set(network.hosts)], seconds };
  } finally {
    await Promise.all([recorder.stop(), network.stop()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function execute(command: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], timeout: MAX_COMMAND_MS });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ code: null, output, errors: `${errors}\n${error.message}` }));
    child.once("close", (code) => resolve({ code, output, errors }));
  });
}
