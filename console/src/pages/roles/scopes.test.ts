import { expect, test } from "vitest";
import { ControlScope, ProjectScope } from "../../../../contracts/control/scopes.ts";
import { scopeGroups } from "./scopes.ts";

const listed = (isOfProject: boolean) => scopeGroups(isOfProject).flatMap(([, scopes]) => scopes);

test("every permission is listed once under a subject, and those of projects for projects (add it to SCOPE_GROUPS and scope-messages.ts)", () => {
  expect(listed(false).toSorted()).toEqual(ControlScope.options.toSorted());
  expect(listed(true).toSorted()).toEqual(ProjectScope.options.toSorted());
});
