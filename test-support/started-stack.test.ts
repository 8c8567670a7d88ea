import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { isProcessAlive } from "../lib/is-process-alive.ts";
import { StartedStack } from "./started-stack.ts";
import { eventually } from "./waits/eventually.ts";

const scripts = mkdtempSync(join(tmpdir(), "sluice-scripts-"));
afterAll(() => rmSync(scripts, { recursive: true }));

/** A script in place of `npm start`, and the file into which it writes its process id and folder. */
function scriptOf(code: string) {
  const own = mkdtempSync(join(scripts, "start-"));
  const [script, note] = [join(own, "start.mjs"), join(own, "note")];
  const head = `import { mkdirSync, renameSync, writeFileSync } from "node:fs";
    const folder = process.env.SLUICE_FOLDER;
    mkdirSync(folder + "/logs");
    writeFileSync(folder + "/logs/engine-1.log", "early\\n" + "no memory\\n".repeat(10));
    writeFileSync(${JSON.stringify(`${note}.new`)}, JSON.stringify({ pid: process.pid, folder }));
    renameSync(${JSON.stringify(`${note}.new`)}, ${JSON.stringify(note)});`;
  writeFileSync(script, `${head}\n${code}`);
  const noted = (): { readonly pid: number; readonly folder: string } => JSON.parse(readFileSync(note, "utf8"));
  return { script, noted };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : "no error");

test.concurrent("a stack that is not ready in time is an error with its output and its logs, and has ended without a trace", async () => {
  const { script, noted } = scriptOf('console.log("starting …"); setInterval(() => {}, 1000);');
  const failed = StartedStack.startWith({ script, readyMs: 10_000 }).then(() => "no error", messageOf);
  const { pid, folder } = await eventually(noted);
  expect(existsSync(folder)).toBe(true);
  const message = await failed;
  expect(message).toMatch(/^npm start is not ready after 10 s:\nstarting …\n/);
  expect(message.endsWith(`--- engine-1.log${"\nno memory".repeat(10)}`)).toBe(true);
  expect([isProcessAlive(pid), existsSync(folder)]).toEqual([false, false]);
});

test.concurrent("a stack that ends before it is ready is an error with its exit code, and its folder is removed", async () => {
  const { script, noted } = scriptOf('console.error("sluice: no model"); process.exitCode = 3;');
  const message = await StartedStack.startWith({ script }).then(() => "no error", messageOf);
  expect(message).toMatch(/^npm start ended with exit code 3:\nsluice: no model\n\n--- engine-1\.log\n/);
  expect(existsSync(noted().folder)).toBe(false);
});

test.concurrent("a stack that a signal has ended can be stopped", async () => {
  const { script, noted } = scriptOf('console.log("Ctrl-C stops everything."); setInterval(() => {}, 1000);');
  const stack = await StartedStack.startWith({ script });
  process.kill(noted().pid, "SIGKILL");
  await eventually(() => expect(stack.child.signalCode).toBe("SIGKILL"));
  expect(await stack.stop()).toBeNull();
  stack.remove();
});
