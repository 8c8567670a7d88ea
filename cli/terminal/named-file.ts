import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { UserError } from "./user-error.ts";

/**
 * The content of a file that the user names. What is no file is refused at once: opening a pipe that nobody writes to would wait
 * for ever, and a device has no end.
 * @throws {Error} whose message is the remedy, such as "check the path"
 */
export function bytesOfFile(file: string, mostBytes: number): Buffer {
  const open = opened(file);
  try {
    const facts = fstatSync(open);
    if (facts.isDirectory()) throw new Error("it is a directory: name a file in it");
    if (!facts.isFile()) throw new Error("it is a pipe or a device: write its content to a file");
    if (facts.size > mostBytes) throw tooLarge(facts.size, mostBytes);
    return wholeOf(open, facts.size, mostBytes);
  } finally {
    closeSync(open);
  }
}

/** The same as text. @throws {Error} whose message is the remedy */
export function textOfFile(file: string, mostBytes: number): string {
  return bytesOfFile(file, mostBytes).toString("utf8");
}

/**
 * The same of the file that an option names.
 * @param shown the file as the user wrote it
 * @throws {UserError}
 */
export function namedText(option: string, file: string, mostBytes: number, shown = file): string {
  try {
    return textOfFile(file, mostBytes);
  } catch (error) {
    const remedy = error instanceof Error ? error.message : String(error);
    throw new UserError(`${option} must name a readable file, got ${shown}; ${remedy}.`);
  }
}

/** The same, where an absent or unusable file counts as none. */
export function textOfFileIfAny(file: string, mostBytes: number): string | undefined {
  try {
    return textOfFile(file, mostBytes);
  } catch {
    return undefined;
  }
}

function opened(file: string): number {
  try {
    return openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw new Error(code === "EACCES" ? "it may not be read: check its permissions" : "check the path");
  }
}

/** Files of the kernel have no size, and have an end. */
function wholeOf(open: number, size: number, mostBytes: number): Buffer {
  const parts: Buffer[] = [];
  for (let length = 0; ; ) {
    const part = Buffer.allocUnsafe(Math.max(size + 1 - length, 65_536));
    const read = readSync(open, part, 0, part.length, null);
    if (read === 0) return Buffer.concat(parts, length);
    length += read;
    if (length > mostBytes) throw tooLarge(length, mostBytes);
    parts.push(part.subarray(0, read));
  }
}

function tooLarge(bytes: number, mostBytes: number): Error {
  const shown = (count: number) => count.toLocaleString("en-US");
  return new Error(`it has ${shown(bytes)} bytes, and at most ${shown(mostBytes)} are read`);
}
