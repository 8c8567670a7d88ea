/** The part of `oidc-provider` that Sluice uses: the package has no types of its own. */
declare module "oidc-provider" {
  import type { IncomingMessage, ServerResponse } from "node:http";

  interface Client {
    readonly client_id: string;
    /** @default "web" */
    readonly application_type?: "native" | "web";
    readonly redirect_uris: readonly string[];
    /** `none`: a client without a secret, which proves itself by PKCE or by the device flow. */
    readonly token_endpoint_auth_method: "none";
    readonly grant_types: readonly string[];
    readonly response_types: readonly string[];
  }

  interface Grant {
    addOIDCScope(scope: string): void;
    save(): Promise<string>;
  }

  /** Of a request to the provider. */
  interface Context {
    body: string;
    type: string;
    readonly oidc: {
      readonly client?: { readonly clientId: string };
      readonly session?: { readonly accountId?: string };
      readonly provider: {
        readonly Grant: new (of: { readonly clientId: string; readonly accountId: string }) => Grant;
      };
    };
  }

  interface Account {
    readonly accountId: string;
    claims(): Readonly<Record<string, unknown>>;
  }

  export interface Configuration {
    readonly adapter?: (model: string) => object;
    readonly clients: readonly Client[];
    readonly jwks: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
    readonly cookies: { readonly keys: readonly string[] };
    /** Names of claims by scope. */
    readonly claims: Readonly<Record<string, readonly string[]>>;
    readonly scopes?: readonly string[];
    /** `false`: ID tokens have the claims of their scopes, not the user information alone. */
    readonly conformIdTokenClaims: boolean;
    readonly features?: {
      readonly devInteractions?: { readonly enabled: boolean };
      readonly resourceIndicators?: {
        readonly enabled: boolean;
        /** @throws {InvalidTarget} for what it does not know */
        getResourceServerInfo(
          context: Context,
          resource: string,
        ): {
          /** Names with spaces between them. */
          readonly scope: string;
          readonly audience?: string;
          readonly accessTokenFormat?: "jwt" | "opaque";
          readonly jwt?: { readonly sign: { readonly alg: string } };
        };
        /** The resource of a request that names none. @default - none */
        defaultResource?(): string;
        useGrantedResource?(): boolean;
      };
      readonly revocation?: { readonly enabled: boolean; allowedPolicy(): boolean };
      readonly deviceFlow?: {
        readonly enabled: boolean;
        userCodeInputSource(context: Context, form: string, out?: object, error?: Error): void;
        userCodeConfirmSource(context: Context, form: string, client: object, device: object, code: string): void;
        successSource(context: Context): void;
      };
    };
    readonly interactions?: { url(context: Context, interaction: { readonly uid: string }): string };
    readonly ttl?: Readonly<Record<string, number>>;
    readonly formats?: {
      readonly customizers: {
        /** Changes header and claims of a JWT before it is signed. */
        jwt(
          context: Context,
          token: { readonly clientId?: string },
          parts: { header: object; payload: Record<string, unknown> },
        ): void;
      };
    };
    /** More claims of an access token. */
    extraTokenClaims?(
      context: Context,
      token: { readonly accountId?: string },
    ): Readonly<Record<string, unknown>> | undefined;
    issueRefreshToken?(): Promise<boolean>;
    loadExistingGrant?(context: Context): Promise<Grant | undefined>;
    renderError?(context: Context, out: Readonly<Record<string, string>>): void;
    /** A person who signed in with this name; `undefined` when there is none. */
    findAccount(context: unknown, id: string): Account | undefined;
  }

  export const errors: { readonly InvalidTarget: new () => Error };

  export class Provider {
    constructor(issuer: string, configuration: Configuration);
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<{ readonly uid: string }>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
  }
}

declare module "oidc-provider/lib/adapters/memory_adapter.js" {
  export function createMemoryAdapter(): (model: string) => object;
}
