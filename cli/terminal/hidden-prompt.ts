import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { UserError } from "./user-error.ts";

/** The terminal that a hidden prompt reads from and writes to. */
export interface HiddenPromptStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Prints the prompt and reads one line, of which the terminal shows nothing.
 * @throws {UserError} when the operator presses Ctrl-C or Ctrl-D
 */
export function hiddenPrompt(prompt: string, { input, output }: HiddenPromptStreams): Promise<string> {
  output.write(prompt);
  // Readline itself repeats what is typed; this output drops it.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input, output: nowhere, terminal: true });
  return new Promise((resolve, reject) => {
    reader.once("line", (line) => {
      resolve(line);
      reader.close();
    });
    reader.once("SIGINT", () => reader.close());
    reader.once("close", () => {
      output.write("\n");
      reject(new UserError("The prompt was closed without a key: nothing was changed."));
    });
  });
}
