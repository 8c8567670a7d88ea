import { describe, expect, test } from "vitest";
import { DEFAULT_ORGANIZATION, PeopleSettings } from "../../contracts/processes/people.ts";
import { personIn } from "./person-claims.ts";

const settings: PeopleSettings = PeopleSettings.parse({
  issuer: "https://login.example.com",
  clientId: "client",
  userClaim: "preferred_username",
  organization: DEFAULT_ORGANIZATION,
});
const person = (name: string) =>
  personIn(settings, {
    iss: settings.issuer,
    aud: ["client"],
    exp: 0,
    all: { preferred_username: name },
  });

describe("the address of a person", () => {
  test("has no difference of upper and lower case", () => {
    expect(person("Kim@ACME.example")).toEqual({ email: "kim@acme.example", domain: "acme.example" });
  });

  test.each([
    ["the sign for kelvin", "\u212aim@acme.example", "kim@acme.example"],
    ["a dotted capital i", "\u0130da@acme.example", "ida@acme.example"],
    ["a letter of another alphabet", "\u043aim@acme.example", "kim@acme.example"],
  ])("with %s is not that of the person who has the plain letter", (_, name, other) => {
    expect(person(name)).toMatchObject({ email: name });
    expect(person(name)).not.toMatchObject({ email: other });
  });

  test.each([
    "a\ud800@acme.example",
    "a\udfff@acme.example",
    "a\u0000@acme.example",
    "a\u001b[2J@acme.example",
    "a@b\u0085",
  ])("%j, which can't be sealed or printed, is refused", (name) => {
    expect(person(name)).toEqual({ rule: "claims.preferred_username" });
  });
});
