import { spawn } from "node:child_process";
import { cpSync } from "node:fs";
import { delimiter, join } from "node:path";
import { builtFrom, pythonWith, run } from "./build-once.ts";
import { Result, type Scenario } from "./scenario.ts";

export interface Runner {
  readonly language: "JavaScript" | "Python" | "Go" | "Java";
  readonly sdks: readonly Scenario["sdk"][];
  /** Installs what it needs, once. @returns the command that runs it, or the reason why this machine has none */
  prepare(): Promise<{ readonly command: readonly string[] } | { readonly missing: string }>;
}

const here = import.meta.dirname;
const GO_SOURCES = ["go/go.mod", "go/go.sum", "go/main.go", "go/batches.go"];
const JAVA = "java/src/main/java/sluice";
const JAVA_SOURCES = ["java/pom.xml", `${JAVA}/Runner.java`, `${JAVA}/Batches.java`];

export const RUNNERS: readonly Runner[] = [
  {
    language: "JavaScript",
    sdks: ["openai", "anthropic"],
    prepare: async () => ({ command: [process.execPath, join(here, "javascript", "runner.ts")] }),
  },
  {
    language: "Python",
    sdks: ["openai", "anthropic"],
    async prepare() {
      const folder = await pythonWith("python/requirements.txt");
      if ("missing" in folder) return folder;
      return { command: [join(folder.home, "venv/bin/python"), join(here, "python", "runner.py")] };
    },
  },
  {
    language: "Go",
    sdks: ["openai"],
    async prepare() {
      const folder = await builtFrom("go", GO_SOURCES, (home) =>
        run("go", ["build", "-o", join(home, "runner"), "."], join(here, "go")),
      );
      return "missing" in folder ? folder : { command: [join(folder.home, "runner")] };
    },
  },
  {
    language: "Java",
    sdks: ["openai"],
    async prepare() {
      const folder = await builtFrom("java", JAVA_SOURCES, async (home) => {
        cpSync(join(here, "java"), home, { recursive: true });
        const libraries = "-DoutputDirectory=target/lib";
        await run("mvn", ["-B", "-q", "compile", "dependency:copy-dependencies", libraries], home);
      });
      if ("missing" in folder) return folder;
      const classPath = [join(folder.home, "target/classes"), join(folder.home, "target/lib/*")].join(delimiter);
      return { command: ["java", "-cp", classPath, "sluice.Runner"] };
    },
  },
];

/** Runs scenarios against `baseUrl` with a runner. @throws with its output on standard error when it fails as a whole */
export async function runScenarios(
  command: readonly string[],
  input: { readonly baseUrl: string; readonly key: string; readonly scenarios: readonly Scenario[] },
): Promise<readonly Result[]> {
  return (await runnerLines(command, input)).map((line) => Result.parse(line));
}

/** Gives a runner its input. @returns the JSON of each line that it prints. @throws as `runScenarios` */
export function runnerLines(command: readonly string[], input: object): Promise<readonly unknown[]> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-2000);
  });
  child.stdin.end(JSON.stringify(input));
  return new Promise((resolve, reject) => {
    child.once("close", (code) => {
      if (code !== 0) return reject(new Error(`the runner ended with ${code}: ${errors}`));
      const lines = output.split("\n").filter((line) => line.startsWith("{"));
      resolve(lines.map((line): unknown => JSON.parse(line)));
    });
  });
}
