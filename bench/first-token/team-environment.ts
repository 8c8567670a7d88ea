/** The file that a user writes to try the console: dev with a sign-in for everybody, and own keys. */
export const TEAM_ENVIRONMENT = `import dev from "./dev.ts";

export default {
  ...dev,
  name: "team",
  api: { ...dev.api, auth: "required", controlApi: true, memberKeys: { perPerson: 5, maxDays: 30 } },
  site: { ...dev.site, console: "on" },
  identity: {
    people: { issuer: "local", clientId: "sluice", admit: { domains: "any", role: "member", ownProject: {} } },
  },
};
`;
