import { UserError } from "./user-error.ts";

/** @throws {UserError} where the value of an option is no http(s) address, or has credentials, which are not repeated */
export function checkHttpAddress(option: string, address: string): void {
  const url = URL.parse(address);
  const remedy = "write it as https://api.example.com";
  if (url !== null && (url.username !== "" || url.password !== ""))
    throw new UserError(
      `${option} must be an address without credentials; ${remedy} (the value is not repeated here).`,
    );
  if (!/^https?:$/.test(url?.protocol ?? ""))
    throw new UserError(`${option} must be an http(s) address, got ${address}; ${remedy}.`);
}
