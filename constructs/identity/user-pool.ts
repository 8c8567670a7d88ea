import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool/index.js";
import { CognitoUserPoolClient } from "@cdktf/provider-aws/lib/cognito-user-pool-client/index.js";
import { CognitoUserPoolDomain } from "@cdktf/provider-aws/lib/cognito-user-pool-domain/index.js";
import { Construct } from "constructs";
import type { Environment } from "../../settings/environment.ts";

/** `callbackUrls` are all to which a sign-in may return. */
export interface UserPoolProps extends NonNullable<Environment["identity"]["userPool"]> {
  readonly name: string;
  readonly region: string;
  /** Of the app client: a person sees it nowhere. */
  readonly clientName: string;
  /** Whether everybody can make an account, and not administrators of the pool alone. */
  readonly hasSignUp: boolean;
  /** Whether AWS and OpenTofu refuse to destroy the pool. */
  readonly isProtected: boolean;
}

const MFA = { off: "OFF", optional: "OPTIONAL", required: "ON" } as const;

/** While a refresh token is exchanged for the next one, the response may get lost: so long the one before works too. */
const RETRY_SECONDS = 60;

/**
 * A user pool whose people sign in by their e-mail address, with pages of Cognito's own and one public client: the code flow with
 * PKCE, and refresh tokens that change with each use.
 */
export class UserPool extends Construct {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** Id of the app client. */
  readonly clientId: string;

  constructor(scope: Construct, id: string, props: UserPoolProps) {
    super(scope, id);
    const pool = this.#pool(props);
    const client = this.#client(pool, props);
    new CognitoUserPoolDomain(this, "Domain", { userPoolId: pool.id, domain: props.domainPrefix });
    this.issuer = `https://cognito-idp.${props.region}.amazonaws.com/${pool.id}`;
    this.clientId = client.id;
  }

  #pool({ name, mfa, hasSignUp, isProtected }: UserPoolProps): CognitoUserPool {
    return new CognitoUserPool(this, "Default", {
      name,
      usernameAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      autoVerifiedAttributes: ["email"],
      // Until a new address is verified, the one before stays: otherwise anybody could take any address.
      userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdate: ["email"] },
      adminCreateUserConfig: { allowAdminCreateUserOnly: !hasSignUp },
      accountRecoverySetting: { recoveryMechanism: [{ name: "verified_email", priority: 1 }] },
      // NIST SP 800-63B, section 3.1.1.2: length, and no rules of composition.
      passwordPolicy: {
        minimumLength: 15,
        requireLowercase: false,
        requireNumbers: false,
        requireSymbols: false,
        requireUppercase: false,
        temporaryPasswordValidityDays: 7,
      },
      mfaConfiguration: MFA[mfa],
      ...(mfa === "off" ? {} : { softwareTokenMfaConfiguration: { enabled: true } }),
      deletionProtection: isProtected ? "ACTIVE" : "INACTIVE",
      lifecycle: { preventDestroy: isProtected },
    });
  }

  #client(pool: CognitoUserPool, props: UserPoolProps): CognitoUserPoolClient {
    return new CognitoUserPoolClient(this, "Client", {
      name: props.clientName,
      userPoolId: pool.id,
      generateSecret: false,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ["code"],
      allowedOauthScopes: ["openid", "email", "profile"],
      supportedIdentityProviders: ["COGNITO"],
      callbackUrls: [...props.callbackUrls],
      // None by passwords: people sign in on Cognito's pages. A client whose refresh tokens rotate has no REFRESH_TOKEN_AUTH.
      explicitAuthFlows: ["ALLOW_USER_SRP_AUTH"],
      preventUserExistenceErrors: "ENABLED",
      enableTokenRevocation: true,
      refreshTokenRotation: [{ feature: "ENABLED", retryGracePeriodSeconds: RETRY_SECONDS }],
      accessTokenValidity: props.tokenMinutes,
      idTokenValidity: props.tokenMinutes,
      refreshTokenValidity: props.refreshDays,
      tokenValidityUnits: [{ accessToken: "minutes", idToken: "minutes", refreshToken: "days" }],
      readAttributes: ["email", "email_verified", "name"],
      // `email_verified` is Cognito's alone to set.
      writeAttributes: ["email", "name"],
    });
  }
}
