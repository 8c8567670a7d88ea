import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Outcome, run } from "./tools.ts";

const ami = join(import.meta.dirname, "..");
export const NAME = "microsoft/Phi-3/0a67737c";

/** A key pair, a signed folder in the form of S3, and a folder to fetch it to. */
export class SignedSource {
  readonly root = mkdtempSync(join(tmpdir(), "sluice-ami-"));
  readonly source = join(this.root, "bucket/weights", NAME);
  readonly target = join(this.root, "engine/weights");
  readonly publicKey = join(this.root, "public.pem");
  readonly privateKey = join(this.root, "private.pem");

  constructor() {
    this.makeKeys(this.privateKey, this.publicKey);
    this.write("config.json", '{"model_type":"phi3"}');
    this.write("model-00001-of-00002.safetensors", "first shard");
    this.write("model-00002-of-00002.safetensors", "second shard");
    this.write("sub/tokenizer.json", "{}");
  }

  makeKeys(privateKey: string, publicKey: string): void {
    run("openssl", ["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", privateKey]);
    run("openssl", ["ec", "-in", privateKey, "-pubout", "-out", publicKey]);
  }

  write(path: string, content: string, folder = this.source): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }

  sign(name = NAME, privateKey = this.privateKey, folder = this.source, options: readonly string[] = []): Outcome {
    return run(join(ami, "sign-manifest.sh"), [...options, folder, name, privateKey]);
  }

  fetch(uri = `file://${this.source}/`): Outcome {
    return run(join(ami, "engine/files/fetch-signed.sh"), [uri, this.target], { SLUICE_MANIFEST_KEY: this.publicKey });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
