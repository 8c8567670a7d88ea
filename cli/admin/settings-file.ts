import { readFileSync } from "node:fs";
import { UserError } from "../terminal/user-error.ts";

/** What a settings file says. @throws {UserError} when it is not JSON */
export function readSettingsFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new UserError(`--file must be a file that can be read, got ${file}.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`--file must be JSON, got ${file}; \`sluice providers list --json\` shows the form.`);
  }
}

/** `--file` says all of it, the other options the parts. @throws {UserError} when both are there */
export function onlyFile(options: Readonly<Record<string, unknown>>, others: readonly string[]): void {
  const given = others.filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  const names = given.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  throw new UserError(`--file must say everything, got ${names.join(", ")} too; leave it or ${names.join(", ")} out.`);
}
