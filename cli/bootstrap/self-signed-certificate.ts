import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../terminal/user-error.ts";

/** A certificate with its private key, both PEM; they exist in memory only. */
export interface SelfSignedCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** The longest lifetime that public authorities ever allowed; ACM does not renew imported certificates. */
const DAYS = 825;

/**
 * Creates a self-signed certificate with the `openssl` command. The key is read from a pipe and never written to a
 * file.
 * @param domain the certificate's host name, which API Gateway compares with the host that it calls
 * @throws {UserError} when openssl is missing, or fails
 */
export async function makeCertificate(domain: string): Promise<SelfSignedCertificate> {
  // An openssl that does not know "-" as standard output writes a file "-": into a folder that is removed.
  const folder = mkdtempSync(join(tmpdir(), "sluice-certificate-"));
  try {
    const text = await openssl(folder, [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "-", "-days", String(DAYS)],
      ...["-subj", `/CN=${domain}`, "-addext", `subjectAltName=DNS:${domain}`],
      // API Gateway does not check who signed the certificate, but requires that its chain ends in an authority:
      // itself.
      ...["-addext", "basicConstraints=critical,CA:TRUE"],
      ...["-addext", "keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign"],
      ...["-addext", "extendedKeyUsage=serverAuth"],
    ]);
    return { certificate: block(text, "CERTIFICATE"), privateKey: block(text, "PRIVATE KEY") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openssl(folder: string, args: readonly string[]): Promise<string> {
  const child = spawn("openssl", [...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", () =>
      reject(new UserError("The openssl command is not on PATH; install OpenSSL 3 and try again.")),
    );
    child.once("close", (code) => {
      if (code === 0) resolve(stdout);
      else reject(new UserError(`openssl ended with exit code ${code}: ${stderr.trim().split("\n").at(-1)}`));
    });
  });
}

function block(text: string, kind: string): string {
  const found = new RegExp(`-----BEGIN ${kind}-----[\\s\\S]+?-----END ${kind}-----`).exec(text)?.[0];
  if (!found) throw new UserError(`openssl printed no ${kind}; use OpenSSL 3.`);
  return `${found}\n`;
}
