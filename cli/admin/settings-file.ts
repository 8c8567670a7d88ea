import { readFileSync } from "node:fs";
import { UserError } from "../terminal/user-error.ts";

/** Reads a settings file. @throws {UserError} when it can't be read, or is not JSON */
export function readSettingsFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new UserError(`--file must name a readable file, got ${file}; check the path.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`--file must be JSON, got ${file}; \`sluice providers list --json\` shows the form.`);
  }
}

/** Checks that `--file` is used alone. @throws {UserError} when other options for settings are set as well */
export function onlyFile(options: Readonly<Record<string, unknown>>, others: readonly string[]): void {
  const present = others.filter((name) => options[name] !== undefined);
  if (present.length === 0) return;
  const names = present.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
  throw new UserError(
    `--file must be the only option with settings, got ${names.join(", ")} too; omit --file or ${names.join(", ")}.`,
  );
}
