import { createPrivateKey, generateKeyPairSync, hkdfSync, type KeyObject } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** KMS: keys on P-256 that sign, and keys that encrypt. One key of the twin stands for all of them, and a file keeps it between runs. */
export class KmsRuntime {
  /** ARNs of the keys that sign. */
  readonly signingKeys = new Set<string>();
  /** ARNs of the keys that encrypt. */
  readonly encryptingKeys = new Set<string>();
  readonly #file: string | undefined;
  #privateKey: KeyObject | undefined;

  /** @param file readable by the user alone; `undefined` is in memory */
  constructor(file: string | undefined) {
    this.#file = file;
  }

  /** Made when it is first used. */
  get privateKey(): KeyObject {
    this.#privateKey ??= this.#stored() ?? this.#made();
    return this.#privateKey;
  }

  /** Of AES-256, by the one key and the ARN. */
  encryptionKey(arn: string): Buffer {
    const secret = this.privateKey.export({ type: "pkcs8", format: "der" });
    return Buffer.from(hkdfSync("sha256", secret, arn, "local kms", 32));
  }

  #stored(): KeyObject | undefined {
    return this.#file !== undefined && existsSync(this.#file)
      ? createPrivateKey(readFileSync(this.#file, "utf8"))
      : undefined;
  }

  #made(): KeyObject {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    if (this.#file === undefined) return privateKey;
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    chmodSync(this.#file, 0o600); // The mode above is for a new file only.
    return privateKey;
  }
}

export interface WithKms {
  readonly kms: KmsRuntime;
}
