import type { ProviderConfig } from "../../contracts/target-settings.ts";
import type { OutboundDialect } from "../dialects/dialect.ts";
import { OPENAI_DIALECT } from "../dialects/openai.ts";

/** How a provider speaks. @throws for a dialect that this gateway does not know */
export function dialectOf({ name, dialect }: Pick<ProviderConfig, "name" | "dialect">): OutboundDialect {
  if (dialect === "openai") return OPENAI_DIALECT;
  throw new Error(`The provider ${name} speaks ${dialect}, which this gateway does not; use one that speaks openai.`);
}
