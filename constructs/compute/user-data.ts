import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { ENV_BLOCK_END, ENV_BLOCK_START } from "../../contracts/processes/process-environment.ts";

/** Bytes of user data as EC2 takes them, before base64; a fleet sends them compressed (RunInstances, `UserData`). */
const MAX_COMPRESSED_BYTES = 16_384;
/** Bytes of `NAME=value` that Linux passes to a process, with the zero at the end (MAX_ARG_STRLEN, execve(2)). */
const MAX_VARIABLE_BYTES = 131_072;
/** Characters that a reference may become: as long as the longest ARN here, less what all ARNs share. */
const REFERENCE_LENGTH = 86;

export interface UserDataProps {
  /** Names the environment file and the systemd unit of the machine image: `sluice-<role>`. */
  readonly role: "gateway" | "engine";
  /** Environment variables of the process; values may hold OpenTofu references, but no line breaks. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The script of an instance's first boot: it writes the process's environment and starts the unit. It must
 * hold no secret: every principal that may describe launch templates can read it.
 * @throws when a value cannot be written on one single-quoted line, or when a process or EC2 would not take so much
 */
export function userData({ role, variables }: UserDataProps): string {
  const lines = Object.entries(variables).map(([name, value]) => {
    if (/['\n]/.test(value)) {
      throw new Error(
        `User data of ${role}: ${name} must hold neither a single quote nor a line break, got ${JSON.stringify(value)}; write it as JSON with toSingleLineJson`,
      );
    }
    const bytes = Buffer.byteLength(resolvedLength(`${name}=${value}`)) + 1;
    if (bytes > MAX_VARIABLE_BYTES) {
      throw new Error(
        `User data of ${role}: ${name} has about ${bytes} bytes, and a process takes at most ${MAX_VARIABLE_BYTES} in a variable; declare fewer models, routes or targets, or split the environment in two`,
      );
    }
    return `${name}='${value}'`;
  });
  const script = [
    "#!/bin/bash",
    "set -euo pipefail",
    "install -d -m 0750 /etc/sluice",
    `cat > /etc/sluice/${role}.env ${ENV_BLOCK_START}`,
    ...lines,
    ENV_BLOCK_END,
    `systemctl enable --now sluice-${role}.service`,
    "",
  ].join("\n");
  const bytes = gzipSync(resolvedLength(script)).length;
  if (bytes > MAX_COMPRESSED_BYTES) {
    throw new Error(
      `User data of ${role} has about ${bytes} bytes when compressed, and EC2 takes at most ${MAX_COMPRESSED_BYTES}; declare fewer models, routes or targets, or split the environment in two`,
    );
  }
  return script;
}

/** The text with each reference, of which only OpenTofu knows the value, as long as its value may be and as hard to compress. */
function resolvedLength(text: string): string {
  let count = 0;
  return text.replaceAll(/\$\{[^}]*\}/g, () =>
    createHash("sha512").update(String(count++)).digest("base64url").slice(0, REFERENCE_LENGTH),
  );
}

/** JSON for a single-quoted value on one line. */
export function toSingleLineJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("'", "\\u0027");
}
