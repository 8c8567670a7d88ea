import { randomBytes } from "node:crypto";

/** An address of the range for documents (RFC 3849). Gateways count addresses by their first 64 bits. */
export function randomAddress(): string {
  const hex = randomBytes(4).toString("hex");
  return `2001:db8:${hex.slice(0, 4)}:${hex.slice(4)}::1`;
}
