import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ENV } from "../contracts/processes/process-environment.ts";
import { PROVIDER_KEY_PREFIX } from "../contracts/targets/target-settings.ts";

export interface StartOptions {
  /** The environment's name. */
  readonly environment: string;
  /** Absolute path of its file, where that is not in environments/. */
  readonly environmentFile: string | undefined;
  /** Forget tables, logs and unpacked bundles of earlier runs. */
  readonly fresh: boolean;
  readonly apiPort: number;
  readonly sitePort: number;
  /** By how much the periods of alarms are shorter than on AWS. */
  readonly timeFactor: number;
  /** Whether engines run vLLM itself. */
  readonly runsVllm: boolean;
  readonly help: boolean;
}

export const START_HELP = `npm start -- [options]

  --environment NAME   environment to run: a name of environments/ (default dev), or the path of a .ts file
  --fresh              forget keys, logs and bundles of earlier runs
  --help               this text

Settings (environment variables)
  SLUICE_API_PORT      port of the API (default 8080; 0 for any)
  SLUICE_SITE_PORT     port of the page (default 8081; 0 for any)
  SLUICE_FOLDER        folder for state, logs and data (default .sluice); two folders, two stacks side by side
  SLUICE_LOCAL_ENGINE  "vllm": engines run vLLM itself on the CPU (set up in the cache: 6 GB; slower than the local engine)
  SLUICE_LOCAL_MODEL   local model: an id of engine/models/local-models.ts, the path of a .gguf file,
                       or with SLUICE_LOCAL_ENGINE=vllm a folder of weights
  SLUICE_LOCAL_EMBEDDINGS   .gguf file for embeddings in place of all-MiniLM-L6-v2, or "own" for the model's own vectors
  SLUICE_LOCAL_TIME_FACTOR  by how much alarms' periods are shorter than on AWS (default 1; 60 makes a minute a second)
  SLUICE_ENGINE_URL    an OpenAI-compatible server to use in place of the local engine (vLLM, Ollama, llama-server)
  SLUICE_ENGINE_MODEL  the model's name on that server
  SLUICE_ENGINE_KEY    its key, if it wants one
  TF_VAR_<name>        value of an OpenTofu variable, as OpenTofu itself reads it`;

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws one line that names the option or variable, its value, the rule and the remedy */
export function startOptions(args: readonly string[], environment: Environment): StartOptions {
  const { values } = parse(args);
  const { environment: chosen = "dev" } = values;
  return {
    environment: basename(chosen, ".ts"),
    environmentFile: chosen.endsWith(".ts") ? resolve(chosen) : undefined,
    fresh: values.fresh ?? false,
    help: values.help ?? false,
    apiPort: port("SLUICE_API_PORT", environment, 8080),
    sitePort: port("SLUICE_SITE_PORT", environment, 8081),
    timeFactor: timeFactor(environment),
    runsVllm: runsVllm(environment),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { environment: { type: "string" }, fresh: { type: "boolean" }, help: { type: "boolean" } },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message.split(". ")[0] : String(error);
    throw new Error(`${message}; \`npm start -- --help\` lists the options.`);
  }
}

function port(name: string, environment: Environment, fallback: number): number {
  const text = environment[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new Error(`${name} must be a port from 0 to 65535, got "${text}"; set it to a free port, or 0 for any.`);
}

function timeFactor(environment: Environment): number {
  const text = environment.SLUICE_LOCAL_TIME_FACTOR;
  if (text === undefined || text === "") return 1;
  const value = Number(text);
  // Beyond, a period is shorter than what it takes to measure something in it.
  if (value >= 1 && value <= 120) return value;
  throw new Error(
    `SLUICE_LOCAL_TIME_FACTOR must be a number from 1 to 120, got "${text}"; 60 makes a minute a second.`,
  );
}

function runsVllm(environment: Environment): boolean {
  const engine = environment[ENV.localEngine];
  if (engine === undefined || engine === "") return false;
  if (engine !== "vllm") throw new Error(`${ENV.localEngine} must be vllm, got "${engine}"; or leave it out.`);
  if (!environment[ENV.engineUrl]) return true;
  throw new Error(`${ENV.localEngine} and ${ENV.engineUrl} are both set; leave one of them out.`);
}

/** OpenTofu variables from `TF_VAR_<name>`. */
export function tofuVariables(environment: Environment): Readonly<Record<string, string>> {
  const entries = Object.entries(environment).flatMap(([name, value]) =>
    name.startsWith("TF_VAR_") && value !== undefined ? [[name.slice("TF_VAR_".length), value] as const] : [],
  );
  return Object.fromEntries(entries);
}

/** The user's own settings that reach the twin's processes. What user data decides is not among them. */
const PASSED = new Set([
  "PATH",
  "HOME",
  "XDG_CACHE_HOME",
  "TMPDIR",
  ENV.logLevel,
  ENV.stripeUrl,
  ENV.localEngine,
  ENV.localModel,
  ENV.localEmbeddings,
  ENV.localSlots,
  ENV.localContext,
  ENV.engineThreads,
  ENV.engineUrl,
  ENV.engineModel,
  ENV.engineKey,
]);

/** What the processes of the twin get from the user's own environment: paths, settings of the local engine, keys of providers. */
export function passedEnvironment(environment: Environment): Readonly<Record<string, string>> {
  const entries = Object.entries(environment).flatMap(([name, value]) =>
    (PASSED.has(name) || name.startsWith(PROVIDER_KEY_PREFIX)) && value !== undefined ? [[name, value] as const] : [],
  );
  return Object.fromEntries(entries);
}
