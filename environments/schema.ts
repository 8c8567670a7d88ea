/** The type that environment files name; the model itself is in `settings/`. */
export type { Environment } from "../settings/environment.ts";
