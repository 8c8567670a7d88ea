import { asObject, asText, isObject, type JsonObject } from "../../local/template/json.ts";

const PLAIN = "method.unencrypted.before";

/** Alias of the key with which OpenTofu encrypts a stack's state; `undefined` when S3 encrypts it. */
export function stateKeyAlias(document: JsonObject): string | undefined {
  const { encryption } = asObject(document.terraform);
  if (!isObject(encryption)) return undefined;
  const { state } = asObject(asObject(encryption.key_provider).aws_kms);
  return asText(asObject(state).kms_key_id);
}

/** The stack with its state in a file beside it, as plain text, before bucket and key exist. */
export function withStateOnDisk(document: JsonObject): JsonObject {
  const { backend: _, encryption: __, ...terraform } = asObject(document.terraform);
  return { ...document, terraform };
}

/** The stack while its state moves into its bucket: reads the plain state of the file, and writes it encrypted. */
export function withStateEntering(document: JsonObject): JsonObject {
  return withStateMethod(document, (method) => ({ method, fallback: { method: PLAIN } }));
}

/** The stack while it leaves its bucket: reads the encrypted state, and writes the file as plain text. */
export function withStateLeaving(document: JsonObject): JsonObject {
  const { backend: _, ...terraform } = asObject(document.terraform);
  return withStateMethod({ ...document, terraform }, (method) => ({ method: PLAIN, fallback: { method } }));
}

function withStateMethod(document: JsonObject, state: (method: string) => JsonObject): JsonObject {
  const { encryption, ...terraform } = asObject(document.terraform);
  if (!isObject(encryption)) return document;
  const method = { ...asObject(encryption.method), unencrypted: { before: {} } };
  const own = asText(asObject(encryption.state).method);
  return {
    ...document,
    terraform: { ...terraform, encryption: { ...encryption, method, state: state(own) } },
  };
}
