import { asObject, asText, blocks, type JsonObject } from "../../local/template/json.ts";
import { parseObject } from "../aws-calls/call.ts";
import { callAws } from "../aws-client/aws-call.ts";
import { expectEqual, type StackAssertion } from "./assertion.ts";

const POOL = "aws_cognito_user_pool";
const CLIENT = "aws_cognito_user_pool_client";
const DOMAIN = "aws_cognito_user_pool_domain";

/** A description by Cognito: the part of a response that an operation returns. */
async function described(url: string, operation: string, part: string, body: object): Promise<JsonObject> {
  const target = `AWSCognitoIdentityProviderService.${operation}`;
  return asObject(parseObject(await callAws(url, "cognito-idp", { target, body }))[part] ?? {});
}

/** An environment without a pool has nothing to compare. */
export const USER_POOL: readonly StackAssertion[] = [
  {
    claim:
      "a user pool has the declared addresses, second factor and sign-up, and its client and domain are the pool's",
    types: [POOL, CLIENT, DOMAIN],
    check: async ({ url, attributes }) => {
      const of = (type: string) =>
        Object.entries(attributes).flatMap(([address, values]) =>
          address.startsWith(`${type}.`) ? [asObject(values)] : [],
        );
      for (const pool of of(POOL)) {
        const found = await described(url, "DescribeUserPool", "UserPool", { UserPoolId: asText(pool.id) });
        const [signUp] = blocks(pool.admin_create_user_config);
        expectEqual(
          `the user pool ${asText(pool.name)}`,
          [
            found.UsernameAttributes,
            found.MfaConfiguration,
            // The provider does not send what is false.
            asObject(found.AdminCreateUserConfig ?? {}).AllowAdminCreateUserOnly ?? false,
          ],
          [pool.username_attributes, pool.mfa_configuration, signUp?.allow_admin_create_user_only],
        );
      }
      for (const client of of(CLIENT)) {
        const which = { UserPoolId: asText(client.user_pool_id), ClientId: asText(client.id) };
        const found = await described(url, "DescribeUserPoolClient", "UserPoolClient", which);
        expectEqual(
          `the app client ${asText(client.name)}`,
          [
            found.AllowedOAuthFlows,
            found.CallbackURLs,
            found.ExplicitAuthFlows,
            found.IdTokenValidity,
            asObject(found.RefreshTokenRotation ?? {}).Feature,
            found.ClientSecret,
          ],
          [
            client.allowed_oauth_flows,
            client.callback_urls,
            client.explicit_auth_flows,
            client.id_token_validity,
            blocks(client.refresh_token_rotation)[0]?.feature,
            undefined,
          ],
        );
      }
      for (const { domain, user_pool_id: pool } of of(DOMAIN)) {
        const found = await described(url, "DescribeUserPoolDomain", "DomainDescription", { Domain: asText(domain) });
        expectEqual(`the domain ${asText(domain)}`, found.UserPoolId, pool);
      }
    },
  },
];
