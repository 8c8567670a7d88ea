import { randomUUID } from "node:crypto";
import type { AwsCredentialIdentity } from "@smithy/types";
import type { ProviderConfig } from "../../contracts/target-settings.ts";
import type { OutboundDialect } from "../dialects/inner/dialect.ts";
import { anthropicDialect } from "../dialects/providers/anthropic/anthropic.ts";
import { bedrockDialect } from "../dialects/providers/bedrock/bedrock.ts";
import { OPENAI_DIALECT } from "../dialects/providers/openai/openai.ts";

/** The gateway's own credentials at AWS, as they are at the moment. */
export type AwsCredentials = () => Promise<AwsCredentialIdentity>;

/** How a provider speaks. @param credentials sign what goes to Bedrock */
export function dialectOf(
  { dialect, region }: Pick<ProviderConfig, "dialect" | "region">,
  credentials: AwsCredentials,
): OutboundDialect {
  if (dialect === "anthropic") return anthropicDialect({ now: Date.now });
  if (dialect === "openai") return OPENAI_DIALECT;
  return bedrockDialect({ region: region ?? "", credentials, now: Date.now, newId: randomUUID });
}
