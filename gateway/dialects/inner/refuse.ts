import { GatewayError } from "../../core/gateway-error.ts";

/** A 400 that names one field: what is wrong with it and what to do. */
export function refuse(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", { param, message, details: [{ param, message }] });
}

/** A 400 for a field that a dialect has no words for. */
export function unsupportedField(param: string, dialect: string, remedy: string): GatewayError {
  return refuse(param, `\`${param}\` is not supported by ${dialect}; ${remedy}.`);
}

/** A name or id that a client chose, shortened. */
export function shownName(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}

/** The value of a field that holds no content: a number, or a word in a form that such values have. */
export function shownValue(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return typeof value === "string" && kindOf(value) === "of this kind" ? "another string" : JSON.stringify(value);
}

/** A type that a client wrote, where it is short and plain enough to be repeated. */
export function kindOf(type: unknown): string {
  return typeof type === "string" && /^[\w.-]{1,40}$/.test(type) ? `"${type}"` : "of this kind";
}
