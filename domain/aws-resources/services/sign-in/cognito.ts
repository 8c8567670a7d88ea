import type { AwsService } from "../../rows/aws-resource-type.ts";
import { PAID_BY_ACTIVE_PEOPLE, PART_OF_LISTED, SETTINGS_ONLY } from "../../rows/exemption-reasons.ts";

export const COGNITO = {
  sources: {
    actions: ["https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html"],
    actionsAsOf: "2026-09-26",
    prices: "https://aws.amazon.com/cognito/pricing/",
  },
  types: {
    aws_cognito_user_pool: {
      twin: { exempt: "the local issuer stands in for it, with people of its own" },
      applyTest: "assertion",
      leftovers: {
        noun: "user pool",
        service: "cognito-idp",
        target: "AWSCognitoIdentityProviderService.ListUserPools",
        body: { MaxResults: 60 },
        list: "UserPools",
        name: "Name",
        only: /^sluice-/,
      },
      cost: { exempt: PAID_BY_ACTIVE_PEOPLE },
      deploy: ["cognito-idp:CreateUserPool", "cognito-idp:DeleteUserPool"],
      encryption: {
        exempt:
          "Cognito encrypts addresses and hashes of passwords by keys of its own, and the provider has no argument for another",
      },
      replacedBy: ["username_attributes", "username_configuration", "alias_attributes"],
    },
    aws_cognito_user_pool_client: {
      twin: { exempt: "the local issuer has the client, by its name" },
      applyTest: "assertion",
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: PAID_BY_ACTIVE_PEOPLE },
      deploy: ["cognito-idp:CreateUserPoolClient", "cognito-idp:DeleteUserPoolClient"],
      encryption: { exempt: SETTINGS_ONLY },
    },
    aws_cognito_user_pool_domain: {
      twin: { exempt: "the pages of the local issuer are at its own address" },
      applyTest: "assertion",
      leftovers: { exempt: PART_OF_LISTED },
      cost: { exempt: PAID_BY_ACTIVE_PEOPLE },
      deploy: ["cognito-idp:CreateUserPoolDomain", "cognito-idp:DeleteUserPoolDomain"],
      encryption: { exempt: SETTINGS_ONLY },
    },
  },
} as const satisfies AwsService;
