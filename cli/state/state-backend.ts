import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const FILE = "cdk.tf.json";
const UNENCRYPTED = "method.unencrypted.before";

const Fallible = z.looseObject({ method: z.string() });
const Encryption = z.looseObject({
  method: z.looseObject({}),
  state: Fallible,
  remote_state_data_sources: z.looseObject({ default: Fallible }),
});
const Backend = z.looseObject({ bucket: z.string(), key: z.string(), dynamodb_table: z.string().optional() });
const Resource = z.looseObject({ lifecycle: z.looseObject({ prevent_destroy: z.boolean().optional() }).optional() });
const Document = z.looseObject({
  terraform: z.looseObject({ backend: z.looseObject({}), encryption: Encryption.optional() }),
  resource: z.record(z.string(), z.record(z.string(), Resource)).optional(),
});
type StackDocument = z.infer<typeof Document>;

/** Reads a stack's document, which cdktf wrote. */
export function readDocument(folder: string): StackDocument {
  return Document.parse(JSON.parse(readFileSync(join(folder, FILE), "utf8")));
}

export function writeDocument(folder: string, document: StackDocument): void {
  writeFileSync(join(folder, FILE), JSON.stringify(document, null, 2));
}

/** Whether a stack protects a resource from being destroyed or replaced. */
export function isProtected(folder: string, address: string): boolean {
  const [type = "", name = ""] = address.split(/[.[]/);
  return readDocument(folder).resource?.[type]?.[name]?.lifecycle?.prevent_destroy === true;
}

/** Bucket and key of the state in S3. */
export function stateAddress({ terraform }: StackDocument): { readonly bucket: string; readonly key: string } {
  return Backend.parse(terraform.backend.s3);
}

/** The stack with its state in a plain-text file beside it, because the key that encrypts states does not exist yet. */
export function withStateOnDisk(document: StackDocument): StackDocument {
  const { encryption: _, ...terraform } = document.terraform;
  return { ...document, terraform: { ...terraform, backend: { local: { path: "terraform.tfstate" } } } };
}

/** The stack while its state moves from the bucket to disk: it reads the encrypted state and writes plain text. */
export function withStateLeavingEncryption(document: StackDocument): StackDocument {
  const { terraform } = withStateOnDisk(document);
  const { encryption } = document.terraform;
  if (!encryption) return { ...document, terraform };
  const method = { ...encryption.method, unencrypted: { before: {} } };
  const state = { method: UNENCRYPTED, fallback: { method: encryption.state.method } };
  return { ...document, terraform: { ...terraform, encryption: { ...encryption, method, state } } };
}

/** The stack that reads unencrypted states as well, and writes them encrypted. */
export function withUnencryptedRead(document: StackDocument): StackDocument {
  const { encryption } = document.terraform;
  if (!encryption) return document;
  const fallback = { method: UNENCRYPTED };
  return {
    ...document,
    terraform: {
      ...document.terraform,
      encryption: {
        ...encryption,
        method: { ...encryption.method, unencrypted: { before: {} } },
        state: { ...encryption.state, fallback },
        remote_state_data_sources: { default: { ...encryption.remote_state_data_sources.default, fallback } },
      },
    },
  };
}

/**
 * Lets the synthesized stack in a folder read an unencrypted state, until the next synthesis writes its document again.
 */
export function allowUnencryptedState(folder: string): void {
  writeDocument(folder, withUnencryptedRead(readDocument(folder)));
}
