/** `identity` of an environment whose people sign in at a user pool of its own. */
export const USER_POOL_IDENTITY = {
  people: {
    issuer: "cognito",
    clientId: "sluice",
    accessTokens: { audience: "sluice", form: "cognito" },
    admit: { domains: ["acme.example"] },
  },
  userPool: { domainPrefix: "acme-sluice", mfa: "required", tokenMinutes: 60, refreshDays: 30, callbackUrls: [] },
} as const;
