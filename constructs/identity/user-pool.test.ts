import { describe, expect, test } from "vitest";
import { only, synthConstruct } from "../../test-support/synth.ts";
import { UserPool, type UserPoolProps } from "./user-pool.ts";

const synth = (own: Partial<UserPoolProps> = {}) =>
  synthConstruct((scope) => {
    new UserPool(scope, "UserPool", {
      name: "sluice-test",
      region: "eu-west-1",
      clientName: "sluice",
      domainPrefix: "acme",
      mfa: "optional",
      tokenMinutes: 60,
      refreshDays: 30,
      callbackUrls: ["http://localhost:8976/callback", "https://chat.example.com/login"],
      hasSignUp: false,
      isProtected: true,
      ...own,
    });
  });

describe("the user pool", () => {
  test("has people by their verified address, whose change counts once it is verified", () => {
    expect(only(synth(), "aws_cognito_user_pool")).toMatchObject({
      username_attributes: ["email"],
      username_configuration: { case_sensitive: false },
      auto_verified_attributes: ["email"],
      user_attribute_update_settings: { attributes_require_verification_before_update: ["email"] },
    });
  });

  test.each([
    ["off", "OFF", undefined],
    ["optional", "OPTIONAL", { enabled: true }],
    ["required", "ON", { enabled: true }],
  ] as const)(
    "with mfa %s has Cognito's %s, by codes of an application and by no text message",
    (mfa, value, codes) => {
      const pool = only(synth({ mfa }), "aws_cognito_user_pool");
      expect(pool.mfa_configuration).toBe(value);
      expect(pool.software_token_mfa_configuration).toEqual(codes);
      expect(pool.sms_configuration).toBeUndefined();
    },
  );

  test("lets nobody but its administrators make accounts, until sign-up is on", () => {
    const settings = (hasSignUp: boolean) =>
      only(synth({ hasSignUp }), "aws_cognito_user_pool").admin_create_user_config;
    expect(settings(false)).toEqual({ allow_admin_create_user_only: true });
    expect(settings(true)).toEqual({ allow_admin_create_user_only: false });
  });

  test.each([true, false])("is protected by AWS and by OpenTofu alike: %s", (isProtected) => {
    expect(only(synth({ isProtected }), "aws_cognito_user_pool")).toMatchObject({
      deletion_protection: isProtected ? "ACTIVE" : "INACTIVE",
      lifecycle: { prevent_destroy: isProtected },
    });
  });

  // documented: user-pool-client
  test("has a public client with the code flow alone, rotating refresh tokens, and no answer to who has an account", () => {
    expect(only(synth(), "aws_cognito_user_pool_client")).toMatchObject({
      generate_secret: false,
      allowed_oauth_flows: ["code"],
      allowed_oauth_flows_user_pool_client: true,
      callback_urls: ["http://localhost:8976/callback", "https://chat.example.com/login"],
      explicit_auth_flows: ["ALLOW_USER_SRP_AUTH"],
      refresh_token_rotation: [{ feature: "ENABLED", retry_grace_period_seconds: 60 }],
      enable_token_revocation: true,
      prevent_user_existence_errors: "ENABLED",
      access_token_validity: 60,
      id_token_validity: 60,
      refresh_token_validity: 30,
      token_validity_units: [{ access_token: "minutes", id_token: "minutes", refresh_token: "days" }],
    });
  });

  test("lets people change their name and address, and not whether the address is verified", () => {
    expect(only(synth(), "aws_cognito_user_pool_client").write_attributes).toEqual(["email", "name"]);
  });
});
