import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { Result, type Scenario } from "./scenario.ts";

export interface Runner {
  readonly language: "JavaScript" | "Python" | "Go" | "Java";
  readonly sdks: readonly Scenario["sdk"][];
  /** Installs what it needs, once. @returns the command that runs it, or why there is none on this machine */
  prepare(): Promise<{ readonly command: readonly string[] } | { readonly missing: string }>;
}

const here = import.meta.dirname;
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "sluice", "conformance");

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
      const folder = await builtFrom("python", async (home) => {
        await run("python3", ["-m", "venv", join(home, "venv")]);
        const pip = [
          "install",
          "--quiet",
          "--disable-pip-version-check",
          "-r",
          join(here, "python", "requirements.txt"),
        ];
        await run(join(home, "venv/bin/pip"), pip);
      });
      if ("missing" in folder) return folder;
      return { command: [join(folder.home, "venv/bin/python"), join(here, "python", "runner.py")] };
    },
  },
  {
    language: "Go",
    sdks: ["openai"],
    async prepare() {
      const folder = await builtFrom("go", (home) =>
        run("go", ["build", "-o", join(home, "runner"), "."], join(here, "go")),
      );
      return "missing" in folder ? folder : { command: [join(folder.home, "runner")] };
    },
  },
  {
    language: "Java",
    sdks: ["openai"],
    async prepare() {
      const folder = await builtFrom("java", async (home) => {
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

/** Files by which a language's runner is the same as the one built before. */
const SOURCES = {
  python: ["python/requirements.txt"],
  go: ["go/go.mod", "go/go.sum", "go/main.go"],
  java: ["java/pom.xml", "java/src/main/java/sluice/Runner.java"],
} as const;

/** A folder in the user's cache in which `build` was done once for these sources. */
async function builtFrom(
  language: keyof typeof SOURCES,
  build: (home: string) => Promise<void>,
): Promise<{ readonly home: string } | { readonly missing: string }> {
  const hash = createHash("sha256");
  for (const file of SOURCES[language]) hash.update(readFileSync(join(here, file)));
  const home = join(cache, `${language}-${hash.digest("hex").slice(0, 16)}`);
  const stamp = join(home, "built");
  if (existsSync(stamp)) return { home };
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  try {
    await build(home);
  } catch (error) {
    return { missing: error instanceof Error ? error.message : "it could not be built" };
  }
  mkdirSync(stamp);
  return { home };
}

/** @throws with the last lines of what the command said */
function run(command: string, args: readonly string[], cwd = here): Promise<void> {
  const child = spawn(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-2000);
    });
  return new Promise((resolve, reject) => {
    child.once("error", () => reject(new Error(`${command} is not on this machine`)));
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ended with ${code}: ${output.trim().split("\n").slice(-2).join(" | ")}`));
    });
  });
}

/** Has a runner do its scenarios against `baseUrl`. @throws with what it said when it fails as a whole */
export function runScenarios(
  command: readonly string[],
  given: { readonly baseUrl: string; readonly key: string; readonly scenarios: readonly Scenario[] },
): Promise<readonly Result[]> {
  const [file = "", ...args] = command;
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
  let output = "";
  let complaint = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  child.stdin.end(JSON.stringify(given));
  return new Promise((resolve, reject) => {
    child.once("close", (code) => {
      if (code !== 0) return reject(new Error(`the runner ended with ${code}: ${complaint}`));
      const lines = output.split("\n").filter((line) => line.startsWith("{"));
      resolve(lines.map((line) => Result.parse(JSON.parse(line))));
    });
  });
}
