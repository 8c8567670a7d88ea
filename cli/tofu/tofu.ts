import { spawn } from "node:child_process";
import { UserError } from "../terminal/user-error.ts";

export interface TofuResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether Ctrl-C or SIGTERM arrived meanwhile: OpenTofu then ends in order and saves its completed changes. */
  readonly isInterrupted: boolean;
}

export interface TofuProps {
  /** Folder of the stack's `cdk.tf.json`. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Receives its output while it runs, for calls with `isShown`. */
  readonly show: (text: string) => void;
}

/** Environment of every call: OpenTofu never prompts, prints no advice on next steps and never checks for updates. */
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
   * Runs OpenTofu and waits for its end, also after Ctrl-C: the first one makes OpenTofu stop, the second one
   * abort.
   * @throws {TofuNotFoundError} when it is not on PATH
   */
  async run(args: readonly string[], { isShown = false } = {}): Promise<TofuResult> {
    // A process group of its own, because a terminal sends Ctrl-C to the whole group. Together with the
    // forwarded signal, OpenTofu would receive two, and the second one makes it abort without freeing its locks.
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
      if (error instanceof Error && "code" in error && error.code === "ENOENT") throw new TofuNotFoundError();
      throw error;
    } finally {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    }
  }
}

/** The JSON in a call's output. A warning about a faulty CLI configuration may precede it. */
export function printedJson({ stdout }: Pick<TofuResult, "stdout">): string {
  return stdout.slice(Math.max(stdout.search(/^\{/m), 0));
}

/** OpenTofu is not installed. */
export class TofuNotFoundError extends UserError {
  constructor() {
    super(
      "OpenTofu (tofu) is not on PATH; install 1.10 or newer (https://opentofu.org/docs/intro/install) and try again.",
    );
  }
}
