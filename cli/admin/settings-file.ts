import { isRecord } from "../../lib/is-record.ts";
import { namedText } from "../terminal/named-file.ts";
import { UserError } from "../terminal/user-error.ts";

/** Reads a settings file. @throws {UserError} when it can't be read, or is not a JSON object */
export function readSettingsFile(file: string): Readonly<Record<string, unknown>> {
  const text = namedText("--file", file, MAX_SETTINGS_BYTES);
  const settings = parseSettings(text);
  if (isRecord(settings)) return settings;
  const found = settings === undefined ? "what is no JSON" : text.trim().slice(0, SHOWN_CHARACTERS);
  throw new UserError(
    `--file must be a JSON object, got ${found} in ${file}; \`sluice providers list --json\` shows the form.`,
  );
}

const SHOWN_CHARACTERS = 40;
/** Four times what the API takes. */
const MAX_SETTINGS_BYTES = 1024 * 1024;

function parseSettings(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
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
