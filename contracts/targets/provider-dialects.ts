/** Rules of a provider's dialect for settings, network and IAM. Its translation is in `gateway/dialects/providers/`. */
export interface ProviderDialectRules {
  /** Display name. */
  readonly title: string;
  /** `key`: its key goes with each request. `aws-role`: each request is signed with the gateway's own role. */
  readonly credential: "key" | "aws-role";
  /** Whether `region` selects the AWS region that is called. */
  readonly hasRegion: boolean;
  /** Whether it has a page for health checks. */
  readonly hasHealthCheck: boolean;
  /**
   * The AWS service whose interface endpoint reaches it in the gateways' own region, without the internet. @default - none:
   * it is reached over the internet, unless its host is private
   */
  readonly awsService: "bedrock-runtime" | null;
  /** IAM actions that gateways need on the models that a provider names. */
  readonly modelActions: readonly string[];
}

const BY_KEY = {
  credential: "key",
  hasRegion: false,
  hasHealthCheck: true,
  awsService: null,
  modelActions: [],
} as const;

/** Every dialect of providers; a new one is a row here and a folder in `gateway/dialects/providers/`. */
export const PROVIDER_DIALECTS = {
  openai: { title: "OpenAI", ...BY_KEY },
  anthropic: { title: "Anthropic", ...BY_KEY },
  gemini: { title: "Gemini", ...BY_KEY },
  bedrock: {
    title: "Bedrock",
    credential: "aws-role",
    hasRegion: true,
    hasHealthCheck: false,
    awsService: "bedrock-runtime",
    modelActions: ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
  },
} as const satisfies Readonly<Record<string, ProviderDialectRules>>;

export type ProviderDialectName = keyof typeof PROVIDER_DIALECTS;

export const PROVIDER_DIALECT_NAMES = Object.keys(PROVIDER_DIALECTS) as [ProviderDialectName, ...ProviderDialectName[]];

export function dialectRules(name: ProviderDialectName): ProviderDialectRules {
  return PROVIDER_DIALECTS[name];
}
