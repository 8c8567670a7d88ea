import { expect, test } from "vitest";
import { findAdminRoute } from "./admin-routes.ts";

test.each([
  ["/admin/targets", "/admin/targets", ""],
  ["/admin/providers", "/admin/providers", ""],
  ["/admin/providers/openai", "/admin/providers/{name}", "openai"],
  ["/admin/providers/openai/test", "/admin/providers/{name}/test", "openai"],
  ["/admin/routes/meta%2Fllama", "/admin/routes/{name}", "meta%2Fllama"],
  ["/admin/routes/chat/override", "/admin/routes/{name}/override", "chat"],
])("%s is %s", (path, route, encodedId) => {
  expect(findAdminRoute(path)).toMatchObject({ path: route, encodedId });
});

test.each([
  "/admin",
  "/admin/",
  "/admin/targets/x",
  "/admin/routes/chat/test",
  "/admin/providers/x/override",
  "/admin/routes/a/b",
])("%s is no path of it", (path) => {
  expect(findAdminRoute(path)).toBeUndefined();
});
