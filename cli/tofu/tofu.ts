import { spawn } from "node:child_process";
import { UserError } from "../terminal/user-error.ts";

export interface TofuResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether Ctrl-C, or SIGTERM, came meanwhile: OpenTofu then ends in order and keeps what it has done. */
  readonly isInterrupted: boolean;
}

export interface TofuProps {
  /** Folder of the stack's `cdk.tf.json`. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where its output goes while it runs, when it is shown. */
  readonly show: (text: string) => void;
}

/** What every call is given: no colours in what we read, no questions that we don't see, no word about our own steps. */
const ALWAYS = { TF_INPUT: "0", TF_IN_AUTOMATION: "1", TF_CLI_ARGS: "", CHECKPOINT_DISABLE: "1" } as const;

/** OpenTofu in one folder. */
export class Tofu {
  readonly folder: string;
  readonly #environment: TofuProps["environment"];
  readonly #show: TofuProps["show"];

  constructor({ folder, environment, show }: TofuProps) {
    this.folder = folder;
    this.#environment = environment;
    this.#show = show;
  }

  /**
   * Runs it and waits for its end, also through Ctrl-C: it is asked once to stop, and a second time at once.
   * @throws {UserError} when it is not on PATH
   */
  async run(args: readonly string[], { isShown = false } = {}): Promise<TofuResult> {
    // A group of its own, because a terminal sends Ctrl-C to the whole group: with ours passed on it would come twice,
    // and twice means "leave your locks and go".
    const child = spawn("tofu", [...args], {
      cwd: this.folder,
      env: { ...this.#environment, ...ALWAYS },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let isInterrupted = false;
    const interrupt = () => {
      isInterrupted = true;
      child.kill("SIGINT");
    };
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
    const output = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => {
        output[name] += text;
        if (isShown) this.#show(text);
      });
    try {
      const code = await new Promise<number>((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (status) => resolve(status ?? 1));
      });
      return { code, ...output, isInterrupted };
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") throw notFound();
      throw error;
    } finally {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    }
  }
}

/** What a call printed as JSON: a faulty CLI configuration is complained about before it. */
export function printedJson({ stdout }: Pick<TofuResult, "stdout">): string {
  return stdout.slice(Math.max(stdout.search(/^\{/m), 0));
}

function notFound(): UserError {
  return new UserError(
    "OpenTofu (tofu) is not on PATH; install 1.10 or newer (https://opentofu.org/docs/intro/install) and try again.",
  );
}
