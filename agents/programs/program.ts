import type { Built } from "../../conformance/build-once.ts";

/** Settings as their user writes them, with `{url}`, `{key}` and `{model}` for what differs. */
export interface Settings {
  /** Environment variables. @default - none */
  readonly variables?: Readonly<Record<string, string>>;
  /** A file below the home folder. @default - none */
  readonly file?: { readonly path: string; readonly text: string };
  /** The part of a runner that makes clients, by the runner's path in this room. @default - none */
  readonly runner?: string;
}

/** What a run of a program may use. */
export interface RunContext {
  /** The API without `/v1`; what stands there records. */
  readonly url: string;
  readonly key: string;
  readonly model: string;
  /** An empty folder, with what the settings put there. */
  readonly home: string;
  /** A folder with the file that coding agents change, where the commands run. */
  readonly workspace: string;
  /** Where the program is installed. */
  readonly installed: string;
  /** Runs a command in the workspace with the settings' variables and no network beside the API. */
  execute(command: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** A real program from a package registry. */
export interface AgentProgram {
  readonly id: string;
  /** Its name in documents. */
  readonly title: string;
  /** The packages whose versions documents tell, by their registry's names. */
  readonly packages: readonly string[];
  /** Its file in `python/requirements/`. @default - it is a package of npm */
  readonly requirements?: string;
  readonly settings: Settings;
  /** A sentence for its users beside the settings. */
  readonly note?: string;
  /** Models that it runs with, one run each. */
  readonly models: readonly string[];
  /** Requests of one run, at most. */
  readonly maxRequests: number;
  /** Requests that the script makes fail in one run. @default 0 */
  readonly failures?: number;
  /** Hosts that it tries to reach although its settings say no, and does without. @default - none */
  readonly outsideHosts?: readonly string[];
  /** Installs it, once. */
  prepare(): Promise<Built>;
  /** @returns what is wrong with its end, a sentence each */
  run(context: RunContext): Promise<readonly string[]>;
}

/** A text with the run's values in it. */
export function filled(text: string, values: Pick<RunContext, "url" | "key" | "model">): string {
  return text.replaceAll("{url}", values.url).replaceAll("{key}", values.key).replaceAll("{model}", values.model);
}

/** What is wrong with a command's end: its code, and what its output lacks. */
export function endProblems(ended: Ended, ...expected: readonly string[]): readonly string[] {
  const shown = `${ended.errors.slice(-1500)}\n${ended.output.slice(-1500)}`;
  return [
    ...(ended.code === 0 ? [] : [`ended with ${ended.code}: ${shown}`]),
    ...expected.filter((text) => !ended.output.includes(text)).map((text) => `did not print "${text}": ${shown}`),
  ];
}
